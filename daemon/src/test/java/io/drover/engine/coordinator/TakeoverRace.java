package io.drover.engine.coordinator;

import io.drover.engine.lease.LeaseHolder;
import io.drover.engine.lease.LeaseVoter;
import io.drover.engine.lease.VoterMemory;
import io.drover.model.ClusterSettings;
import io.drover.model.FencingState;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Nodes with clocks that run at different rates renew leases, vote, restart, lose disks, and are cut off from each other;
 * a coordinator that changes in the middle takes them over, and voters change. Real time is known to this class alone.
 * Checked after every event: who is on record as fenced executes nothing, and never will in that incarnation, even if
 * every kill takes the longest time that it may.
 */
final class TakeoverRace {
    /** Something that the rules forbid. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String text) {
            super(text);
        }
    }

    private record Event(long at, long order, Runnable act) {}

    /** A clock: what it says when real time, in nanoseconds, is so much. */
    private record Clock(double rate, long offset) {
        long read(long real) {
            return offset + (long) (real * rate);
        }
    }

    /** One node: its agent, which holds and votes. */
    private final class Node {
        final NodeId id;
        final Clock clock;
        NodeRecord record;
        VoterMemory disk = VoterMemory.EMPTY;
        LeaseVoter voter;
        LeaseHolder holder;
        boolean isCut;
        boolean isStoreless;
        boolean isDead;
        long sequence;

        Node(NodeId id) {
            this.id = id;
            this.clock = clock();
            this.record = NodeRecord.unseen(id, random.nextInt(6) > 0).joined();
            this.voter = new LeaseVoter(id, agents, disk, now());
            this.holder = new LeaseHolder(1, agents, VoterSet.NONE);
        }

        long now() {
            return clock.read(real);
        }

        /** Whether something may still execute here in an incarnation, were it killed as late as it may be. */
        boolean executes(long incarnation) {
            return !isDead
                    && holder.incarnation() == incarnation
                    && holder.hasDeadline()
                    && now() - holder.endsAt() - agents.killTime().toNanos() < 0;
        }

        void restart() {
            voter = new LeaseVoter(id, agents, disk, now());
            join();
        }

        /** Guests of the incarnation before are held until the lease of this one. */
        void join() {
            if (!isStoreless && !isCut) {
                record = record.joined();
                holder = new LeaseHolder(record.incarnation(), agents, holder.voters());
            }
        }

        void act() {
            if (isDead) {
                return;
            }
            boolean readsStore = !isStoreless && !isCut;
            if (readsStore) {
                holder.learned(voters);
                boolean isFenced = record.fencing() != FencingState.CLEAR;
                if ((isFenced || holder.isRevoked()) && holder.state(now()) != LeaseState.HELD) {
                    join();
                }
            }
            for (NodeId member : holder.voters().members()) {
                Node other = nodes.get(member);
                long sent = now();
                LeaseHolder asking = holder;
                send(this, other, () -> other.renewed(this, asking, sent));
            }
        }

        void renewed(Node from, LeaseHolder asking, long sent) {
            LeaseVoter.Answer answer =
                    voter.renew(from.id, asking.incarnation(), asking.voters().version(), now());
            send(this, from, () -> {
                if (answer instanceof LeaseVoter.Answer.Granted) {
                    asking.granted(id, sent);
                } else if (answer instanceof LeaseVoter.Answer.Revoked) {
                    asking.revoked();
                } else if (answer instanceof LeaseVoter.Answer.OtherVoters others) {
                    asking.learned(others.known());
                }
            });
        }

        NodeReport report() {
            return new NodeReport(
                    id,
                    record.incarnation(),
                    ++sequence,
                    List.of(),
                    1L << 30,
                    1L << 30,
                    4,
                    0,
                    List.of(),
                    List.of(),
                    "",
                    "",
                    "",
                    holder.state(now()),
                    voter.memory().voters().version(),
                    voter.renewals(now()),
                    false);
        }
    }

