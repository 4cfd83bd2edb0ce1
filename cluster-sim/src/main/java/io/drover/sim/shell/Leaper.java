package io.drover.sim.shell;

import io.drover.coordination.RecordKind;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.FencingDuties;
import io.drover.engine.lease.LeaseHolder;
import io.drover.engine.lease.LeaseVoter;
import io.drover.hypervisor.GuestStatus;
import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.world.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Passes over quiet stretches: nothing is on its way, nobody is about to notice anything, every VM is as it should be, the
 * coordinator would decide nothing now nor at the end of the stretch. What would have happened in it, renewals and reports
 * that say the same, is done once at its end.
 */
final class Leaper {
    private static final long MILLI = 1_000_000L;
    private static final long LOOK_EVERY = 500 * MILLI;
    private static final long SHORTEST = 2_000 * MILLI;
    private static final long LONGEST = 600_000 * MILLI;
    private static final long FIRST = 16_000 * MILLI;

    private final Cluster cluster;
    private final Kernel kernel;
    private long lookAt = 5_000 * MILLI;
    private long stride = FIRST;
    private long leaps;
    private long leapt;

    Leaper(Cluster cluster) {
        this.cluster = cluster;
        this.kernel = cluster.world().kernel();
    }

    /** Passes over what can be passed over now; the present is at most {@code end} afterwards. */
    void tryLeap(long end) {
        if (kernel.now() < lookAt || !kernel.isQuiet()) {
            return;
        }
        long latest = Math.min(end, kernel.nextPlanned()) - MILLI;
        if (latest - kernel.now() < SHORTEST) {
            return;
        }
        lookAt = kernel.now() + LOOK_EVERY;
        if (!isQuiet()) {
            stride = FIRST;
            return;
        }
        long length = quietLength(Math.min(stride, latest - kernel.now()));
        if (length >= SHORTEST) {
            leap(kernel.now() + length);
            // What is periodic happens at least once before the next one.
            lookAt = kernel.now() + LOOK_EVERY;
            stride = Math.min(LONGEST, stride * 2);
        } else {
            stride = FIRST;
        }
    }

    long leaps() {
        return leaps;
    }

    /** Virtual time passed over. */
    long leapt() {
        return leapt;
    }

    // ---- whether it is quiet

    private boolean isQuiet() {
        return cluster.world().ensemble().isSettled()
                && cluster.agents().stream()
                                .filter(agent -> agent.seat().isElected())
                                .count()
                        <= 1
                && cluster.world().machines().stream().allMatch(this::isQuiet)
                && cluster.world().ensemble().truth(RecordKind.VMS).stream().allMatch(this::isAsItShouldBe);
    }

    private boolean isQuiet(Machine machine) {
        Optional<Agent> found = cluster.agent(machine.id());
        if (found.isEmpty() || machine.agent().isFrozen()) {
            return !hasGuestsInMemory(machine);
        }
        Agent agent = found.get();
        if (agent.nodeCore().isEmpty()) {
            return !agent.store().canConnect() && !hasGuestsInMemory(machine);
        }
        boolean isHeld = agent.leaseState() == LeaseState.HELD && agent.lease().isSafe() && isRenewedByAll(agent);
        boolean isCutOff = agent.leaseState() != LeaseState.HELD
                && agent.leaseState() != LeaseState.ENDING
                && !isAboutToBeGranted(agent)
                && !hasGuestsInMemory(machine);
        return agent.isAtRest() && (isHeld || isCutOff);
    }

    /** A node without a lease gets one at its next request, or learns whom to ask. */
    private boolean isAboutToBeGranted(Agent agent) {
        LeaseHolder holder = agent.lease().holder();
        boolean canAsk = holder.voters().version() > 0 && !holder.isRevoked();
        return canAsk ? isRenewedByAll(agent) : agent.store().canConnect();
    }

    /** Every voter is either asked in vain, for good, or grants. */
    private boolean isRenewedByAll(Agent agent) {
        int granting = 0;
        for (NodeId voter : agent.lease().holder().voters().members()) {
            granting += grants(agent, voter) ? 1 : 0;
        }
        return granting >= agent.lease().holder().voters().majority();
    }

