package io.drover.engine.lease;

import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.RenewalSeen;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A voter: promises nodes that nobody takes them over for a while, and takes back its word, for the future, when the
 * coordinator asks. Not safe for several threads.
 *
 * <p>Promises are not kept on disk: a voter that starts counts every node as promised for one lease from then on.
 */
public final class LeaseVoter {
    private final NodeId self;
    private final TreeMap<NodeId, Seen> seen = new TreeMap<>();

    /** Until when a process of this voter before this one may have promised anything to anybody. */
    private final long inheritedUntil;

    private Duration length;
    private VoterMemory memory;

    private record Seen(long incarnation, long at, Optional<Long> promisedUntil) {}

    /**
     * A voter that has just started.
     *
     * @param memory what is on its disk
     * @param now of its start
     */
    public LeaseVoter(NodeId self, LeaseTerms terms, VoterMemory memory, long now) {
        this(self, terms, memory, terms.duration(), now);
    }

    /**
     * A voter that has just started, where leases may have been longer before.
     *
     * @param inherited the longest that a process of this voter before this one may have promised for
     */
    public LeaseVoter(NodeId self, LeaseTerms terms, VoterMemory memory, Duration inherited, long now) {
        this.self = self;
        this.length = terms.duration();
        this.memory = memory;
        Duration longest = inherited.compareTo(length) > 0 ? inherited : length;
        this.inheritedUntil = now + longest.toNanos();
    }

    /** The length of what it promises. */
    public Duration length() {
        return length;
    }

    /** What it promises from now on is of another length; what it has promised already stays. */
    public void lengthIs(Duration next) {
        length = next;
    }

    /** What has to be on its disk before anything is answered that was asked before now. */
    public VoterMemory memory() {
        return memory;
    }

    /** The answer to a renewal. */
    public sealed interface Answer {
        /** It promises, for the length of a lease from the receipt of the request. */
        record Granted() implements Answer {}

        /** It promises nothing to this incarnation any more. */
        record Revoked() implements Answer {}

        /** The request counts by an older set of voters than this voter knows. */
        record OtherVoters(VoterSet known) implements Answer {}

        /** It does not vote. */
        record NotVoting(String why) implements Answer {}
    }

    /**
     * A node asks for a promise.
     *
     * @param votersVersion version of the set by which the node counts
     * @param now of the receipt of the request
     */
    public Answer renew(NodeId node, long incarnation, long votersVersion, long now) {
        Answer answer = judge(node, incarnation, votersVersion);
        Seen before = seen.getOrDefault(node, new Seen(0, now, Optional.empty()));
        Optional<Long> promised = before.promisedUntil;
        if (answer instanceof Answer.Granted) {
            long until = now + length.toNanos();
            promised = promised.filter(earlier -> earlier - until > 0).or(() -> Optional.of(until));
        }
        // A late request of an earlier incarnation is no sign of life of the present one.
        boolean isLate = incarnation < before.incarnation;
        seen.put(node, new Seen(Math.max(incarnation, before.incarnation), isLate ? before.at : now, promised));
        return answer;
    }

    private Answer judge(NodeId node, long incarnation, long votersVersion) {
        VoterSet known = memory.voters();
        if (memory.isRevoked(node, incarnation)) {
            return new Answer.Revoked();
        } else if (known.version() == 0) {
            return new Answer.NotVoting(self + " has not been told who votes");
        } else if (votersVersion < known.version()) {
            return new Answer.OtherVoters(known);
        } else if (votersVersion == known.version() && !known.members().contains(self)) {
            return new Answer.NotVoting(self + " is not a voter");
        }
        return new Answer.Granted();
    }

    /**
     * The coordinator takes a node over: from now on nothing is promised to this incarnation, or to an earlier one.
     *
     * @return whether {@link #memory} has changed; it must be on disk before {@link #promiseEndsIn} is answered
     */
    public boolean revoke(NodeId node, long incarnation) {
        if (memory.isRevoked(node, incarnation)) {
            return false;
        }
        memory = memory.revoking(node, incarnation);
        return true;
    }

    /**
     * How long from now the last promise to a node ends, at the latest. Negative: it ended so long ago, so that who asks
     * late, as a new coordinator does, need not wait for what has passed before.
     */
    public Duration promiseEndsIn(NodeId node, long now) {
        long until = inheritedUntil;
        Seen last = seen.get(node);
        if (last != null
                && last.promisedUntil.filter(ends -> ends - inheritedUntil > 0).isPresent()) {
            until = last.promisedUntil.get();
        }
        return Duration.ofNanos(until - now);
    }

    /**
     * The coordinator names a set of voters, and with it what has been revoked: a voter that is added grants nothing
     * before it knows both. {@link #memory} must be on disk before it is answered.
     *
     * @param revoked by node: the incarnation to which it promises nothing more from now on
     * @return empty if this set or a newer one is known from now on; otherwise why this voter may not take part in it:
     *     it was a member before and remembers nothing, so it has lost its disk, and has to be removed and added again
     */
    public Optional<String> announce(VoterSet announced, Map<NodeId, Long> revoked) {
        VoterSet known = memory.voters();
        boolean isAdded =
                announced.members().contains(self) && !announced.previous().contains(self) && !announced.known();
        boolean isMember =
                announced.previous().contains(self) || announced.members().contains(self);
        if (known.version() == 0 && isMember && !isAdded) {
            return Optional.of(self + " has lost what it had on disk as a voter");
        }
        revoked.forEach(this::revoke);
        know(announced);
        return Optional.empty();
    }

    /**
     * The records name a set of voters. Who knows none yet waits for the coordinator's own word, which says what has been
     * revoked as well.
     */
    public void learn(VoterSet found) {
        if (memory.voters().version() > 0) {
            know(found);
        }
    }

    private void know(VoterSet found) {
        VoterSet known = memory.voters();
        boolean isNewer = found.version() > known.version()
                || (found.version() == known.version() && found.known() && !known.known());
        if (isNewer) {
            memory = memory.knowing(found);
        }
    }

    /** The last request of each node, granted or not: signs of life. */
    public List<RenewalSeen> renewals(long now) {
        List<RenewalSeen> all = new ArrayList<>();
        seen.forEach((node, last) ->
                all.add(new RenewalSeen(node, last.incarnation, Duration.ofNanos(Math.max(0, now - last.at)))));
        return all;
    }
}
