package io.drover.sim.shell;

import io.drover.coordination.RecordKey;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.Coordinator;
import io.drover.engine.coordinator.Proposal;
import io.drover.engine.coordinator.Request;
import io.drover.engine.lease.VoterMemory;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;
import io.drover.sim.world.Machine;
import io.drover.sim.world.Stream;
import io.drover.sim.world.World;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/** A whole cluster in its world: hosts, agents, records, and what operators ask. */
public final class Cluster {
    private static final long SECOND = 1_000_000_000L;
    private static final long WALL_OFFSET = 2 * SECOND;

    /** An operator asks once a second, for longer than hosts take to boot and to elect a coordinator. */
    private static final int ASKS = 90;

    private final ClusterPlan plan;
    private final Defects defects;
    private final World world;
    private final Ledger ledger;
    private final Map<NodeId, Agent> agents = new TreeMap<>();
    private final TreeSet<NodeId> fenceable = new TreeSet<>();
    private final TreeSet<NodeId> voters = new TreeSet<>();
    private final TreeSet<NodeId> witnesses = new TreeSet<>();
    private final Leaper leaper;
    private final Sabotage sabotage;
    private boolean isLeaping = true;
    private int shift;

    /**
     * A cluster at its beginning: its nodes have just been started, its VMs run.
     *
     * @param seed of all chance
     * @param journalKept lines that the world's journal keeps
     */
    public Cluster(ClusterPlan plan, long seed, Defects defects, int journalKept) {
        this.plan = plan;
        this.defects = defects;
        this.sabotage = new Sabotage(defects);
        Map<NodeId, Machine.Size> sizes = new LinkedHashMap<>();
        plan.nodes().forEach(node -> sizes.put(node.id(), new Machine.Size(node.memory(), node.cpus())));
        this.ledger = new Ledger();
        this.world = new World(
                seed, sizes, plan.servers(), new World.Clocks(plan.driftPpm(), WALL_OFFSET), journalKept, ledger);
        ledger.of(world);
        if (plan.hasRegistrations()) {
            world.registers();
        }
        this.leaper = new Leaper(this);
        plan.nodes().forEach(this::prepare);
        seed();
        world.machines().stream().filter(Machine::isUp).forEach(this::startAgent);
        world.machines().forEach(machine -> machine.guard().works(!defects.has(Defect.NO_GUARD)));
    }

    private void prepare(ClusterPlan.Node node) {
        if (node.hasFencing()) {
            fenceable.add(node.id());
        }
        if (node.isWitness()) {
            witnesses.add(node.id());
        }
        if (voters.size() < plan.servers()) {
            voters.add(node.id());
        }
        Machine machine = machine(node.id());
        machine.listen(new Machine.Listener() {
            @Override
            public void booted() {
                startAgent(machine);
                if (defects.has(Defect.STARTED_BY_ITSELF_AFTER_BOOT)) {
                    startWhatRan(machine);
                }
            }

            @Override
            public void lost() {
                agentLost(machine.id());
            }
        });
        if (!node.isPowered()) {
            machine.powerOff("it is off at the beginning");
        }
    }

    /** What a hypervisor does by itself that is set to start after a boot what ran before. */
    private void startWhatRan(Machine machine) {
        ledger.accounts().forEach((vm, account) -> {
            if (account.last().filter(machine.id()::equals).isPresent()) {
                world.ensemble()
                        .truth(RecordKey.of(vm))
                        .ifPresent(record -> machine.hypervisor()
                                .start(
                                        machine.agent(),
                                        record.spec(),
                                        world.kernel().now(),
                                        failed -> {}));
            }
        });
    }

    private void seed() {
        world.ensemble().seed(RecordKey.CONFIG, plan.settings());
        VoterSet set = new VoterSet(1, voters, voters, true);
        world.ensemble().seed(RecordKey.VOTERS, set);
        for (ClusterPlan.Node node : plan.nodes()) {
            boolean votes = votes(node.id());
            NodeRecord record =
                    node.isWitness() ? NodeRecord.unseenWitness(node.id()) : NodeRecord.unseen(node.id(), votes);
            NodeRecord joined = record.joined();
            world.ensemble()
                    .seed(
                            RecordKey.of(node.id()),
                            node.isPowered() ? joined : joined.withFencing(FencingState.LEFT, ""));
            if (votes) {
                machine(node.id()).disk().seed(VoterMemory.EMPTY.knowing(set));
            }
        }
        plan.vms().forEach(this::seed);
        // As if the agents had held their leases until just now.
        for (Machine machine : world.machines()) {
            long now = machine.clock().read();
            long ends = now + terms().duration().toNanos();
            long pause = terms().pauseBefore().toNanos();
            machine.guard()
                    .deadlines(ends - pause, ends, ends + terms().keepPaused().toNanos() + pause);
        }
    }

