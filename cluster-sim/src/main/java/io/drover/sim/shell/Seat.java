package io.drover.sim.shell;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.Transaction;
import io.drover.engine.coordinator.CancelOrder;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.Intake;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.Proposal;
import io.drover.engine.coordinator.Request;
import io.drover.engine.coordinator.Takeovers;
import io.drover.engine.coordinator.Verdict;
import io.drover.model.NodeId;
import io.drover.model.NodeReport;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.world.StoreElection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The coordinator's place on a node: filled while the node leads. */
public final class Seat implements StoreElection.Listener {
    private static final long TICK = 500_000_000L;
    private static final int TRIES = 5;

    private final Agent agent;
    private final Mirror mirror;
    private final TreeMap<NodeId, NodeView.Heard> heard = new TreeMap<>();
    private final Deque<Waiting> requests = new ArrayDeque<>();
    private @Nullable Epoch epoch;
    private @Nullable Takeovers takeovers;
    private @Nullable FencingRunner fencing;
    private Kernel.@Nullable Periodic ticking;
    private Instant since = Instant.EPOCH;
    private int storing;
    private int leadership;

    /** What became of a request. */
    public sealed interface Answer {
        /** It is stored. */
        record Accepted() implements Answer {}

        /** It is refused, for this reason. */
        record Refused(String why) implements Answer {}

        /** Nobody can say: it may be asked again. */
        record Unanswered(String why) implements Answer {}
    }

    private static final class Waiting {
        private final Request request;
        private final Consumer<Answer> answer;
        private int tries;

        Waiting(Request request, Consumer<Answer> answer) {
            this.request = request;
            this.answer = answer;
        }
    }

    Seat(Agent agent) {
        this.agent = agent;
        this.mirror = new Mirror(agent, this::changed);
    }

    @Override
    public void elected(Epoch won) {
        leadership++;
        epoch = won;
        since = agent.machine().clock().instant();
        heard.clear();
        storing = 0;
        agent.tell("coordinates, epoch " + won.number());
        Takeovers mine = new Takeovers(agent.machine().id(), agent.cluster().fenceable());
        takeovers = mine;
        fencing = new FencingRunner(agent, mine, this::changed);
        ticking = agent.program().every(TICK, TICK, this::changed);
        mirror.start();
    }

    @Override
    public void resigned(String why) {
        if (epoch == null) {
            return;
        }
        agent.tell("coordinates no more: " + why);
        end();
        List<Waiting> unanswered = List.copyOf(requests);
        requests.clear();
        unanswered.forEach(waiting -> waiting.answer.accept(new Answer.Unanswered(why)));
    }

    void end() {
        leadership++;
        epoch = null;
        takeovers = null;
        if (fencing != null) {
            fencing.end();
            fencing = null;
        }
        if (ticking != null) {
            ticking.cancel();
            ticking = null;
        }
        mirror.stop();
    }

    /** Whether this node leads, as far as it knows. */
    public boolean isElected() {
        return epoch != null;
    }

    /** Whether it leads and has read the records. */
    public boolean isSeated() {
        return epoch != null && mirror.isLoaded();
    }

    boolean isIdle() {
        return storing == 0 && requests.isEmpty();
    }

    /** The epoch, while it leads; 0 otherwise. */
    public long epoch() {
        return epoch == null ? 0 : epoch.number();
    }

    void heard(NodeReport report) {
        NodeView.Heard before = heard.get(report.node());
        heard.put(
                report.node(),
                new NodeView.Heard(report, agent.machine().clock().instant()));
        if (before == null || !isAlike(before.report(), report)) {
            changed();
        }
    }

    /** A report that says the same as the last is looked at with the next tick. */
    private static boolean isAlike(NodeReport one, NodeReport other) {
        return one.incarnation() == other.incarnation()
                && one.guests().equals(other.guests())
                && one.memoryAvailable() == other.memoryAvailable()
                && one.lease() == other.lease()
                && one.votersVersion() == other.votersVersion()
                && one.isLeaving() == other.isLeaving()
                && one.health() == other.health();
    }

    List<CancelOrder> cancellations(NodeId node) {
        return isSeated() ? CancelOrder.forSource(view().orElseThrow(), node) : List.of();
    }

    /** All that is known; empty while this node does not lead. */
    public Optional<ClusterView> view() {
        return view(Duration.ZERO);
    }

