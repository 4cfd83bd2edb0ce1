package io.drover.sim.fuzz;

import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.kernel.Dice;
import io.drover.sim.scenario.Act;
import io.drover.sim.scenario.Scenario;
import io.drover.sim.world.Baseboard;
import io.drover.sim.world.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Troubles as things that happen: mostly something that breaks and is mended a while later. */
final class Acts {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final int CLOCK_PPM = 490;
    private static final int VOTERS_MOST = 5;

    /** What may lie in wait. */
    private static final Trouble[] IN_WAIT = {
        Trouble.POWER,
        Trouble.NETWORK,
        Trouble.PARTITION,
        Trouble.LINK,
        Trouble.ONE_WAY,
        Trouble.STORE_LINK,
        Trouble.KILL,
        Trouble.RESTART,
        Trouble.RESTART_MANY,
        Trouble.FREEZE,
        Trouble.FREEZE_BEFORE_CALL,
        Trouble.HANG_CALL,
        Trouble.LEADER_CHANGE,
        Trouble.EXPIRE_SESSION
    };

    private final Dice dice;
    private final List<NodeId> nodes;
    private final List<VmId> vms;
    private boolean isWiped;
    private int votersToSpare;

    Acts(Dice dice, List<NodeId> nodes, List<VmId> vms) {
        this.dice = dice;
        this.nodes = nodes;
        this.vms = vms;
        this.votersToSpare = Math.min(VOTERS_MOST, nodes.size()) - 2;
    }

    private NodeId node() {
        return nodes.get(dice.below(nodes.size()));
    }

    private VmId vm() {
        return vms.get(dice.below(vms.size()));
    }

    /** Short ones are as interesting as long ones. */
    private long length() {
        return dice.chance(0.5) ? dice.between(200 * MILLI, 6 * SECOND) : dice.between(2 * SECOND, 45 * SECOND);
    }

    private static Scenario.Moment at(long time, Act... acts) {
        return new Scenario.Moment(Duration.ofNanos(time), List.of(acts), 0);
    }

    private List<Scenario.Moment> pair(long at, Act broken, Act mended) {
        return List.of(at(at, broken), at(at + length(), mended));
    }

    List<Scenario.Moment> of(Trouble trouble, long at) {
        return of(trouble, node(), at);
    }

    private List<Scenario.Moment> of(Trouble trouble, NodeId node, long at) {
        return switch (trouble) {
            case POWER -> pair(at, new Act.Power(node, false), new Act.Power(node, true));
            case NETWORK -> pair(at, new Act.Network(node, false), new Act.Network(node, true));
            case PARTITION -> pair(at, new Act.Partition(groups()), new Act.Heal());
            case LINK -> link(node, at);
            case ONE_WAY -> oneWay(node, at);
            case STORE_LINK -> pair(at, new Act.StoreLink(node, false), new Act.StoreLink(node, true));
            case HANG_CALL -> List.of(at(at, new Act.HangNextCall(node, Duration.ofNanos(length()))));
            case SLOW_DISKS -> slowDisks(at);
            case RESTART_MANY -> restartMany(at);
            case AMBUSH -> List.of(at(at, ambush()));
            case KILL -> pair(at, process(node, Act.ProcessAct.KILL), process(node, Act.ProcessAct.RESTART));
            case RESTART -> List.of(at(at, process(node, Act.ProcessAct.RESTART)));
            case FREEZE -> pair(at, process(node, Act.ProcessAct.FREEZE), process(node, Act.ProcessAct.THAW));
            case FREEZE_BEFORE_CALL -> List.of(at(at, freezeBefore(node)));
            case FREEZE_BEFORE_WRITE -> freezeBeforeWrite(at);
            case SHUT_OUT -> shutOut(node, at);
            case SEVERED_MOVE -> severedMove(node, at);
            case STORAGE -> pair(at, new Act.Storage(node, false), new Act.Storage(node, true));
            case WIPE_DISK -> wipe(node, at);
            case DEVICE -> device(node, at);
            case CLOCK -> List.of(at(at, new Act.ClockDrift(node, (int) dice.between(-CLOCK_PPM, CLOCK_PPM))));
            case REBOOT -> List.of(at(at, new Act.Reboot(node)));
            case SERVER, ENSEMBLE, LEADER_CHANGE, EXPIRE_SESSION -> ofZooKeeper(trouble, node, at);
            default -> command(trouble, node, at);
        };
    }