    private void seed(ClusterPlan.Vm vm) {
        VmRecord record = VmRecord.added(vm.spec(), vm.isRunning() ? DesiredState.RUNNING : DesiredState.OFF);
        Optional<Machine> host = vm.owner().map(this::machine).filter(Machine::isPowered);
        if (vm.isRunning() && host.isPresent()) {
            NodeId owner = host.get().id();
            record = record.assignedTo(owner).claimedBy(owner, 1);
            world.ensemble().seed(RecordKey.of(record.id()), record);
            world.ensemble().seedAssignment(record, owner);
            host.get().hypervisor().place(vm.spec());
        } else {
            record = vm.owner().map(record::stopped).orElse(record);
            world.ensemble().seed(RecordKey.of(record.id()), record);
        }
        ledger.added(record.id(), vm.isRunning());
    }

    private void startAgent(Machine machine) {
        machine.agent().start();
        agents.put(machine.id(), new Agent(this, machine));
    }

    private void agentLost(NodeId node) {
        Agent agent = agents.remove(node);
        if (agent != null) {
            agent.end();
        }
    }

    // ---- its parts

    /** What it stands in. */
    public World world() {
        return world;
    }

    /** What became of its VMs, in truth. */
    public Ledger ledger() {
        return ledger;
    }

    /** How it began. */
    public ClusterPlan plan() {
        return plan;
    }

    Defects defects() {
        return defects;
    }

    /** By which leases are held. */
    public LeaseTerms terms() {
        return plan.settings().lease();
    }

    boolean votes(NodeId node) {
        return voters.contains(node);
    }

    boolean isWitness(NodeId node) {
        return witnesses.contains(node);
    }

    Collection<NodeId> fenceable() {
        return Collections.unmodifiableSet(fenceable);
    }

    /** A host. */
    public Machine machine(NodeId id) {
        return world.machine(id);
    }

    /** The agent that runs on a node, frozen or not. */
    public Optional<Agent> agent(NodeId node) {
        return Optional.ofNullable(agents.get(node));
    }

    /** All agents that run, frozen or not. */
    public Collection<Agent> agents() {
        return Collections.unmodifiableCollection(agents.values());
    }

    /** The node that coordinates: of several that believe so, the one with the newest epoch. */
    public Optional<Agent> coordinator() {
        return agents.values().stream()
                .filter(agent -> agent.seat().isSeated())
                .max(Comparator.comparingLong((Agent agent) -> agent.seat().epoch()));
    }

    // ---- between the agents

    /** Asks the agent of a node something that it answers at once; nothing comes back if it cannot be asked. */
    <T> void call(Agent from, NodeId to, Function<Agent, T> question, Consumer<T> answer) {
        ask(from, to, (other, reply) -> reply.accept(question.apply(other)), answer);
    }

    /** Asks the agent of a node something that it answers when it can. */
    <T> void ask(Agent from, NodeId to, BiConsumer<Agent, Consumer<T>> question, Consumer<T> answer) {
        int here = from.machine().number();
        Machine machine = machine(to);
        int there = machine.number();
        Program asking = from.program();
        int life = asking.life();
        world.network().send(here, there, machine.agent(), () -> {
            Agent other = agents.get(to);
            if (other != null) {
                question.accept(
                        other, found -> world.network().send(there, here, asking, life, () -> answer.accept(found)));
            }
        });
    }

    Stream connect(Agent from, NodeId to) {
        Machine machine = machine(to);
        return new Stream(
                world.kernel(),
                world.network(),
                from.machine().number(),
                from.program(),
                machine.number(),
                machine.agent());
    }

    List<Proposal> decide(ClusterView view) {
        ClusterView seen = sabotage.view(view);
        return sabotage.decisions(seen, Coordinator.decide(seen));
    }

    /** Lets time pass. */
    public void runUntil(long end) {
        runUntil(end, () -> false);
    }