    /** The same as it will be after a while in which everybody goes on as now. */
    Optional<ClusterView> view(Duration ahead) {
        Epoch mine = epoch;
        Takeovers found = takeovers;
        if (mine == null || found == null || !mirror.isLoaded()) {
            return Optional.empty();
        }
        Map<NodeId, NodeView.Heard> then = ahead.isZero() ? heard : heardThen(ahead);
        Instant now = agent.machine().clock().instant().plus(ahead);
        return Optional.of(found.seen(mirror.view(mine.number(), since, now, then)));
    }

    private Map<NodeId, NodeView.Heard> heardThen(Duration ahead) {
        TreeMap<NodeId, NodeView.Heard> then = new TreeMap<>(heard);
        for (Agent other : agent.cluster().reporting(agent)) {
            NodeView.Heard last = heard.get(other.machine().id());
            if (last != null) {
                NodeReport report = other.reportThen(last.report(), ahead);
                then.put(
                        other.machine().id(),
                        new NodeView.Heard(report, last.at().plus(ahead)));
            }
        }
        return then;
    }

    /** Answers a request once what it changes is stored. */
    public void submit(Request request, Consumer<Answer> answer) {
        if (!isSeated()) {
            answer.accept(new Answer.Unanswered("this node does not coordinate"));
            return;
        }
        requests.add(new Waiting(request, answer));
        changed();
    }

    private void changed() {
        if (isSeated() && storing == 0) {
            round();
        }
    }

    private void round() {
        ClusterView view = view().orElseThrow();
        Waiting request = requests.poll();
        if (request != null) {
            answer(request, view);
            return;
        }
        List<Proposal> proposals = agent.cluster().decide(view);
        FencingRunner duties = fencing;
        int mine = leadership;
        proposals.forEach(proposal -> store(proposal, outcome -> {}));
        if (duties != null && mine == leadership) {
            duties.run(view);
        }
    }

    private void answer(Waiting waiting, ClusterView view) {
        Verdict verdict = Intake.answer(view, waiting.request);
        if (verdict instanceof Verdict.Refused refused) {
            waiting.answer.accept(new Answer.Refused(
                    refused.problem().what() + ": " + refused.problem().why()));
            changed();
        } else if (verdict instanceof Verdict.Accepted accepted
                && !accepted.proposal().puts().isEmpty()) {
            store(accepted.proposal(), outcome -> conclude(waiting, outcome));
        } else {
            waiting.answer.accept(new Answer.Accepted());
            changed();
        }
    }

    private void conclude(Waiting waiting, CommitOutcome outcome) {
        if (outcome instanceof CommitOutcome.Committed) {
            waiting.answer.accept(new Answer.Accepted());
        } else if (outcome instanceof CommitOutcome.Conflict && waiting.tries++ < TRIES) {
            requests.addFirst(waiting);
        } else {
            waiting.answer.accept(new Answer.Unanswered(outcome.toString()));
        }
    }

    private void store(Proposal proposal, Consumer<CommitOutcome> then) {
        Epoch mine = epoch;
        if (mine == null) {
            then.accept(new CommitOutcome.StaleEpoch(0));
            return;
        }
        Optional<Transaction> transaction =
                mirror.transaction(mine.number(), proposal, agent.cluster().defects());
        if (transaction.isEmpty()) {
            then.accept(new CommitOutcome.Conflict("a record has gone"));
            return;
        }
        storing++;
        int of = leadership;
        Consumer<CommitOutcome> settled = outcome -> {
            if (of != leadership) {
                then.accept(new CommitOutcome.StaleEpoch(mine.number()));
                return;
            }
            storing--;
            stored(proposal, transaction.get(), outcome);
            then.accept(outcome);
            if (storing == 0) {
                changed();
            }
        };
        NodeId self = agent.machine().id();
        agent.machine().write(() -> agent.store().commit(self, transaction.get(), Optional.of(mine.number()), settled));
    }

    private void stored(Proposal proposal, Transaction transaction, CommitOutcome outcome) {
        if (outcome instanceof CommitOutcome.Committed committed) {
            mirror.committed(transaction, committed.written());
            proposal.reasons().forEach(agent::tell);
        } else if (outcome instanceof CommitOutcome.StaleEpoch stale) {
            agent.election().reenter("epoch " + stale.seen() + " has begun");
        } else {
            transaction.changes().forEach(change -> mirror.reread((RecordKey<?>) change.key()));
        }
    }
}
