package io.drover.runtime.lease;

import io.drover.engine.lease.LeaseHolder;
import io.drover.guard.BootMark;
import io.drover.guard.DeadlineFile;
import io.drover.metrics.LeaseMetrics.Answer;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.transport.lease.LeaseClient;
import io.drover.transport.lease.LeaseMemory;
import io.drover.transport.lease.VoterDesk;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's lease. Asks all voters again and again, counts their promises, and tells the end of the lease to the
 * guard before it tells anybody else. Public methods may be called by any thread and never block, {@link #close} excepted.
 *
 * <p>From its start until the node has joined it renews the lease of the incarnation before, if the host has not been
 * started since: so an agent that is merely restarted lets go of nothing, even while the coordination service is away.
 */
public final class LeaseKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

    private static final Duration LAST_RENEWAL = Duration.ofMillis(500);
    private static final Duration TIDY = Duration.ofSeconds(30);

    private final BootMark boot;
    private final LongSupplier nanoTime;
    private final VoterDesk desk;
    private final DeadlineFile file;
    private final GuardNotes guard;
    private final LeaseMemory memory;
    private final LeaseThreads threads = new LeaseThreads();
    private final Renewals renewals;

    // On the lease's thread only.
    private LeaseHolder holder;
    private LeaseMemory.Kept kept;
    private LeaseListener listener = new LeaseListener() {};
    private LeaseState told = LeaseState.NONE;
    private boolean isRevocationTold;
    private boolean toldHoldMark;
    private long checkNumber;
    private Optional<CountDownLatch> lastRenewal = Optional.empty();

    private volatile LeaseCount count;
    private volatile VoterSet voters;
    private volatile Map<NodeId, String> addresses;
    private volatile Runnable onChange = () -> {};

    /**
     * A keeper that does nothing before {@link #start}.
     *
     * @param boot of the present run of the host
     * @param nanoTime the monotonic clock that the guard sees too
     * @param desk this node as a voter
     * @param file where the guard reads the end of the lease
     */
    public LeaseKeeper(
            NodeId self,
            BootMark boot,
            LongSupplier nanoTime,
            VoterDesk desk,
            LeaseClient client,
            DeadlineFile file,
            LeaseMemory memory,
            LeaseMemory.Kept kept) {
        this.boot = boot;
        this.nanoTime = nanoTime;
        this.desk = desk;
        this.file = file;
        this.guard = new GuardNotes(file);
        this.memory = memory;
        this.kept = kept;
        this.voters = kept.voters();
        this.addresses = kept.addresses();
        boolean isSameRun = kept.incarnation() > 0 && boot.isSame(new BootMark(Math.max(1, kept.boot())));
        this.holder = new LeaseHolder(isSameRun ? kept.incarnation() : 0, kept.terms(), kept.voters());
        this.renewals = new Renewals(self, nanoTime, desk, client, threads, new Taking());
        this.toldHoldMark = file.isHeld();
        guard.terms(kept.terms());
        LeaseMoments left = file.read()
                .map(found -> LeaseMoments.endingAt(found.killAt(), kept.terms()))
                .orElse(LeaseMoments.NONE);
        this.count = new LeaseCount(holder.incarnation(), LeaseMoments.NONE, left, false);
    }

    /** Begins to renew. */
    public void start() {
        file.setStopped(false);
        threads.run(this::round);
        threads.onDiskEvery(TIDY, "tidy", desk::tidy);
    }

    /** Who is told from now on; first how things stand. */
    public void listen(LeaseListener next) {
        threads.run(() -> {
            listener = next;
            next.changed(told);
            next.holdMark(toldHoldMark);
            if (holder.isRevoked()) {
                next.revoked(holder.incarnation());
            }
        });
    }

    /** Calls back, on the lease's thread, when anything may have changed. Replaces the one before. */
    public void onChange(Runnable next) {
        onChange = next;
    }

    /** The node has joined: it asks as this incarnation from now on. */
    public void joined(long later) {
        threads.run(() -> {
            LeaseMoments left = count.inherited().orLater(count.own());
            holder = new LeaseHolder(later, holder.terms(), holder.voters());
            isRevocationTold = false;
            keep(kept.joined(later, boot.value()));
            count = new LeaseCount(later, LeaseMoments.NONE, left, false);
            counted();
            askAll();
        });
    }

    /** The records name these voters. This node learns of them also as a voter. */
    public void votersAre(VoterSet found) {
        threads.run(() -> learn(found));
        threads.onDisk("keep the voters", () -> desk.learn(found));
    }

    /** The cluster's settings have these terms. */
    public void termsAre(LeaseTerms terms) {
        threads.run(() -> {
            if (!terms.equals(holder.terms())) {
                holder.termsAre(terms);
                keep(kept.with(terms));
                guard.terms(terms);
                counted();
            }
        });
        threads.onDisk("keep the length of leases", () -> desk.termsAre(terms));
    }

    /** Nodes are reached there; those that are not among them, where they were before. */
    public void addressesAre(Map<NodeId, String> found) {
        threads.run(() -> {
            LeaseMemory.Kept next = kept.with(found);
            if (!next.equals(kept)) {
                addresses = next.addresses();
                keep(next);
            }
        });
    }

    /** Where a node was reached last. */
    public Optional<String> address(NodeId node) {
        return Optional.ofNullable(addresses.get(node));
    }

    /** How the node stands to its lease now, by this moment's clock. */
    public LeaseState state() {
        return count.own().state(nanoTime.getAsLong());
    }

    /** The same for one incarnation: {@link LeaseState#NONE} before this one has been promised anything. */
    public LeaseState state(long incarnation) {
        return count.state(incarnation, nanoTime.getAsLong());
    }

    /** Whether a voter has said that it promises an incarnation nothing more. */
    public boolean isRevoked(long incarnation) {
        LeaseCount now = count;
        return now.incarnation() == incarnation && now.revoked();
    }

    /** Time until the lease ends; negative if it has, empty if there is none. */
    public Optional<Duration> left() {
        return count.left(nanoTime.getAsLong());
    }

    /** What is left of the lease of the process or incarnation before the given one; empty if nothing is. */
    public Optional<InheritedTimes> inherited(long incarnation) {
        return count.inherited(incarnation, nanoTime.getAsLong());
    }

    /** The voters by which it counts. */
    public VoterSet voters() {
        return voters;
    }

    /** As which it asks. */
    public long incarnation() {
        return count.incarnation();
    }

    /** Whether paused guests are held by the lease and not by a person. */
    public boolean isHoldMarkSet() {
        return file.isHeld();
    }

    /** Sets or clears that mark. It survives the end of this process. */
    public void setHoldMark(boolean isSet) {
        file.setHeld(isSet);
        threads.run(() -> toldHoldMark = isSet);
    }

    /** When the guard last looked; empty if it never did. */
    public Optional<Duration> guardSeen() {
        long beat = file.beat();
        return beat == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanoTime.getAsLong() - beat));
    }

    private void round() {
        askAll();
        noticeHoldMark();
        long every = holder.terms().renewEvery().toNanos();
        // Not all nodes at the same moment.
        long pause = every - ThreadLocalRandom.current().nextLong(every / 8 + 1);
        threads.after(pause, this::round);
    }

    private void noticeHoldMark() {
        boolean isSet = file.isHeld();
        if (isSet != toldHoldMark) {
            toldHoldMark = isSet;
            listener.holdMark(isSet);
            onChange.run();
        }
    }

    private void askAll() {
        learn(desk.voters());
        if (holder.incarnation() == 0 || holder.isRevoked()) {
            return;
        }
        renewals.ask(holder, kept.addresses());
    }

    /** Takes the answers of voters into account. */
    private final class Taking implements Renewals.Answers {
        @Override
        public void answered(LeaseHolder asking, NodeId voter, long sentAt, LeaseClient.Renewed renewed) {
            listener.asked(voter, answerOf(renewed));
            if (asking != holder) {
                return;
            }
            if (renewed.granted()) {
                holder.granted(voter, sentAt, renewed.promised());
                counted();
                lastRenewal.ifPresent(CountDownLatch::countDown);
            } else if (renewed.revoked()) {
                holder.revoked();
                counted();
                tellRevocation();
            } else if (renewed.voters().version() > holder.voters().version()) {
                learn(renewed.voters());
                askAll();
            } else {
                LOG.debug("voter {} does not renew: {}", voter, renewed.reason());
            }
        }

        @Override
        public void silent(NodeId voter) {
            listener.asked(voter, Answer.SILENT);
        }
    }

    private static Answer answerOf(LeaseClient.Renewed renewed) {
        if (renewed.granted()) {
            return Answer.GRANTED;
        }
        return renewed.revoked() ? Answer.REVOKED : Answer.REFUSED;
    }

    private void tellRevocation() {
        if (!isRevocationTold) {
            isRevocationTold = true;
            LOG.warn("incarnation {} is revoked: another one has to join", holder.incarnation());
            listener.revoked(holder.incarnation());
            onChange.run();
        }
    }

    private void learn(VoterSet found) {
        if (found.version() > holder.voters().version()) {
            holder.learned(found);
            voters = holder.voters();
            keep(kept.with(holder.voters()));
            counted();
        }
    }

    /** The end of the lease may be another one: the guard is told first, for it acts when this process does not. */
    private void counted() {
        LeaseMoments own = LeaseMoments.of(holder);
        LeaseMoments inherited = count.inherited();
        LeaseMoments before = count.own();
        guard.end(holder, own.orLater(inherited));
        count = new LeaseCount(holder.incarnation(), own, inherited, holder.isRevoked());
        // Further answers to the same round prolong it by next to nothing.
        long step = holder.terms().renewEvery().toNanos() / 2;
        if (before.exists() && own.endsAt() - before.endsAt() > step) {
            listener.renewed(Duration.ofNanos(before.endsAt() - nanoTime.getAsLong()));
        }
        check(++checkNumber);
    }

    /** Tells a change of state, and comes back when the next one is due. */
    private void check(long number) {
        if (number != checkNumber) {
            return;
        }
        long now = nanoTime.getAsLong();
        LeaseState state = count.own().state(now);
        if (state != told) {
            told = state;
            listener.changed(state);
            onChange.run();
        }
        threads.after(count.own().untilChange(now).toNanos() + 1, () -> check(number));
    }

    private void keep(LeaseMemory.Kept next) {
        kept = next;
        threads.onDisk("keep the voters' addresses", () -> memory.write(next));
    }

    /** Renews once more, so that the next agent has as much time as there can be, and ends. Guests go on. */
    @Override
    public void close() {
        CountDownLatch renewed = new CountDownLatch(voters.majority());
        threads.run(() -> {
            lastRenewal = Optional.of(renewed);
            askAll();
        });
        try {
            boolean isRenewed = renewed.await(LAST_RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("last renewal of this process: {}", isRenewed ? "granted" : "not granted");
            file.setStopped(true);
            threads.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
