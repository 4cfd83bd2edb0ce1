package io.drover.runtime;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination;
import io.drover.coordination.Election;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.Coordinator;
import io.drover.engine.coordinator.Intake;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.Proposal;
import io.drover.engine.coordinator.Request;
import io.drover.engine.coordinator.Verdict;
import io.drover.fencing.Fencing;
import io.drover.metrics.DroverMetrics;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeReport;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The coordinator's place: filled while this node leads. It keeps the records and the reports, lets the engine decide,
 * and stores what it decides. It remembers nothing from one leadership to the next. All methods run on the event loop.
 */
public final class CoordinatorSeat implements Election.Listener {
    /** Requests that may wait while a round is being stored. */
    private static final int REQUESTS_LIMIT = 1_000;

    /** Time-outs are looked at this often. */
    private static final Duration TICK = Duration.ofMillis(500);

    /** And this often while a node is silent: each tick more is time in which its VMs do not run. */
    private static final Duration WATCHFUL_TICK = Duration.ofMillis(100);

    /** Reports come once a second. */
    private static final Duration SILENT_AFTER = Duration.ofMillis(1_300);

    private final EventLoop loop;
    private final RecordStore store;
    private final InstantSource clock;
    private final Reasons reasons;
    private final DroverMetrics metrics;
    private final RecordMirror mirror;
    private final TreeMap<NodeId, NodeView.Heard> heard = new TreeMap<>();
    private final Deque<Waiting> requests = new ArrayDeque<>();
    private final List<Runnable> listeners = new ArrayList<>();

    private Optional<Epoch> epoch = Optional.empty();
    private Instant since = Instant.EPOCH;
    private int storing;
    private boolean due;
    private final FencingDesk fencing;
    private final TakeoverTimes times;

    /** An empty seat. */
    CoordinatorSeat(
            NodeId self,
            EventLoop loop,
            Workers workers,
            Coordination coordination,
            InstantSource clock,
            Reasons reasons,
            DroverMetrics metrics,
            LeaseParts lease,
            Fencing devices) {
        this.loop = loop;
        this.store = coordination.records();
        this.clock = clock;
        this.reasons = reasons;
        this.metrics = metrics;
        this.mirror = new RecordMirror(loop, store, this::changed);
        this.fencing = new FencingDesk(self, loop, workers, clock, lease, devices, reasons, this::changed);
        this.times = new TakeoverTimes(metrics.fencing());
        loop.every(TICK, this::changed);
        loop.every(WATCHFUL_TICK, () -> {
            if (isSeated() && isWatchful()) {
                changed();
            }
        });
    }

    /** Whether a node that was heard is silent now, or is being fenced. */
    private boolean isWatchful() {
        return view().stream().flatMap(view -> view.nodes().values().stream()).anyMatch(node -> isSilent(node));
    }

    private boolean isSilent(NodeView node) {
        FencingState fencing = node.record().fencing();
        boolean mayExecute = fencing == FencingState.CLEAR || fencing == FencingState.FENCING;
        return mayExecute
                && node.record().incarnation() > 0
                && node.heard()
                        .filter(last ->
                                Duration.between(last.at(), clock.instant()).compareTo(SILENT_AFTER) <= 0)
                        .isEmpty();
    }

    @Override
    public void elected(Epoch won) {
        loop.execute(() -> {
            epoch = Optional.of(won);
            since = clock.instant();
            heard.clear();
            fencing.begin();
            times.begin();
            storing = 0;
            metrics.electionWon(won.number());
            reasons.tell(Reason.of(
                    Severity.INFO, Topic.LEADERSHIP, won.coordinator(), "coordinates, epoch " + won.number()));
            mirror.start();
        });
    }

    @Override
    public void resigned(String why) {
        loop.execute(() -> stepDown(why));
    }

    private void stepDown(String why) {
        if (epoch.isEmpty()) {
            return;
        }
        Epoch lost = epoch.get();
        epoch = Optional.empty();
        mirror.stop();
        metrics.electionLost();
        reasons.tell(Reason.of(
                Severity.INFO,
                Topic.LEADERSHIP,
                lost.coordinator(),
                "coordinates no more, epoch " + lost.number() + ": " + why));
        List.copyOf(requests).forEach(waiting -> waiting.answer.completeExceptionally(noCoordinator(why)));
        requests.clear();
        List.copyOf(listeners).forEach(Runnable::run);
    }

    /** Whether this node leads and has read the records. */
    public boolean isSeated() {
        return epoch.isPresent() && mirror.isLoaded();
    }

    /** The present epoch, while this node leads. */
    public Optional<Epoch> epoch() {
        return epoch;
    }

    /** A node reports. */
    public void heard(NodeReport report) {
        heard.put(report.node(), new NodeView.Heard(report, clock.instant()));
        changed();
    }

    /** Calls back on the loop after each change of what the coordinator knows. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Ends {@link #onChange}. */
    public void forgetListener(Runnable listener) {
        listeners.remove(listener);
    }

    /** All that is known; empty while this node does not lead. */
    public Optional<ClusterView> view() {
        if (!isSeated()) {
            return Optional.empty();
        }
        ClusterView stored = mirror.view(epoch.orElseThrow().number(), since, clock.instant(), heard, new TreeMap<>());
        return Optional.of(fencing.seen(stored));
    }

