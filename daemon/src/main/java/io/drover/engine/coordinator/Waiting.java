package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.model.NodeId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The words for what a VM waits for that should run and does not. */
final class Waiting {
    private Waiting() {}

    /** No node has room for it, or none of those that may own it takes VMs. */
    static String forRoom(ClusterView view, VmRecord vm, Choice.Nowhere nowhere) {
        List<NodeId> owners = vm.spec().possibleOwners();
        List<String> closed = owners.stream()
                .flatMap(owner -> closed(view, owner).map(why -> owner + " " + why).stream())
                .toList();
        if (!owners.isEmpty() && closed.size() == owners.size()) {
            return "waiting for a possible owner: " + String.join(", ", closed);
        }
        return "waiting for capacity: " + nowhere.text();
    }

    private static Optional<String> closed(ClusterView view, NodeId node) {
        NodeView known = view.nodes().get(node);
        return known == null ? Optional.of("is unknown") : NodeStates.closed(known, view);
    }

    /** Its node has to be proved down first, and who could prove that is out of contact itself. */
    static Optional<String> forQuorum(ClusterView view) {
        VoterSet voters = view.voters();
        List<NodeId> heard = voters.members().stream()
                .filter(voter -> Reports.isHeard(view, voter))
                .toList();
        if (voters.members().isEmpty() || heard.size() >= voters.majority()) {
            return Optional.empty();
        }
        return Optional.of("waiting for quorum: " + heard.size() + " of "
                + voters.members().size()
                + " voters are in contact, " + voters.majority() + " needed"
                + (heard.isEmpty()
                        ? ""
                        : " (" + heard.stream().map(NodeId::value).collect(Collectors.joining(", ")) + ")"));
    }
}
