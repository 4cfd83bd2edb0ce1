package io.drover.sim.checks;

import io.drover.coordination.RecordKey;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.sim.shell.Cluster;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where every clustered VM executes, in truth. Breaks nothing itself; the others ask it. */
final class Executions implements Invariant {
    private final Cluster cluster;
    private final Map<VmId, SortedMap<NodeId, Execution>> all = new TreeMap<>();

    /**
     * One host's executing of a VM.
     *
     * @param since virtual time
     * @param isLate whether it began by a call that had been decided upon long before
     */
    record Execution(long since, String why, boolean isLate) {}

    Executions(Cluster cluster) {
        this.cluster = cluster;
        cluster.ledger()
                .accounts()
                .forEach((vm, account) ->
                        account.hosts().forEach(host -> of(vm).put(host, new Execution(0, "runs", false))));
    }

    @Override
    public String name() {
        return "executions";
    }

    private SortedMap<NodeId, Execution> of(VmId vm) {
        return all.computeIfAbsent(vm, unused -> new TreeMap<>());
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        if (isExecuting) {
            of(vm).put(host, new Execution(cluster.world().kernel().now(), why, isLate));
        } else {
            of(vm).remove(host);
        }
    }

    /** The hosts that execute a VM now. */
    SortedMap<NodeId, Execution> hosts(VmId vm) {
        return of(vm);
    }

    /** All of them. */
    Map<VmId, SortedMap<NodeId, Execution>> all() {
        return all;
    }

    /** A VM's record as it is stored now; empty for one that is not clustered. */
    Optional<VmRecord> record(VmId vm) {
        return cluster.world().ensemble().truth(RecordKey.of(vm));
    }
}