    private boolean grants(Agent agent, NodeId voter) {
        Optional<Agent> other = cluster.agent(voter);
        return other.isPresent()
                && other.get().program().isResponsive()
                && cluster.world()
                        .network()
                        .links(agent.machine().number(), other.get().machine().number());
    }

    private static boolean hasGuestsInMemory(Machine machine) {
        for (GuestStatus guest : machine.hypervisor().guests()) {
            if (guest.state() != GuestState.OFF && guest.state() != GuestState.SAVED) {
                return true;
            }
        }
        return false;
    }

    private boolean isAsItShouldBe(VmRecord vm) {
        var hosts = cluster.ledger().account(vm.id()).hosts();
        if (vm.phase() instanceof Phase.Stopped) {
            return hosts.isEmpty();
        }
        if (!(vm.phase() instanceof Phase.Placed placed)) {
            return false;
        }
        Optional<Agent> owner = cluster.agent(placed.owner());
        boolean isHeld =
                owner.filter(agent -> agent.leaseState() == LeaseState.HELD).isPresent();
        if (!isHeld) {
            return hosts.isEmpty();
        }
        return vm.desired() == DesiredState.RUNNING
                && vm.stopRequest().isEmpty()
                && owner.orElseThrow().incarnation() == placed.incarnation()
                && hosts.contains(placed.owner());
    }

    /** How long nobody would decide anything; at most so long. */
    private long quietLength(long most) {
        Optional<Agent> coordinator = cluster.coordinator();
        if (coordinator.isEmpty()) {
            boolean isNobodyToCome = cluster.world().ensemble().leader() < 0;
            return isNobodyToCome ? most : 0;
        }
        Seat seat = coordinator.get().seat();
        if (!seat.isIdle() || !coordinator.get().program().isResponsive() || !isNothingDue(seat, 0)) {
            return 0;
        }
        long length = most;
        while (length >= SHORTEST && !isNothingDue(seat, length)) {
            length /= 2;
        }
        return length;
    }

    private boolean isNothingDue(Seat seat, long ahead) {
        Optional<ClusterView> view = seat.view(Duration.ofNanos(ahead));
        return view.isPresent()
                && cluster.decide(view.get()).isEmpty()
                && FencingDuties.of(view.get()).isEmpty();
    }

    // ---- the leap

    private void leap(long to) {
        long from = kernel.now();
        leaps++;
        leapt += to - from;
        List<Agent> renewing = cluster.agents().stream()
                .filter(agent -> cluster.isRenewing(agent.machine().id()))
                .toList();
        kernel.leap(to);
        cluster.world().ensemble().leapt(to - from);
        renewing.forEach(this::renew);
        cluster.coordinator()
                .ifPresent(coordinator -> reporting(coordinator)
                        .forEach(agent -> coordinator.seat().heard(agent.freshReport())));
    }

    private void renew(Agent agent) {
        long version = agent.lease().holder().voters().version();
        List<NodeId> granting = new ArrayList<>();
        for (NodeId voter : agent.lease().holder().voters().members()) {
            if (grants(agent, voter)) {
                LeaseVoter.Answer answer = cluster.agent(voter)
                        .orElseThrow()
                        .desk()
                        .renew(agent.machine().id(), agent.incarnation(), version);
                if (answer instanceof LeaseVoter.Answer.Granted) {
                    granting.add(voter);
                }
            }
        }
        agent.lease().granted(granting);
    }

    /** The agents whose reports come to a coordinator. */
    List<Agent> reporting(Agent coordinator) {
        List<Agent> all = new ArrayList<>();
        for (Agent agent : cluster.agents()) {
            boolean isLinked = cluster.world()
                    .network()
                    .links(agent.machine().number(), coordinator.machine().number());
            if (isLinked && agent.isReportingTo(coordinator.machine().id())) {
                all.add(agent);
            }
        }
        return all;
    }
}