    private List<Scenario.Moment> ofZooKeeper(Trouble trouble, NodeId node, long at) {
        int server = dice.below(5);
        return switch (trouble) {
            case SERVER -> pair(at, new Act.Server(server, false), new Act.Server(server, true));
            case ENSEMBLE -> pair(at, new Act.Coordination(false), new Act.Coordination(true));
            case LEADER_CHANGE -> List.of(at(at, new Act.LeaderChange()));
            default -> List.of(at(at, new Act.ExpireSession(node)));
        };
    }

    private List<Scenario.Moment> command(Trouble trouble, NodeId node, long at) {
        VmId vm = vm();
        return switch (trouble) {
            case GUEST_CRASH -> List.of(at(at, new Act.GuestCrash(vm)));
            case MIGRATE -> migrate(vm, node, at);
            case DRAIN -> drain(node, at);
            case START_STOP -> pair(at, new Act.Stop(vm, dice.chance(0.5)), new Act.Start(vm));
            case FENCE -> fence(node, at);
            case VOTE -> List.of(at(at, vote(node, dice.chance(0.5))));
            case DISARM -> pair(at, new Act.Disarm(Optional.empty(), "a test"), new Act.Arm());
            default -> throw new AssertionError("nothing that happens at a moment: " + trouble);
        };
    }

    private List<Scenario.Moment> migrate(VmId vm, NodeId node, long at) {
        MoveKind[] kinds = {MoveKind.LIVE, MoveKind.LIVE, MoveKind.RESTART, MoveKind.QUICK};
        Optional<NodeId> to = dice.chance(0.7) ? Optional.of(node) : Optional.empty();
        Act move = new Act.Migrate(vm, to, kinds[dice.below(kinds.length)]);
        return dice.chance(0.15)
                ? List.of(at(at, move), at(at + dice.between(10 * MILLI, 4 * SECOND), new Act.Cancel(vm)))
                : List.of(at(at, move));
    }

    private List<Scenario.Moment> drain(NodeId node, long at) {
        if (dice.chance(0.2)) {
            return List.of(at(at, new Act.Evacuate(node)));
        }
        Optional<Duration> deadline =
                dice.chance(0.2) ? Optional.of(Duration.ofSeconds(dice.between(2, 30))) : Optional.empty();
        FailbackMode[] modes = FailbackMode.values();
        return pair(
                at,
                new Act.Drain(node, Optional.empty(), deadline, dice.chance(0.3)),
                new Act.Resume(node, modes[dice.below(modes.length)]));
    }

    private List<Scenario.Moment> fence(NodeId node, long at) {
        if (dice.chance(0.5)) {
            return List.of(at(at, new Act.Fence(node)));
        }
        // Confirmed by somebody who has looked: it has no power.
        List<Scenario.Moment> all = new ArrayList<>();
        all.add(at(at, new Act.Power(node, false)));
        all.add(at(at + dice.between(100 * MILLI, 3 * SECOND), new Act.ConfirmDead(node)));
        all.add(at(at + 40 * SECOND, new Act.Power(node, true)));
        return all;
    }

    private Act freezeBefore(NodeId node) {
        Duration length = Duration.ofNanos(length());
        return new Act.FreezeBefore(node, dice.chance(0.5) ? Machine.Step.CALL : Machine.Step.CHECK, length);
    }

