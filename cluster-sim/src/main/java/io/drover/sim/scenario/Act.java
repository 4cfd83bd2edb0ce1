package io.drover.sim.scenario;

import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.world.Baseboard;
import io.drover.sim.world.Machine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Something that happens to a cluster: a fault, the end of one, or a command of an operator. */
public sealed interface Act {
    /** The power of a host goes or comes. Coming, the host is taken back into service: its network cable is in, too. */
    record Power(NodeId node, boolean isOn) implements Act {}

    /** A host is cut off from all others, or not any more. */
    record Network(NodeId node, boolean isUp) implements Act {}

    /** Only hosts of the same group reach each other. */
    record Partition(List<Set<NodeId>> groups) implements Act {
        /** Copies the list. */
        public Partition {
            groups = List.copyOf(groups);
        }
    }

    /** What one host sends does not reach the other, or does again. */
    record Link(NodeId from, NodeId to, boolean isUp) implements Act {}

    /** What a host sends, or what is sent to it, gets lost, or does not any more. */
    record OneWay(NodeId node, boolean isOutgoing, boolean isUp) implements Act {}

    /** A host's way to the coordination service is cut, or mended; agents reach each other as before. */
    record StoreLink(NodeId node, boolean isUp) implements Act {}

    /** All hosts that are plugged in reach each other. */
    record Heal() implements Act {}

    /** Something happens to an agent's process. */
    record ProcessFault(NodeId node, ProcessAct act) implements Act {}

    /** An agent is frozen for a while just before it does something for the next time. */
    record FreezeBefore(NodeId node, Machine.Step step, Duration length) implements Act {}

    /** The next call of a node's hypervisor takes effect so much later. */
    record HangNextCall(NodeId node, Duration length) implements Act {}

    /** All servers of the coordination service stop, or start. */
    record Coordination(boolean isUp) implements Act {}

    /** One server of the coordination service stops, or starts. */
    record Server(int number, boolean isUp) implements Act {}

    /** The leader among the servers of the coordination service goes for a moment. */
    record LeaderChange() implements Act {}

    /** The session of a node's agent ends. */
    record ExpireSession(NodeId node) implements Act {}

    /** A host loses the shared storage, or reaches it again. */
    record Storage(NodeId node, boolean isUp) implements Act {}

    /** What is written to a host's own disk takes so much longer; zero: as usual. */
    record SlowDisk(NodeId node, Duration length) implements Act {}

    /** A host's own disk is replaced by an empty one, while it has no agent. */
    record WipeDisk(NodeId node) implements Act {}

    /** A fencing device behaves otherwise from now on. */
    record Device(NodeId node, Baseboard.Mood mood) implements Act {}

    /** A host's clock runs at another rate. */
    record ClockDrift(NodeId node, int ppm) implements Act {}

    /** A guest ends by itself. */
    record GuestCrash(VmId vm) implements Act {}

    /** A host is shut down in good order; it does not come back by itself. */
    record Shutdown(NodeId node) implements Act {}

    /** A host is shut down in good order and boots again. */
    record Reboot(NodeId node) implements Act {}

    /** Everything that was broken works again, and everything is switched on. */
    record RepairAll() implements Act {}

    /**
     * Something happens as soon as a cluster comes to a point, once.
     *
     * @param then what, with times from that point on
     */
    record Ambush(Point point, List<Scenario.Moment> then) implements Act {
        /** Copies the list. */
        public Ambush {
            then = List.copyOf(then);
        }
    }

    /** Where a cluster may be when something happens to it. */
    enum Point {
        /** A node is being fenced from now on. */
        FENCING,
        /** A node is fenced. */
        FENCED,
        /** A VM has been given to a node that has not claimed it yet. */
        ASSIGNED,
        /** A VM is on its way. */
        MIGRATING,
        /** The set of voters has changed. */
        VOTERS,
        /** Somebody has begun to coordinate. */
        EPOCH,
        /** A guest has been paused. */
        PAUSED,
        /** A guest has arrived, and does not execute yet. */
        ARRIVED,
        /** A guest has begun to execute. */
        EXECUTES
    }

    /** An operator's command. */
    sealed interface Command extends Act {}

    /** Pause a node and empty it. */
    record Drain(NodeId node, Optional<NodeId> to, Optional<Duration> deadline, boolean force) implements Command {}

    /** Take a node back. */
    record Resume(NodeId node, FailbackMode failback) implements Command {}

    /** Empty a node. */
    record Evacuate(NodeId node) implements Command {}

    /** Prove that a node executes nothing. */
    record Fence(NodeId node) implements Command {}

    /** Somebody has made sure that a node executes nothing. */
    record ConfirmDead(NodeId node) implements Command {}

    /** End a quarantine. */
    record ClearQuarantine(NodeId node) implements Command {}

    /** Have a node vote, or vote no more. */
    record Vote(NodeId node, boolean isVoter) implements Command {}

    /** Start a VM. */
    record Start(VmId vm) implements Command {}

    /** Stop a VM. */
    record Stop(VmId vm, boolean turnOff) implements Command {}

    /** Move a VM. */
    record Migrate(VmId vm, Optional<NodeId> to, MoveKind kind) implements Command {}

    /** Cancel the move of a VM. */
    record Cancel(VmId vm) implements Command {}

    /** Make a VM clustered. */
    record Add(VmSpec spec, Optional<NodeId> node, boolean isRunning) implements Command {}

    /** Forget a VM. */
    record Remove(VmId vm) implements Command {}

    /** Treat a VM otherwise. */
    record Treat(VmId vm, Map<String, String> values) implements Command {
        /** Copies the map. */
        public Treat {
            values = Map.copyOf(values);
        }
    }

    /** Act by itself again. */
    record Arm() implements Command {}

    /** Do not act by itself. */
    record Disarm(Optional<Duration> length, String reason) implements Command {}

    /** What happens to a process. */
    enum ProcessAct {
        /** It ends. */
        KILL,
        /** It is held. */
        FREEZE,
        /** It goes on. */
        THAW,
        /** It ends and begins anew. */
        RESTART
    }
}
