package io.drover.transport.lease;

import io.drover.engine.lease.LeaseVoter;
import io.drover.engine.lease.VoterMemory;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.RenewalSeen;
import io.drover.model.VoterSet;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * This node as a voter. Safe for any thread. A renewal never waits for the disk: it changes nothing that is kept there.
 */
public final class VoterDesk {
    private final LongSupplier nanoTime;
    private final VoterDisk disk;
    private final Object writing = new Object();

    /** Guarded by this. */
    private final LeaseVoter voter;

    /** Guarded by this: what promises that may still live were made for at the most. */
    private Duration longest;

    /** Guarded by this: since when nothing longer than now is promised. */
    private long longestSince;

    /** Guarded by this: requests since the start that got a promise, and that got none. */
    private long granted;

    private long refused;

    /** What is known to be on the disk. */
    private volatile VoterMemory written;

    private VoterDesk(NodeId self, LeaseTerms terms, VoterDisk disk, LongSupplier nanoTime) throws IOException {
        this.nanoTime = nanoTime;
        this.disk = disk;
        VoterDisk.Kept kept = disk.read();
        this.written = kept.memory();
        Duration now = terms.duration();
        this.longest = kept.longestPromise().compareTo(now) > 0 ? kept.longestPromise() : now;
        this.longestSince = nanoTime.getAsLong();
        this.voter = new LeaseVoter(self, terms, kept.memory(), longest, longestSince);
        keep();
    }

    /**
     * A voter that has just started. For one lease from now on it counts every node as promised.
     *
     * @param terms by which it promises until it learns of others
     * @param nanoTime a monotonic clock, nanoseconds
     * @throws IOException if its disk cannot be read or written
     */
    public static VoterDesk open(NodeId self, LeaseTerms terms, VoterDisk disk, LongSupplier nanoTime)
            throws IOException {
        return new VoterDesk(self, terms, disk, nanoTime);
    }

    /**
     * The answer to a renewal.
     *
     * @param answer what the voter says
     * @param promised for how long, if it is granted
     * @param votersVersion the newest set that it knows
     */
    public record Renewal(LeaseVoter.Answer answer, Duration promised, long votersVersion) {}

    /** A node asks for a promise. */
    public synchronized Renewal renew(NodeId node, long incarnation, long votersVersion) {
        LeaseVoter.Answer answer = voter.renew(node, incarnation, votersVersion, nanoTime.getAsLong());
        if (answer instanceof LeaseVoter.Answer.Granted) {
            granted++;
        } else {
            refused++;
        }
        return new Renewal(answer, voter.length(), voter.memory().voters().version());
    }

    /**
     * The coordinator takes a node over.
     *
     * @return how long from now the last promise to it ends, negative if it ended before; the revocation is on the disk
     * @throws IOException if it could not be written: then nothing is answered, and all the same nothing is promised
     *     any more
     */
    public Duration revoke(NodeId node, long incarnation) throws IOException {
        boolean isNew;
        synchronized (this) {
            isNew = voter.revoke(node, incarnation);
        }
        if (isNew || !written.isRevoked(node, incarnation)) {
            keep();
        }
        synchronized (this) {
            return voter.promiseEndsIn(node, nanoTime.getAsLong());
        }
    }

    /**
     * The coordinator names a set of voters, and what has been revoked.
     *
     * @param revoked by node: the incarnation to which nothing is promised any more
     * @return why this voter may not take part in it; empty if it is on the disk, or a newer one is
     * @throws IOException if it could not be written
     */
    public Optional<String> announce(VoterSet announced, Map<NodeId, Long> revoked) throws IOException {
        Optional<String> refusal;
        synchronized (this) {
            refusal = voter.announce(announced, revoked);
        }
        keepWhatIsNew();
        return refusal;
    }

    /**
     * The records name a set of voters.
     *
     * @throws IOException if it could not be written
     */
    public void learn(VoterSet found) throws IOException {
        synchronized (this) {
            voter.learn(found);
        }
        keepWhatIsNew();
    }

    /** Leases are of another length from now on. */
    public void termsAre(LeaseTerms terms) throws IOException {
        Duration next = terms.duration();
        synchronized (this) {
            if (voter.length().equals(next)) {
                return;
            }
            longest = longest.compareTo(next) > 0 ? longest : next;
            longestSince = nanoTime.getAsLong();
        }
        // Were it to be started again, it would have to wait for the longest of what it has promised.
        keep();
        synchronized (this) {
            voter.lengthIs(next);
            longestSince = nanoTime.getAsLong();
        }
    }

    /** Once nothing that was promised for longer is alive any more, the next start need not wait for it. */
    public void tidy() throws IOException {
        synchronized (this) {
            boolean isOver = nanoTime.getAsLong() - longestSince > longest.toNanos();
            if (!isOver || longest.equals(voter.length())) {
                return;
            }
            longest = voter.length();
        }
        keep();
    }

    private void keepWhatIsNew() throws IOException {
        boolean isKept;
        synchronized (this) {
            isKept = written.equals(voter.memory());
        }
        if (!isKept) {
            keep();
        }
    }

    private void keep() throws IOException {
        synchronized (writing) {
            VoterDisk.Kept kept;
            synchronized (this) {
                kept = new VoterDisk.Kept(voter.memory(), longest);
            }
            disk.write(kept);
            written = kept.memory();
        }
    }

    /** The newest set that it knows. */
    public synchronized VoterSet voters() {
        return voter.memory().voters();
    }

    /** The version of the newest set that is on its disk; 0 if there is none. */
    public long votersOnDisk() {
        return written.voters().version();
    }

    /** Promises made since the start. */
    public synchronized long granted() {
        return granted;
    }

    /** Requests since the start that got no promise. */
    public synchronized long refused() {
        return refused;
    }

    /** The last request of each node: signs of life. */
    public synchronized List<RenewalSeen> renewals() {
        return voter.renewals(nanoTime.getAsLong());
    }
}