    /** Whoever coordinates; it writes next to nothing while nothing happens, so something does. */
    private List<Scenario.Moment> freezeBeforeWrite(long at) {
        Duration length = Duration.ofNanos(dice.between(4 * SECOND, 15 * SECOND));
        List<Scenario.Moment> all = new ArrayList<>();
        all.add(at(
                at,
                nodes.stream()
                        .map(each -> new Act.FreezeBefore(each, Machine.Step.WRITE, length))
                        .toArray(Act[]::new)));
        all.addAll(migrate(vm(), node(), at + dice.between(0, SECOND)));
        return all;
    }

    /** Cut off for long enough to be fenced, and from the records for longer, so that it does not know. */
    private List<Scenario.Moment> shutOut(NodeId node, long at) {
        long back = at + dice.between(2 * SECOND, dice.chance(0.6) ? 14 * SECOND : 60 * SECOND);
        List<Scenario.Moment> all = new ArrayList<>();
        all.add(at(at, new Act.StoreLink(node, false), new Act.Network(node, false)));
        if (dice.chance(0.3)) {
            all.add(at(at + dice.between(0, 2 * SECOND), new Act.Fence(node)));
        }
        if (dice.chance(0.3)) {
            all.addAll(slowDisks(at + dice.between(0, 3 * SECOND)));
        }
        double what = dice.share();
        if (what < 0.5) {
            all.addAll(restartMany(dice.between(at, back)));
        } else if (what < 0.75) {
            back = otherVoters(at + 5 * SECOND, all);
        } else {
            NodeId other = other(node);
            all.addAll(of(dice.chance(0.5) ? Trouble.POWER : Trouble.WIPE_DISK, other, dice.between(at, back)));
        }
        all.add(at(back, new Act.Network(node, true)));
        all.add(at(back + dice.between(5 * SECOND, 20 * SECOND), new Act.StoreLink(node, true)));
        return all;
    }

    /** Two voters stay: who is left with one, and loses that one's disk, has lost more than the design can bear. */
    private Act vote(NodeId node, boolean isVoter) {
        if (!isVoter && votersToSpare == 0) {
            return new Act.Vote(node, true);
        }
        votersToSpare -= isVoter ? 0 : 1;
        return new Act.Vote(node, isVoter);
    }

    /** Those who vote first are taken out, and those who do not yet come in; returns when that is over. */
    private long otherVoters(long from, List<Scenario.Moment> all) {
        long at = from;
        int number = (int) dice.between(1, 3);
        for (int i = 0; i < 2 * number; i++) {
            NodeId whom = nodes.get(i < number ? i : nodes.size() - 1 - (i - number));
            all.add(at(at, vote(whom, i >= number)));
            // A whole lease passes between two changes.
            at += dice.between(4 * SECOND, 8 * SECOND);
        }
        return at;
    }

    /** The source is anybody: where the VM is by then is not known yet. */
    private List<Scenario.Moment> severedMove(NodeId target, long at) {
        NodeId source = other(target);
        Act.Point[] points = {Act.Point.MIGRATING, Act.Point.ARRIVED, Act.Point.PAUSED, Act.Point.EXECUTES};
        long dies = dice.between(0, 300 * MILLI);
        Act ambush = new Act.Ambush(
                points[dice.below(points.length)],
                List.of(
                        at(0, new Act.StoreLink(target, false)),
                        at(dies, new Act.Power(source, false)),
                        at(dies + dice.between(6 * SECOND, 25 * SECOND), new Act.StoreLink(target, true)),
                        at(dies + dice.between(20 * SECOND, 40 * SECOND), new Act.Power(source, true))));
        return List.of(at(at, ambush), at(at + MILLI, new Act.Migrate(vm(), Optional.of(target), MoveKind.LIVE)));
    }

    private NodeId other(NodeId node) {
        NodeId other = node();
        return other.equals(node) ? nodes.get((nodes.indexOf(node) + 1) % nodes.size()) : other;
    }