    /** Lets time pass up to a moment, or until something is so; that is asked after every happening. */
    public void runUntil(long end, BooleanSupplier isOver) {
        Kernel kernel = world.kernel();
        while (kernel.nextAt() <= end) {
            if (isOver.getAsBoolean()) {
                return;
            }
            kernel.step();
            if (isLeaping && world.isFair()) {
                leaper.tryLeap(end);
            }
        }
        kernel.runUntil(end);
    }

    /** Whether quiet stretches are passed over; so at first. */
    public void leaps(boolean isLeaping) {
        this.isLeaping = isLeaping;
    }

    /** Virtual time that has been passed over, nanoseconds. */
    public long leapt() {
        return leaper.leapt();
    }

    List<Agent> reporting(Agent coordinator) {
        return leaper.reporting(coordinator);
    }

    /** Whether a node goes on renewing its lease as things are. */
    boolean isRenewing(NodeId node) {
        return agent(node)
                .filter(agent ->
                        agent.leaseState() == LeaseState.HELD && agent.program().isResponsive())
                .isPresent();
    }

    // ---- faults of processes

    /** Ends an agent's process. */
    public void kill(NodeId node) {
        world.journal().note("the agent of " + node + " is killed");
        machine(node).agent().kill();
        agentLost(node);
    }

    /** Holds an agent's process. */
    public void freeze(NodeId node) {
        world.journal().note("the agent of " + node + " is frozen");
        machine(node).agent().freeze();
    }

    /** Lets an agent's process go on. */
    public void thaw(NodeId node) {
        world.journal().note("the agent of " + node + " goes on");
        machine(node).agent().thaw();
    }

    /** Starts an agent anew, ending the one that runs. */
    public void restart(NodeId node) {
        if (machine(node).isUp()) {
            kill(node);
            startAgent(machine(node));
        }
    }

    /** Shuts a host down in good order. */
    public void shutDown(NodeId node, boolean boots) {
        Machine machine = machine(node);
        if (machine.isUp()) {
            new HostShutdown(this, machine, boots).begin();
        }
    }

    // ---- operators

    /** Asks the coordinator for something, whoever that is; waits a while for there to be one. */
    public void submit(Request request, Consumer<Seat.Answer> answer) {
        submit(request, answer, 0, shift);
    }

    /** Whoever waits for an answer now asks no more. */
    public void changeShift() {
        shift++;
    }

    private void submit(Request request, Consumer<Seat.Answer> answer, int asked, int ofShift) {
        Consumer<String> again = why -> {
            if (asked >= ASKS || ofShift != shift) {
                answer.accept(new Seat.Answer.Unanswered(why));
            } else {
                world.kernel().after(SECOND, () -> submit(request, answer, asked + 1, ofShift));
            }
        };
        Optional<Agent> coordinator = coordinator();
        if (ofShift != shift) {
            again.accept("nobody waits for the answer any more");
            return;
        }
        if (coordinator.isEmpty() || !coordinator.get().program().isResponsive()) {
            again.accept("nobody coordinates");
            return;
        }
        boolean[] isAnswered = new boolean[1];
        coordinator.get().seat().submit(request, found -> {
            if (isAnswered[0]) {
                return;
            }
            isAnswered[0] = true;
            if (found instanceof Seat.Answer.Unanswered unanswered) {
                again.accept(unanswered.why());
            } else {
                answer.accept(found);
            }
        });
        Kernel kernel = world.kernel();
        kernel.after(10 * SECOND, () -> {
            if (!isAnswered[0]) {
                isAnswered[0] = true;
                again.accept("no answer");
            }
        });
    }

    /** A node as it really is, in words. */
    public String describe(NodeId node) {
        Machine machine = machine(node);
        String process = !machine.isPowered()
                ? "has no power"
                : !machine.agent().isRunning()
                        ? "has no agent"
                        : machine.agent().isFrozen() ? "is frozen" : "runs";
        String lease = agent(node)
                .map(agent -> agent.leaseState() + " in incarnation " + agent.incarnation())
                .orElse("none");
        String stored = world.ensemble()
                .truth(RecordKey.of(node))
                .map(record -> record.fencing() + " in incarnation " + record.incarnation())
                .orElse("unknown");
        return node + " " + process + ", its lease " + lease + ", its record " + stored;
    }
}
