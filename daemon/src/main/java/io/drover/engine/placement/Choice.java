package io.drover.engine.placement;

import io.drover.model.NodeId;
import java.util.List;
import java.util.stream.Collectors;

/** The answer to where a VM should go. */
public sealed interface Choice {
    /**
     * A host that may have it.
     *
     * @param target the host
     * @param why why this one
     */
    record Chosen(NodeId target, String why) implements Choice {}

    /**
     * No host may have it.
     *
     * @param refusals for each host, why not; in the order of names
     */
    record Nowhere(List<Refusal> refusals) implements Choice {
        /** Copies the list. */
        public Nowhere {
            refusals = List.copyOf(refusals);
        }

        /** All refusals in one line. */
        public String text() {
            return refusals.isEmpty()
                    ? "there is no other node"
                    : refusals.stream()
                            .map(refusal -> refusal.node() + ": " + refusal.why())
                            .collect(Collectors.joining("; "));
        }
    }

    /** Why one host may not have it. */
    record Refusal(NodeId node, String why) {}
}
