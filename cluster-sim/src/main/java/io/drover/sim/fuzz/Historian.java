package io.drover.sim.fuzz;

import io.drover.model.ClusterSettings;
import io.drover.model.FailoverPolicy;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.kernel.Dice;
import io.drover.sim.scenario.Scenario;
import io.drover.sim.shell.ClusterPlan;
import io.drover.sim.world.GuestFaults;
import io.drover.sim.world.Weather;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Makes histories from seeds. */
final class Historian {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final long GIB = 1L << 30;
    private static final int FEWEST_NODES = 3;
    private static final int MOST_NODES = 9;
    private static final int DRIFT_PPM = 400;

    private final Dice dice;
    private final Profile profile;
    private final List<NodeId> nodes = new ArrayList<>();
    private final List<VmId> vms = new ArrayList<>();
    private final List<Scenario.GuestFault> guestFaults = new ArrayList<>();

    private Historian(long seed, Profile profile) {
        this.dice = new Dice(seed).of("history " + profile);
        this.profile = profile;
    }

    /**
     * The history of a seed.
     *
     * @param count how many nodes; empty: as the seed has it
     */
    static History of(long seed, OptionalInt count, Profile profile) {
        return new Historian(seed, profile).history(count);
    }

    /**
     * A history of a cluster as it is in a real machine room: long, with something that happens now and then.
     *
     * @param gap between two troubles, virtual nanoseconds, on the average
     */
    static History sparse(long seed, int nodes, int vms, long length, long gap) {
        return new Historian(seed, Profile.SWARM).sparse(nodes, vms, length, gap);
    }

    private History sparse(int nodeCount, int vmCount, long length, long gap) {
        ClusterPlan plan = plan(nodeCount, vmCount);
        List<Trouble> momentary = profile.troubles().stream()
                .filter(Historian::isMomentary)
                // A disarmed cluster mends nothing until it is armed again.
                .filter(trouble -> trouble != Trouble.DISARM)
                .toList();
        Acts acts = new Acts(dice.of("acts"), nodes, this.vms);
        List<Scenario.Moment> moments = new ArrayList<>();
        for (long at = dice.between(0, 2 * gap); at < length; at += dice.between(0, 2 * gap)) {
            moments.addAll(acts.of(momentary.get(dice.below(momentary.size())), at));
        }
        return new History(plan, Weather.FAIR, List.of(), moments, length);
    }

    private History history(OptionalInt count) {
        Set<Trouble> on = switchedOn();
        ClusterPlan plan = plan(count.orElseGet(() -> (int) dice.between(FEWEST_NODES, MOST_NODES)));
        long end = dice.between(40, 240) * SECOND;
        List<Scenario.Moment> moments = new ArrayList<>();
        List<Trouble> momentary = on.stream().filter(Historian::isMomentary).toList();
        if (!momentary.isEmpty()) {
            Acts acts = new Acts(dice.of("acts"), nodes, vms);
            long number = dice.between(2, 30);
            for (int i = 0; i < number; i++) {
                Trouble trouble = momentary.get(dice.below(momentary.size()));
                moments.addAll(acts.of(trouble, dice.between(5 * SECOND, end)));
            }
        }
        if (on.contains(Trouble.GUEST_FAULT)) {
            guestFaults();
        }
        return new History(plan, weather(on), guestFaults, moments, end + dice.between(0, 60) * SECOND);
    }

    /** A random part of what the profile allows; never nothing. */
    private Set<Trouble> switchedOn() {
        EnumSet<Trouble> on = EnumSet.noneOf(Trouble.class);
        double share = 0.15 + 0.5 * dice.share();
        List<Trouble> all = new ArrayList<>(profile.troubles());
        for (Trouble trouble : all) {
            if (dice.chance(share)) {
                on.add(trouble);
            }
        }
        on.add(all.get(dice.below(all.size())));
        return on;
    }

    private static boolean isMomentary(Trouble trouble) {
        return trouble != Trouble.BAD_NETWORK
                && trouble != Trouble.BAD_HYPERVISOR
                && trouble != Trouble.BAD_ZOOKEEPER
                && trouble != Trouble.GUEST_FAULT;
    }