    /**
     * Answers a request once what it changes is stored. Fails with {@link ProblemException} if it is refused or nobody
     * leads here.
     */
    public CompletionStage<Answer> submit(Request request) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        if (!isSeated()) {
            answer.completeExceptionally(noCoordinator("this node does not coordinate"));
        } else if (requests.size() >= REQUESTS_LIMIT) {
            answer.completeExceptionally(new ProblemException(Problem.of(
                    ProblemKind.REFUSED,
                    "the request is not accepted",
                    REQUESTS_LIMIT + " others wait",
                    "try again in a few seconds")));
        } else {
            requests.add(new Waiting(request, answer));
            changed();
        }
        return answer;
    }

    private static ProblemException noCoordinator(String why) {
        return new ProblemException(Problem.of(
                ProblemKind.NO_COORDINATOR,
                "nobody can decide now",
                why,
                "try again in a few seconds",
                "drover status"));
    }

    private void changed() {
        due = true;
        if (isSeated() && storing == 0) {
            due = false;
            round();
        }
        List.copyOf(listeners).forEach(Runnable::run);
    }

    private void round() {
        Waiting request = requests.poll();
        if (request != null) {
            answer(request);
            return;
        }
        long begun = System.nanoTime();
        ClusterView view = view().orElseThrow();
        List<Proposal> proposals = Coordinator.decide(view);
        metrics.decisionTook(Duration.ofNanos(System.nanoTime() - begun));
        times.look(view);
        fencing.perform(view);
        proposals.forEach(proposal -> store(proposal, outcome -> {}));
    }

    private void answer(Waiting waiting) {
        Verdict verdict = Intake.answer(view().orElseThrow(), waiting.request);
        if (verdict instanceof Verdict.Refused refused) {
            waiting.answer.completeExceptionally(new ProblemException(refused.problem()));
            changed();
        } else if (verdict instanceof Verdict.Planned planned) {
            waiting.answer.complete(new Answer(Optional.empty(), planned.plan(), List.of()));
            changed();
        } else if (verdict instanceof Verdict.Accepted accepted) {
            if (accepted.proposal().puts().isEmpty()) {
                waiting.answer.complete(answerOf(accepted));
                changed();
                return;
            }
            store(accepted.proposal(), outcome -> conclude(waiting, accepted, outcome));
        }
    }

    private void conclude(Waiting waiting, Verdict.Accepted accepted, CommitOutcome outcome) {
        if (outcome instanceof CommitOutcome.Committed) {
            waiting.answer.complete(answerOf(accepted));
        } else if (outcome instanceof CommitOutcome.Conflict && waiting.tries++ < 5) {
            requests.addFirst(waiting);
        } else if (outcome instanceof CommitOutcome.Unknown unknown) {
            waiting.answer.completeExceptionally(noCoordinator(
                    "it cannot be said whether the request was stored (" + unknown.text() + "); repeating it is safe"));
        } else {
            waiting.answer.completeExceptionally(noCoordinator("another node has become the coordinator"));
        }
    }

    private static Answer answerOf(Verdict.Accepted accepted) {
        List<String> effects = accepted.proposal().reasons().stream()
                .map(reason -> reason.subject() + " " + reason.text())
                .toList();
        return new Answer(accepted.operation(), accepted.plan(), effects);
    }

    private void store(Proposal proposal, java.util.function.Consumer<CommitOutcome> then) {
        Epoch mine = epoch.orElseThrow();
        Optional<Transaction> transaction = mirror.transaction(mine.number(), proposal);
        if (transaction.isEmpty()) {
            then.accept(new CommitOutcome.Conflict("a record has changed"));
            return;
        }
        storing++;
        long begun = System.nanoTime();
        loop.when(store.commit(transaction.get()), (outcome, failure) -> {
            metrics.committed(outcome, Duration.ofNanos(System.nanoTime() - begun));
            if (!epoch.equals(Optional.of(mine))) {
                then.accept(new CommitOutcome.StaleEpoch(mine.number()));
                return;
            }
            storing--;
            stored(proposal, transaction.get(), outcome);
            then.accept(outcome);
            if (storing == 0) {
                changed();
            }
        });
    }

    private void stored(Proposal proposal, Transaction transaction, CommitOutcome outcome) {
        if (outcome instanceof CommitOutcome.Committed committed) {
            mirror.committed(transaction, committed);
            proposal.reasons().forEach(reasons::tell);
        } else if (outcome instanceof CommitOutcome.StaleEpoch stale) {
            stepDown("epoch " + stale.seen() + " has begun");
        } else {
            transaction.changes().forEach(change -> mirror.reread((RecordKey<?>) change.key()));
        }
    }

    /** Whether something has changed that no round has looked at yet. */
    public boolean isDue() {
        return due;
    }

    /**
     * What became of an accepted request.
     *
     * @param operation the operation that it became, if it became one
     * @param plan what it is about to do
     * @param effects what was changed, in words
     */
    public record Answer(
            Optional<io.drover.model.OperationId> operation,
            io.drover.engine.coordinator.Plan plan,
            List<String> effects) {
        /** Copies the list. */
        public Answer {
            effects = List.copyOf(effects);
        }
    }

    private static final class Waiting {
        private final Request request;
        private final CompletableFuture<Answer> answer;
        private int tries;

        Waiting(Request request, CompletableFuture<Answer> answer) {
            this.request = request;
            this.answer = answer;
        }
    }
}
