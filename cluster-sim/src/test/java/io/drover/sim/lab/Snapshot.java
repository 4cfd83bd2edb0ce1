package io.drover.sim.lab;

import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.OperationRecord;
import java.util.List;

/**
 * What a refused request must not have changed.
 *
 * @param nodes state and drain of each node
 * @param vms owner, state, generation and wish of each VM
 * @param operations all that the cluster remembers
 */
record Snapshot(List<String> nodes, List<String> vms, List<String> operations) {
    static Snapshot of(Lab lab) {
        GetStatusResponse status = lab.status();
        return new Snapshot(
                status.getNodesList().stream()
                        .map(node -> node.getName() + " " + node.getState() + " " + node.getDrainStatus() + " "
                                + node.getVmsList())
                        .toList(),
                status.getVmsList().stream()
                        .map(vm -> vm.getName() + " " + vm.getNode() + " " + vm.getState() + " " + vm.getGeneration()
                                + " " + vm.getDesired())
                        .toList(),
                lab.operations().stream().map(OperationRecord::getId).toList());
    }
}
