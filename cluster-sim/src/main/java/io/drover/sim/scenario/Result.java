package io.drover.sim.scenario;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What came of a scenario.
 *
 * @param name of the scenario
 * @param vms every clustered VM
 * @param nodes every node
 * @param fenced nodes that were proved dead at some time
 * @param refused commands that were refused, and why
 * @param broken expectations that do not hold and promises that were broken; empty: all is well
 * @param journal the newest lines of what happened
 * @param fingerprint of all that happened; {@link #UNREPEATABLE} of what happened in real time
 */
public record Result(
        String name,
        SortedMap<VmId, OfVm> vms,
        SortedMap<NodeId, OfNode> nodes,
        List<NodeId> fenced,
        List<Stage.Answered> refused,
        List<String> broken,
        List<String> journal,
        long fingerprint) {
    /** The fingerprint of what no seed repeats. */
    public static final long UNREPEATABLE = 0;

    /** Copies the lists. */
    public Result {
        fenced = List.copyOf(fenced);
        refused = List.copyOf(refused);
        broken = List.copyOf(broken);
        journal = List.copyOf(journal);
    }

    /**
     * One VM.
     *
     * @param node where it executes, or is owned
     * @param state in words
     * @param message what it waits for; empty if for nothing
     * @param restarts times that it was started although it had run before
     * @param migrations times that it went on executing on another node
     * @param longestOutage the longest time that it stood still while it should have run
     */
    public record OfVm(
            Optional<NodeId> node,
            String state,
            String message,
            int restarts,
            int migrations,
            Duration longestOutage) {}

    /** One node's state in words. */
    public record OfNode(String state) {}

    /** The same without what happened, which was told while it did. */
    public Result withoutJournal() {
        return new Result(name, vms, nodes, fenced, refused, broken, List.of(), fingerprint);
    }

    /** Whether every expectation holds. */
    public boolean isGood() {
        return broken.isEmpty();
    }
}