    private List<Scenario.Moment> oneWay(NodeId node, long at) {
        boolean isOutgoing = dice.chance(0.5);
        return pair(at, new Act.OneWay(node, isOutgoing, false), new Act.OneWay(node, isOutgoing, true));
    }

    private List<Scenario.Moment> slowDisks(long at) {
        List<Act> slow = new ArrayList<>();
        List<Act> mended = new ArrayList<>();
        Duration by = Duration.ofNanos(dice.between(20 * MILLI, 8 * SECOND));
        for (NodeId node : nodes) {
            if (dice.chance(0.7)) {
                slow.add(new Act.SlowDisk(node, by));
                mended.add(new Act.SlowDisk(node, Duration.ZERO));
            }
        }
        return List.of(at(at, slow.toArray(Act[]::new)), at(at + 5 * length(), mended.toArray(Act[]::new)));
    }

    private List<Scenario.Moment> restartMany(long at) {
        List<Act> all = new ArrayList<>();
        for (NodeId node : nodes) {
            if (dice.chance(0.6)) {
                all.add(process(node, Act.ProcessAct.RESTART));
            }
        }
        return List.of(at(at, all.toArray(Act[]::new)));
    }

    /** One to three troubles, a moment after something has happened that they may disturb. */
    private Act ambush() {
        Act.Point[] points = Act.Point.values();
        List<Scenario.Moment> then = new ArrayList<>();
        long number = dice.between(1, 3);
        for (int i = 0; i < number; i++) {
            Trouble trouble = IN_WAIT[dice.below(IN_WAIT.length)];
            then.addAll(of(trouble, dice.between(0, dice.chance(0.5) ? 20 * MILLI : 1_500 * MILLI)));
        }
        return new Act.Ambush(points[dice.below(points.length)], then);
    }

    private List<Scenario.Moment> link(NodeId node, long at) {
        NodeId other = other(node);
        return pair(at, new Act.Link(node, other, false), new Act.Link(node, other, true));
    }

    /** Only one disk in a history: who loses the memory of several voters has lost more than the design can bear. */
    private List<Scenario.Moment> wipe(NodeId node, long at) {
        if (isWiped) {
            return List.of(at(at, process(node, Act.ProcessAct.RESTART)));
        }
        isWiped = true;
        return List.of(
                at(at, process(node, Act.ProcessAct.KILL), new Act.WipeDisk(node)),
                at(at + length(), process(node, Act.ProcessAct.RESTART)));
    }

    private static Act process(NodeId node, Act.ProcessAct act) {
        return new Act.ProcessFault(node, act);
    }

    /** A device is believed or not when its node is silent and lives: often that happens together. */
    private List<Scenario.Moment> device(NodeId node, long at) {
        Act.Device broken = new Act.Device(node, mood());
        Act.Device mended = new Act.Device(node, Baseboard.Mood.WELL);
        if (dice.chance(0.5)) {
            return pair(at, broken, mended);
        }
        long back = at + length();
        return List.of(at(at, broken, new Act.Network(node, false)), at(back, mended, new Act.Network(node, true)));
    }

    private Baseboard.Mood mood() {
        Baseboard.Mood[] moods = {Baseboard.Mood.SLOW, Baseboard.Mood.DEAF, Baseboard.Mood.SILENT};
        return moods[dice.below(moods.length)];
    }

    private List<Set<NodeId>> groups() {
        Set<NodeId> one = new HashSet<>();
        Set<NodeId> other = new HashSet<>();
        for (NodeId node : nodes) {
            (dice.chance(0.5) ? one : other).add(node);
        }
        if (one.isEmpty() || other.isEmpty()) {
            one.addAll(other);
            other.clear();
            NodeId alone = node();
            one.remove(alone);
            other.add(alone);
        }
        return List.of(one, other);
    }
}
