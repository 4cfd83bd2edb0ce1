package io.drover.runtime.lease;

import io.drover.engine.lease.LeaseHolder;
import io.drover.engine.lease.LeaseVoter;
import io.drover.guard.BootMark;
import io.drover.guard.DeadlineFile;
import io.drover.guard.Deadlines;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.transport.lease.LeaseClient;
import io.drover.transport.lease.LeaseMemory;
import io.drover.transport.lease.VoterDesk;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
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
@SuppressWarnings("FutureReturnValueIgnored") // tasks run by run(), which lets no failure through
public final class LeaseKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

    /** A renewal that has not been answered when the next but one is due is of no more use. */
    private static final double CALL_SHARE = 0.9;

    private static final Duration LAST_RENEWAL = Duration.ofMillis(500);
    private static final Duration TIDY = Duration.ofSeconds(30);

    private final NodeId self;
    private final BootMark boot;
    private final LongSupplier nanoTime;
    private final VoterDesk desk;
    private final LeaseClient client;
    private final DeadlineFile file;
    private final LeaseMemory memory;
    private final ScheduledExecutorService thread = single("drover-lease");
    private final ScheduledExecutorService disk = single("drover-lease-disk");

    // On the lease's thread only.
    private LeaseHolder holder;
    private LeaseMemory.Kept kept;
    private LeaseListener listener = new Silent();
    private LeaseState told = LeaseState.NONE;
    private boolean isRevocationTold;
    private boolean toldHoldMark;
    private long checkNumber;
    private Optional<CountDownLatch> lastRenewal = Optional.empty();

    private volatile Count count;
    private volatile VoterSet voters;
    private volatile Map<NodeId, String> addresses;
    private volatile Runnable onChange = () -> {};

    /**
     * What was counted last.
     *
     * @param incarnation as which the node asks
     * @param own its lease
     * @param inherited what is left of the lease of the process or incarnation before
     * @param revoked whether it is promised nothing more
     */
    private record Count(long incarnation, LeaseMoments own, LeaseMoments inherited, boolean revoked) {}

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
        this.self = self;
        this.boot = boot;
        this.nanoTime = nanoTime;
        this.desk = desk;
        this.client = client;
        this.file = file;
        this.memory = memory;
        this.kept = kept;
        this.voters = kept.voters();
        this.addresses = kept.addresses();
        boolean isSameRun = kept.incarnation() > 0 && boot.isSame(new BootMark(Math.max(1, kept.boot())));
        this.holder = new LeaseHolder(isSameRun ? kept.incarnation() : 0, kept.terms(), kept.voters());
        this.toldHoldMark = file.isHeld();
        LeaseMoments left = file.read()
                .map(found -> LeaseMoments.endingAt(found.killAt(), kept.terms()))
                .orElse(LeaseMoments.NONE);
        this.count = new Count(holder.incarnation(), LeaseMoments.NONE, left, false);
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // nothing relies on it: where the system heeds it, a loaded host is less late
    private static ScheduledExecutorService single(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.setPriority(Thread.MAX_PRIORITY);
            return thread;
        });
    }

    /** Begins to renew. */
    public void start() {
        file.setStopped(false);
        run(this::round);
        disk.scheduleWithFixedDelay(
                () -> attempt("tidy", desk::tidy), TIDY.toMillis(), TIDY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Who is told from now on; first how things stand. */
    public void listen(LeaseListener next) {
        run(() -> {
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
        run(() -> {
            LeaseMoments left = count.inherited().orLater(count.own());
            holder = new LeaseHolder(later, holder.terms(), holder.voters());
            isRevocationTold = false;
            keep(kept.joined(later, boot.value()));
            count = new Count(later, LeaseMoments.NONE, left, false);
            counted();
            askAll();
        });
    }

    /** The records name these voters. This node learns of them also as a voter. */
    public void votersAre(VoterSet found) {
        run(() -> learn(found));
        disk.execute(() ->
                attempt("keep the voters", () -> desk.announce(found).ifPresent(why -> LOG.debug("voter: {}", why))));
    }

    /** The cluster's settings have these terms. */
    public void termsAre(LeaseTerms terms) {
        run(() -> {
            if (!terms.equals(holder.terms())) {
                holder.termsAre(terms);
                keep(kept.with(terms));
                counted();
            }
        });
        disk.execute(() -> attempt("keep the length of leases", () -> desk.termsAre(terms)));
    }

    /** Nodes are reached there; those that are not among them, where they were before. */
    public void addressesAre(Map<NodeId, String> found) {
        run(() -> {
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
        Count now = count;
        return now.incarnation() == incarnation ? now.own().state(nanoTime.getAsLong()) : LeaseState.NONE;
    }

    /** Whether a voter has said that it promises an incarnation nothing more. */
    public boolean isRevoked(long incarnation) {
        Count now = count;
        return now.incarnation() == incarnation && now.revoked();
    }

    /** Time until the lease ends; negative if it has, empty if there is none. */
    public Optional<Duration> left() {
        LeaseMoments now = count.own();
        return now.exists() ? Optional.of(Duration.ofNanos(now.endsAt() - nanoTime.getAsLong())) : Optional.empty();
    }

    /**
     * What is left of the lease of an earlier process or incarnation, as times from now; empty if nothing is.
     *
     * @param pausesIn until guests are to be paused
     * @param endsIn until nothing may execute
     * @param givesUpIn until paused guests are turned off
     */
    public record Inherited(Duration pausesIn, Duration endsIn, Duration givesUpIn) {}

    /** What is left of the lease of the process or incarnation before the given one. */
    public Optional<Inherited> inherited(long incarnation) {
        Count last = count;
        // It may have joined already, and not be counted for yet.
        LeaseMoments left = last.incarnation() == incarnation
                ? last.inherited()
                : last.inherited().orLater(last.own());
        long now = nanoTime.getAsLong();
        return left.exists()
                ? Optional.of(new Inherited(
                        Duration.ofNanos(left.pausesAt() - now),
                        Duration.ofNanos(left.endsAt() - now),
                        Duration.ofNanos(left.givesUpAt() - now)))
                : Optional.empty();
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
        run(() -> toldHoldMark = isSet);
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
        thread.schedule(() -> guarded(this::round), pause, TimeUnit.NANOSECONDS);
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
        for (NodeId voter : holder.voters().members()) {
            if (voter.equals(self)) {
                askSelf();
            } else {
                ask(voter);
            }
        }
    }

    private void askSelf() {
        long sentAt = nanoTime.getAsLong();
        VoterDesk.Renewal renewal =
                desk.renew(self, holder.incarnation(), holder.voters().version());
        VoterSet other =
                renewal.answer() instanceof LeaseVoter.Answer.OtherVoters found ? found.known() : VoterSet.NONE;
        answered(
                holder,
                self,
                sentAt,
                new LeaseClient.Renewed(
                        renewal.answer() instanceof LeaseVoter.Answer.Granted,
                        renewal.promised(),
                        renewal.answer() instanceof LeaseVoter.Answer.Revoked,
                        other,
                        ""));
    }

    private void ask(NodeId voter) {
        String address = kept.addresses().get(voter);
        if (address == null) {
            listener.renewal(false);
            return;
        }
        LeaseHolder asking = holder;
        Duration deadline = Duration.ofNanos((long) (holder.terms().renewEvery().toNanos() * CALL_SHARE));
        long sentAt = nanoTime.getAsLong();
        CompletionStage<LeaseClient.Renewed> answer = client.renew(
                address, self, holder.incarnation(), holder.voters().version(), deadline);
        answer.whenComplete((renewed, failure) -> run(() -> {
            if (failure == null) {
                answered(asking, voter, sentAt, renewed);
            } else {
                LOG.debug("voter {} at {} did not answer: {}", voter, address, failure.toString());
                listener.renewal(false);
            }
        }));
    }

    private void answered(LeaseHolder asking, NodeId voter, long sentAt, LeaseClient.Renewed renewed) {
        listener.renewal(renewed.granted());
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
        LeaseMoments latest = own.orLater(inherited);
        if (latest.exists()) {
            long half = holder.terms().pauseBefore().toNanos() / 2;
            file.write(new Deadlines(
                    holder.incarnation(),
                    latest.pausesAt() + half,
                    latest.endsAt(),
                    latest.givesUpAt() + holder.terms().pauseBefore().toNanos()));
        }
        count = new Count(holder.incarnation(), own, inherited, holder.isRevoked());
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
        thread.schedule(
                () -> guarded(() -> check(number)), count.own().untilChange(now).toNanos() + 1, TimeUnit.NANOSECONDS);
    }

    private void keep(LeaseMemory.Kept next) {
        kept = next;
        disk.execute(() -> attempt("keep the voters' addresses", () -> memory.write(next)));
    }

    private interface DiskDeed {
        void run() throws IOException;
    }

    private static void attempt(String what, DiskDeed deed) {
        try {
            deed.run();
        } catch (IOException | RuntimeException e) {
            LOG.error("lease: cannot {}: {}", what, e.toString());
        }
    }

    private void run(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("the lease is kept no more");
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RejectedExecutionException e) {
            LOG.debug("the lease is kept no more");
        } catch (RuntimeException e) {
            LOG.error("a task of the lease failed; it is kept on", e);
        }
    }

    /** Renews once more, so that the next agent has as much time as there can be, and ends. Guests go on. */
    @Override
    public void close() {
        CountDownLatch renewed = new CountDownLatch(voters.majority());
        run(() -> {
            lastRenewal = Optional.of(renewed);
            askAll();
        });
        try {
            boolean isRenewed = renewed.await(LAST_RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("last renewal of this process: {}", isRenewed ? "granted" : "not granted");
            file.setStopped(true);
            thread.shutdownNow();
            disk.shutdown();
            if (!disk.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.warn("the disk does not keep the voters' addresses");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody listens yet. */
    private static final class Silent implements LeaseListener {
        @Override
        public void changed(LeaseState state) {}

        @Override
        public void revoked(long incarnation) {}

        @Override
        public void holdMark(boolean isSet) {}

        @Override
        public void renewal(boolean granted) {}
    }
}
