package io.drover.engine.coordinator;

import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What an operator asks of the coordinator. */
public sealed interface Request {
    /** Who asks, and how. */
    Context context();

    /**
     * Who asks, and how.
     *
     * @param actor the account that asks
     * @param reason why; empty if not given
     * @param dryRun answer what would happen, and change nothing
     * @param requestId repeats of one request carry the same; empty: every call is a new request
     */
    record Context(String actor, String reason, boolean dryRun, String requestId) {}

    /** Pause a node and empty it. */
    record Drain(Context context, NodeId node, Optional<NodeId> target, Optional<Duration> deadline, boolean force)
            implements Request {}

    /** Take a node back into service. */
    record Resume(Context context, NodeId node, FailbackMode failback) implements Request {}

    /** Empty a node without pausing it, as far as the others can hold its VMs. */
    record Evacuate(Context context, NodeId node) implements Request {}

    /** Make a VM clustered. */
    record AddVm(Context context, VmSpec spec, Optional<NodeId> node, DesiredState desired) implements Request {}

    /** Forget a VM and leave its guest as it is. */
    record RemoveVm(Context context, VmId vm) implements Request {}

    /** Start a VM. */
    record StartVm(Context context, VmId vm) implements Request {}

    /** Stop a VM. */
    record StopVm(Context context, VmId vm, boolean turnOff) implements Request {}

    /**
     * Move a VM, and the VMs that must be with it.
     *
     * @param context who asks
     * @param vm which VM
     * @param target empty: placement chooses, or with {@code storage} the node on which it is
     * @param kind how
     * @param storage where its files go; those of the VMs that move along stay where they are
     */
    record MigrateVm(Context context, VmId vm, Optional<NodeId> target, MoveKind kind, StoragePlan storage)
            implements Request {
        /** Its files stay where they are. */
        public MigrateVm(Context context, VmId vm, Optional<NodeId> target, MoveKind kind) {
            this(context, vm, target, kind, StoragePlan.NONE);
        }

        /** A live move. */
        public MigrateVm(Context context, VmId vm, Optional<NodeId> target) {
            this(context, vm, target, MoveKind.LIVE);
        }
    }

    /**
     * Change how a VM is treated.
     *
     * @param context who asks
     * @param vm which VM
     * @param values by the name of the setting, see {@link VmSettings}
     */
    record SetVm(Context context, VmId vm, SortedMap<String, String> values) implements Request {
        /** Copies the map. */
        public SetVm {
            values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        }
    }

    /**
     * Change the cluster's settings.
     *
     * @param context who asks
     * @param change makes the new settings of the present ones; throws {@link IllegalArgumentException} if they would not
     *     be right
     * @param what is changed, in words
     */
    record Configure(Context context, UnaryOperator<ClusterSettings> change, String what) implements Request {}

    /** Let the cluster act by itself again. */
    record Arm(Context context) implements Request {}

    /** Keep the cluster from acting by itself, until it is armed or for so long. */
    record Disarm(Context context, Optional<Duration> length) implements Request {}

    /** Cancel the move of a VM that is under way. */
    record CancelVm(Context context, VmId vm) implements Request {}

    /** Cancel an operation. */
    record CancelOperation(Context context, OperationId operation) implements Request {}

    /** Prove that a node executes nothing, whatever it looks like, and fail its VMs over. */
    record Fence(Context context, NodeId node) implements Request {}

    /** Somebody has made sure that a node executes nothing: its VMs fail over at once. Needs a reason. */
    record ConfirmDead(Context context, NodeId node, boolean force) implements Request {}

    /** End a node's quarantine. */
    record ClearQuarantine(Context context, NodeId node) implements Request {}

    /** Forget a node that is gone and owns nothing. */
    record RemoveNode(Context context, NodeId node) implements Request {}

    /** Have a node vote. */
    record AddVoter(Context context, NodeId node) implements Request {}

    /** Have a node vote no more. */
    record RemoveVoter(Context context, NodeId node, boolean force) implements Request {}
}
