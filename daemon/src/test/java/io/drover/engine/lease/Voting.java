package io.drover.engine.lease;

import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.UsualTerms;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Names and sets for the tests of leases. */
final class Voting {
    static final NodeId A = new NodeId("a");
    static final NodeId B = new NodeId("b");
    static final NodeId C = new NodeId("c");
    static final NodeId D = new NodeId("d");
    static final NodeId NODE = new NodeId("node");
    static final LeaseTerms TERMS = UsualTerms.lasting(Duration.ofSeconds(4));
    static final long LEASE = TERMS.duration().toNanos();

    private Voting() {}

    /** A set that has always been so, and is known. */
    static VoterSet set(long version, NodeId... members) {
        TreeSet<NodeId> all = new TreeSet<>(Stream.of(members).toList());
        return new VoterSet(version, all, all, true);
    }

    static long seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9)).toNanos();
    }
}