    private final SplittableRandom random;
    private final LeaseTerms agents;
    private final LeaseTerms coordinators;
    private final TreeMap<NodeId, Node> nodes = new TreeMap<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final List<String> story = new ArrayList<>();
    private final TreeSet<String> fenced = new TreeSet<>();
    private final TreeMap<NodeId, NodeView.Heard> heard = new TreeMap<>();
    private VoterSet voters = VoterSet.NONE;
    private Takeovers takeovers = new Takeovers(new NodeId("c"), List.of());
    private Clock coordinator = new Clock(1, 0);
    private Instant since = Instant.EPOCH;
    private long epoch = 1;
    private long order;
    private long real;
    private int proofs;
    private int changes;

    /**
     * A race.
     *
     * @param agents the terms by which nodes hold and vote
     * @param coordinators those by which coordinators count; the same, unless the search itself is under test
     */
    TakeoverRace(long seed, LeaseTerms agents, LeaseTerms coordinators) {
        this.random = new SplittableRandom(seed);
        this.agents = agents;
        this.coordinators = coordinators;
        this.coordinator = clock();
        this.since = now();
        int count = 3 + random.nextInt(4);
        for (int i = 1; i <= count; i++) {
            NodeId id = new NodeId("n" + i);
            nodes.put(id, new Node(id));
        }
    }

    int proofs() {
        return proofs;
    }

    int changes() {
        return changes;
    }

    String story() {
        return String.join("\n", story);
    }

    private Clock clock() {
        double bound = agents.driftPpm() / 1e6;
        // Mostly at the very bounds: that is where margins are too small.
        double rate = switch (random.nextInt(3)) {
            case 0 -> 1 - bound;
            case 1 -> 1 + bound;
            default -> 1 - bound + 2 * bound * random.nextDouble();
        };
        return new Clock(rate, random.nextLong(1L << 50));
    }

    private Instant now() {
        return Instant.EPOCH.plusNanos(coordinator.read(real));
    }

    private void at(long delayMillis, Runnable act) {
        events.add(new Event(real + delayMillis * 1_000_000 + random.nextInt(1_000_000), order++, act));
    }

    private void send(Node from, Node to, Runnable receipt) {
        if (!from.isDead && !isSplit(from, to) && random.nextInt(20) > 0) {
            at(delay(), () -> {
                if (!to.isDead && !isSplit(from, to)) {
                    receipt.run();
                }
            });
        }
    }

    private static boolean isSplit(Node from, Node to) {
        return from != to && (from.isCut || to.isCut);
    }

    private long delay() {
        return random.nextInt(10) == 0 ? random.nextInt(3000) : random.nextInt(30);
    }

    /** Runs for so many seconds of real time. */
    void run(int seconds) {
        nodes.values().forEach(node -> every(agents.renewEvery().toMillis(), node::act));
        nodes.values().forEach(node -> every(700, () -> report(node)));
        every(250, this::round);
        every(1500, this::fault);
        long end = seconds * 1_000_000_000L;
        while (!events.isEmpty() && real < end) {
            Event next = events.remove();
            real = Math.max(real, next.at);
            next.act.run();
            check();
        }
    }

    private void every(long millis, Runnable act) {
        at(millis / 2 + random.nextInt((int) millis), () -> {
            act.run();
            every(millis, act);
        });
    }

    private void report(Node node) {
        if (!node.isDead && !node.isCut && random.nextInt(10) > 0) {
            NodeReport report = node.report();
            at(random.nextInt(200), () -> heard.put(node.id, new NodeView.Heard(report, now())));
        }
    }

    private void tell(String text) {
        story.add(String.format(java.util.Locale.ROOT, "%.3f s %s", real / 1e9, text));
    }

    // ---- the coordinator

    private ClusterView view() {
        TreeMap<NodeId, NodeView> views = new TreeMap<>();
        nodes.forEach((id, node) ->
                views.put(id, new NodeView(node.record, Optional.empty(), Optional.ofNullable(heard.get(id)))));
        return takeovers.seen(new ClusterView(
                epoch,
                since,
                now(),
                ClusterSettings.DEFAULTS.withLease(coordinators),
                views,
                new TreeMap<>(),
                new TreeMap<>(),
                voters,
                new TreeMap<>()));
    }