    private ClusterPlan plan(int count) {
        return plan(count, -1);
    }

    /** A cluster with so many VMs; negative: as chance has it. */
    private ClusterPlan plan(int count, int vmCount) {
        boolean hasFencing = dice.chance(0.4);
        List<ClusterPlan.Node> all = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            NodeId node = new NodeId("node" + number);
            nodes.add(node);
            boolean isFenceable = hasFencing && dice.chance(0.8);
            all.add(new ClusterPlan.Node(node, 64 * GIB, 16, true, isFenceable, false));
        }
        List<ClusterPlan.Vm> guests = new ArrayList<>();
        int most = vmCount < 0 ? (int) dice.between(1, 2L * count + 2) : vmCount;
        for (int number = 1; number <= most; number++) {
            VmId vm = new VmId("vm" + number);
            vms.add(vm);
            guests.add(new ClusterPlan.Vm(spec(vm), Optional.of(nodes.get(dice.below(count))), dice.chance(0.9)));
        }
        boolean hasRegistrations = dice.of("registrations").chance(0.3);
        return new ClusterPlan(all, guests, settings(), ClusterPlan.usualServers(count), DRIFT_PPM, hasRegistrations);
    }

    private VmSpec spec(VmId vm) {
        VmSpec usual = VmSpec.of(vm, 4 * GIB);
        // Limits are tested elsewhere; here a VM that is given up would hide whether it could have run.
        return new VmSpec(
                vm,
                dice.between(1, 4) * GIB,
                usual.cpus(),
                List.of(),
                List.of(),
                usual.priority(),
                List.of(),
                List.of(),
                dice.chance(0.9),
                usual.failback(),
                15,
                15,
                "",
                "");
    }

    private ClusterSettings settings() {
        FailoverPolicy usual = FailoverPolicy.DEFAULTS;
        FailoverPolicy policy = new FailoverPolicy(
                true,
                Optional.empty(),
                "",
                usual.failback(),
                usual.shutdownPolicy(),
                usual.suspectAfter(),
                usual.startsPerNode(),
                usual.restartWindow(),
                dice.chance(0.3) ? 3 : 0,
                usual.quarantineWindow(),
                Duration.ofSeconds(60));
        return ClusterSettings.DEFAULTS.withFailover(policy);
    }

    private void guestFaults() {
        GuestFaults.Act[] kinds = {GuestFaults.Act.START, GuestFaults.Act.MIGRATE, GuestFaults.Act.STOP};
        for (VmId vm : vms) {
            if (dice.chance(0.4)) {
                Set<NodeId> onlyOn = dice.chance(0.5) ? Set.of() : Set.of(nodes.get(dice.below(nodes.size())));
                guestFaults.add(new Scenario.GuestFault(
                        vm, kinds[dice.below(kinds.length)], (int) dice.between(1, 4), onlyOn, 0));
            }
        }
    }

    private Weather weather(Set<Trouble> on) {
        boolean isNetworkBad = on.contains(Trouble.BAD_NETWORK);
        boolean isHypervisorBad = on.contains(Trouble.BAD_HYPERVISOR);
        boolean isZooKeeperBad = on.contains(Trouble.BAD_ZOOKEEPER);
        return new Weather(
                isNetworkBad ? 0.25 * dice.share() : 0,
                isNetworkBad ? 0.1 * dice.share() : 0,
                isNetworkBad ? 0.2 * dice.share() : 0,
                isNetworkBad ? dice.between(10 * MILLI, 4 * SECOND) : 0,
                isHypervisorBad ? 0.2 * dice.share() : 0,
                isHypervisorBad ? 0.1 * dice.share() : 0,
                isHypervisorBad ? dice.between(SECOND, 30 * SECOND) : 0,
                isZooKeeperBad ? 0.5 * dice.share() : 0,
                isZooKeeperBad ? dice.between(100 * MILLI, 4 * SECOND) : 0);
    }
}