    private void round() {
        for (Proposal proposal : Coordinator.decide(view())) {
            proposal.puts().forEach(this::store);
        }
        FencingDuties.of(view()).forEach(this::fulfil);
    }

    private void store(Proposal.Put put) {
        if (put instanceof Proposal.Put.Node node) {
            NodeRecord next = node.next();
            if (next.fencing() != nodes.get(next.id()).record.fencing()) {
                tell(next.id() + " incarnation " + next.incarnation() + " " + next.fencing() + " "
                        + next.fencingProof());
            }
            nodes.get(next.id()).record = next;
            if (next.fencing() == FencingState.FENCED && fenced.add(next.id() + "/" + next.incarnation())) {
                proofs++;
            }
        } else if (put instanceof Proposal.Put.Voters set) {
            tell("voters " + set.next());
            voters = set.next();
            changes++;
        }
    }

    private void fulfil(FencingDuty duty) {
        Takeovers asking = takeovers;
        Instant sent = now();
        if (duty instanceof FencingDuty.Revoke revoke) {
            revoke.voters()
                    .forEach(id -> ask(id, voter -> {
                        voter.voter.revoke(revoke.node(), revoke.incarnation());
                        voter.disk = voter.voter.memory();
                        Duration promised = voter.voter.promiseEndsIn(revoke.node(), voter.now());
                        return () -> asking.revoked(id, revoke.node(), revoke.incarnation(), sent, now(), promised);
                    }));
        } else if (duty instanceof FencingDuty.Announce announce) {
            announce.nodes()
                    .forEach(id -> ask(id, voter -> {
                        boolean isRefused = voter.voter
                                .announce(announce.voters(), announce.revoked())
                                .isPresent();
                        voter.disk = voter.voter.memory();
                        long version = isRefused ? 0 : voter.disk.voters().version();
                        return () -> asking.announced(id, version);
                    }));
        }
    }

    private void ask(NodeId id, java.util.function.Function<Node, Runnable> question) {
        Node voter = nodes.get(id);
        if (voter == null || random.nextInt(10) == 0) {
            return;
        }
        at(delay(), () -> {
            if (!voter.isDead && !voter.isCut) {
                Runnable answer = question.apply(voter);
                if (random.nextInt(10) > 0) {
                    at(delay(), answer);
                }
            }
        });
    }

    // ---- faults

    private void fault() {
        Node node = List.copyOf(nodes.values()).get(random.nextInt(nodes.size()));
        switch (random.nextInt(20)) {
            case 0, 1 -> set(node, "is cut off", () -> node.isCut = true);
            case 2 -> set(node, "reaches the store no more", () -> node.isStoreless = true);
            case 3 -> set(node, "dies", () -> node.isDead = true);
            case 4 -> set(node, "restarts", node::restart);
            case 5 -> {
                if (random.nextInt(3) == 0) {
                    set(node, "has lost its disk and restarts", () -> {
                        node.disk = VoterMemory.EMPTY;
                        node.restart();
                    });
                }
            }
            case 8, 9 ->
                set(node, "reaches all but the store", () -> {
                    node.isCut = false;
                    node.isStoreless = true;
                });
            case 6, 10 ->
                set(node, "has another wish to vote", () -> node.record = node.record.withVoter(!node.record.voter()));
            case 7 -> {
                tell("another coordinator");
                epoch++;
                coordinator = clock();
                takeovers = new Takeovers(new NodeId("c"), List.of());
                heard.clear();
                since = now();
            }
            default ->
                set(node, "is well", () -> {
                    boolean wasDead = node.isDead;
                    node.isCut = false;
                    node.isStoreless = false;
                    node.isDead = false;
                    if (wasDead) {
                        node.restart();
                    }
                });
        }
    }

    private void set(Node node, String what, Runnable change) {
        tell(node.id + " " + what);
        change.run();
    }

    private void check() {
        for (Node node : nodes.values()) {
            long incarnation = node.holder.incarnation();
            if (fenced.contains(node.id + "/" + incarnation) && node.executes(incarnation)) {
                throw new Broken(node.id + " executes in incarnation " + incarnation + ", which is fenced");
            }
        }
    }
}
