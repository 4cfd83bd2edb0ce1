package io.drover.coordination.codec;

import io.drover.model.AffinityRule;
import io.drover.model.AssignmentRole;
import io.drover.model.DesiredState;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.FencingState;
import io.drover.model.MoveKind;
import io.drover.model.NodeMode;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.Priority;
import io.drover.model.ShutdownPolicy;
import io.drover.model.StepState;
import io.drover.proto.v1.VmPriority;

/**
 * Turns the words of the model that are stored into those of the wire and back. Every switch is exhaustive, so that a
 * new constant on either side does not compile before it is mapped.
 */
public final class Enums {
    private Enums() {}

    /** The wire's word for a fencing state. */
    public static io.drover.proto.v1.FencingState toProto(FencingState value) {
        return switch (value) {
            case CLEAR -> io.drover.proto.v1.FencingState.FENCING_STATE_CLEAR;
            case FENCING -> io.drover.proto.v1.FencingState.FENCING_STATE_FENCING;
            case FENCED -> io.drover.proto.v1.FencingState.FENCING_STATE_FENCED;
            case LEFT -> io.drover.proto.v1.FencingState.FENCING_STATE_LEFT;
        };
    }

    /**
     * The model's word for a fencing state.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static FencingState fromProto(io.drover.proto.v1.FencingState value) {
        return switch (value) {
            case FENCING_STATE_CLEAR -> FencingState.CLEAR;
            case FENCING_STATE_FENCING -> FencingState.FENCING;
            case FENCING_STATE_FENCED -> FencingState.FENCED;
            case FENCING_STATE_LEFT -> FencingState.LEFT;
            case FENCING_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a shutdown policy. */
    public static io.drover.proto.v1.ShutdownPolicy toProto(ShutdownPolicy value) {
        return switch (value) {
            case DRAIN -> io.drover.proto.v1.ShutdownPolicy.SHUTDOWN_POLICY_DRAIN;
            case FREEZE -> io.drover.proto.v1.ShutdownPolicy.SHUTDOWN_POLICY_FREEZE;
            case FAILOVER -> io.drover.proto.v1.ShutdownPolicy.SHUTDOWN_POLICY_FAILOVER;
        };
    }

    /**
     * The model's word for a shutdown policy.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static ShutdownPolicy fromProto(io.drover.proto.v1.ShutdownPolicy value) {
        return switch (value) {
            case SHUTDOWN_POLICY_DRAIN -> ShutdownPolicy.DRAIN;
            case SHUTDOWN_POLICY_FREEZE -> ShutdownPolicy.FREEZE;
            case SHUTDOWN_POLICY_FAILOVER -> ShutdownPolicy.FAILOVER;
            case SHUTDOWN_POLICY_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for what a rule asks for. */
    public static io.drover.proto.v1.AffinityKind toProto(AffinityRule.Kind value) {
        return switch (value) {
            case TOGETHER -> io.drover.proto.v1.AffinityKind.AFFINITY_KIND_TOGETHER;
            case SEPARATE -> io.drover.proto.v1.AffinityKind.AFFINITY_KIND_SEPARATE;
        };
    }

    /**
     * The model's word for what a rule asks for.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static AffinityRule.Kind fromProto(io.drover.proto.v1.AffinityKind value) {
        return switch (value) {
            case AFFINITY_KIND_TOGETHER -> AffinityRule.Kind.TOGETHER;
            case AFFINITY_KIND_SEPARATE -> AffinityRule.Kind.SEPARATE;
            case AFFINITY_KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a node mode. */
    public static io.drover.proto.v1.NodeMode toProto(NodeMode value) {
        return switch (value) {
            case ACTIVE -> io.drover.proto.v1.NodeMode.NODE_MODE_ACTIVE;
            case PAUSED -> io.drover.proto.v1.NodeMode.NODE_MODE_PAUSED;
            case LEAVING -> io.drover.proto.v1.NodeMode.NODE_MODE_LEAVING;
        };
    }

    /**
     * The model's word for a node mode.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static NodeMode fromProto(io.drover.proto.v1.NodeMode value) {
        return switch (value) {
            case NODE_MODE_ACTIVE -> NodeMode.ACTIVE;
            case NODE_MODE_PAUSED -> NodeMode.PAUSED;
            case NODE_MODE_LEAVING -> NodeMode.LEAVING;
            case NODE_MODE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a drain status. */
    public static io.drover.proto.v1.DrainStatus toProto(DrainStatus value) {
        return switch (value) {
            case NOT_INITIATED -> io.drover.proto.v1.DrainStatus.DRAIN_STATUS_NOT_INITIATED;
            case IN_PROGRESS -> io.drover.proto.v1.DrainStatus.DRAIN_STATUS_IN_PROGRESS;
            case COMPLETED -> io.drover.proto.v1.DrainStatus.DRAIN_STATUS_COMPLETED;
            case FAILED -> io.drover.proto.v1.DrainStatus.DRAIN_STATUS_FAILED;
        };
    }

    /**
     * The model's word for a drain status.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static DrainStatus fromProto(io.drover.proto.v1.DrainStatus value) {
        return switch (value) {
            case DRAIN_STATUS_NOT_INITIATED -> DrainStatus.NOT_INITIATED;
            case DRAIN_STATUS_IN_PROGRESS -> DrainStatus.IN_PROGRESS;
            case DRAIN_STATUS_COMPLETED -> DrainStatus.COMPLETED;
            case DRAIN_STATUS_FAILED -> DrainStatus.FAILED;
            case DRAIN_STATUS_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a desired state. */
    public static io.drover.proto.v1.DesiredState toProto(DesiredState value) {
        return switch (value) {
            case RUNNING -> io.drover.proto.v1.DesiredState.DESIRED_STATE_RUNNING;
            case OFF -> io.drover.proto.v1.DesiredState.DESIRED_STATE_OFF;
        };
    }

    /**
     * The model's word for a desired state.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static DesiredState fromProto(io.drover.proto.v1.DesiredState value) {
        return switch (value) {
            case DESIRED_STATE_RUNNING -> DesiredState.RUNNING;
            case DESIRED_STATE_OFF -> DesiredState.OFF;
            case DESIRED_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a assignment role. */
    public static io.drover.proto.v1.AssignmentRole toProto(AssignmentRole value) {
        return switch (value) {
            case OWNER -> io.drover.proto.v1.AssignmentRole.ASSIGNMENT_ROLE_OWNER;
            case SOURCE -> io.drover.proto.v1.AssignmentRole.ASSIGNMENT_ROLE_SOURCE;
            case TARGET -> io.drover.proto.v1.AssignmentRole.ASSIGNMENT_ROLE_TARGET;
        };
    }

    /**
     * The model's word for a assignment role.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static AssignmentRole fromProto(io.drover.proto.v1.AssignmentRole value) {
        return switch (value) {
            case ASSIGNMENT_ROLE_OWNER -> AssignmentRole.OWNER;
            case ASSIGNMENT_ROLE_SOURCE -> AssignmentRole.SOURCE;
            case ASSIGNMENT_ROLE_TARGET -> AssignmentRole.TARGET;
            case ASSIGNMENT_ROLE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a vm priority. */
    public static VmPriority toProto(Priority value) {
        return switch (value) {
            case HIGH -> VmPriority.VM_PRIORITY_HIGH;
            case MEDIUM -> VmPriority.VM_PRIORITY_MEDIUM;
            case LOW -> VmPriority.VM_PRIORITY_LOW;
            case NO_AUTO_START -> VmPriority.VM_PRIORITY_NO_AUTO_START;
        };
    }

    /**
     * The model's word for a vm priority.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static Priority fromProto(VmPriority value) {
        return switch (value) {
            case VM_PRIORITY_HIGH -> Priority.HIGH;
            case VM_PRIORITY_MEDIUM -> Priority.MEDIUM;
            case VM_PRIORITY_LOW -> Priority.LOW;
            case VM_PRIORITY_NO_AUTO_START -> Priority.NO_AUTO_START;
            case VM_PRIORITY_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a failback mode. */
    public static io.drover.proto.v1.FailbackMode toProto(FailbackMode value) {
        return switch (value) {
            case IMMEDIATE -> io.drover.proto.v1.FailbackMode.FAILBACK_MODE_IMMEDIATE;
            case POLICY -> io.drover.proto.v1.FailbackMode.FAILBACK_MODE_POLICY;
            case NONE -> io.drover.proto.v1.FailbackMode.FAILBACK_MODE_NONE;
        };
    }

    /**
     * The model's word for a failback mode.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static FailbackMode fromProto(io.drover.proto.v1.FailbackMode value) {
        return switch (value) {
            case FAILBACK_MODE_IMMEDIATE -> FailbackMode.IMMEDIATE;
            case FAILBACK_MODE_POLICY -> FailbackMode.POLICY;
            case FAILBACK_MODE_NONE -> FailbackMode.NONE;
            case FAILBACK_MODE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a operation kind. */
    public static io.drover.proto.v1.OperationKind toProto(OperationKind value) {
        return switch (value) {
            case DRAIN -> io.drover.proto.v1.OperationKind.OPERATION_KIND_DRAIN;
            case RESUME -> io.drover.proto.v1.OperationKind.OPERATION_KIND_RESUME;
            case EVACUATE -> io.drover.proto.v1.OperationKind.OPERATION_KIND_EVACUATE;
            case MIGRATE -> io.drover.proto.v1.OperationKind.OPERATION_KIND_MIGRATE;
            case START -> io.drover.proto.v1.OperationKind.OPERATION_KIND_START;
            case STOP -> io.drover.proto.v1.OperationKind.OPERATION_KIND_STOP;
        };
    }

    /**
     * The model's word for a operation kind.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static OperationKind fromProto(io.drover.proto.v1.OperationKind value) {
        return switch (value) {
            case OPERATION_KIND_DRAIN -> OperationKind.DRAIN;
            case OPERATION_KIND_RESUME -> OperationKind.RESUME;
            case OPERATION_KIND_EVACUATE -> OperationKind.EVACUATE;
            case OPERATION_KIND_MIGRATE -> OperationKind.MIGRATE;
            case OPERATION_KIND_START -> OperationKind.START;
            case OPERATION_KIND_STOP -> OperationKind.STOP;
            case OPERATION_KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a operation state. */
    public static io.drover.proto.v1.OperationState toProto(OperationState value) {
        return switch (value) {
            case RUNNING -> io.drover.proto.v1.OperationState.OPERATION_STATE_RUNNING;
            case COMPLETED -> io.drover.proto.v1.OperationState.OPERATION_STATE_COMPLETED;
            case FAILED -> io.drover.proto.v1.OperationState.OPERATION_STATE_FAILED;
            case CANCELLED -> io.drover.proto.v1.OperationState.OPERATION_STATE_CANCELLED;
        };
    }

    /**
     * The model's word for a operation state.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static OperationState fromProto(io.drover.proto.v1.OperationState value) {
        return switch (value) {
            case OPERATION_STATE_RUNNING -> OperationState.RUNNING;
            case OPERATION_STATE_COMPLETED -> OperationState.COMPLETED;
            case OPERATION_STATE_FAILED -> OperationState.FAILED;
            case OPERATION_STATE_CANCELLED -> OperationState.CANCELLED;
            case OPERATION_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a step state. */
    public static io.drover.proto.v1.StepState toProto(StepState value) {
        return switch (value) {
            case WAITING -> io.drover.proto.v1.StepState.STEP_STATE_WAITING;
            case RUNNING -> io.drover.proto.v1.StepState.STEP_STATE_RUNNING;
            case DONE -> io.drover.proto.v1.StepState.STEP_STATE_DONE;
            case FAILED -> io.drover.proto.v1.StepState.STEP_STATE_FAILED;
            case CANCELLED -> io.drover.proto.v1.StepState.STEP_STATE_CANCELLED;
        };
    }

    /**
     * The model's word for a step state.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static StepState fromProto(io.drover.proto.v1.StepState value) {
        return switch (value) {
            case STEP_STATE_WAITING -> StepState.WAITING;
            case STEP_STATE_RUNNING -> StepState.RUNNING;
            case STEP_STATE_DONE -> StepState.DONE;
            case STEP_STATE_FAILED -> StepState.FAILED;
            case STEP_STATE_CANCELLED -> StepState.CANCELLED;
            case STEP_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a move kind. */
    public static io.drover.proto.v1.MoveKind toProto(MoveKind value) {
        return switch (value) {
            case LIVE -> io.drover.proto.v1.MoveKind.MOVE_KIND_LIVE;
            case RESTART -> io.drover.proto.v1.MoveKind.MOVE_KIND_RESTART;
            case QUICK -> io.drover.proto.v1.MoveKind.MOVE_KIND_QUICK;
        };
    }

    /**
     * The model's word for a move kind.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static MoveKind fromProto(io.drover.proto.v1.MoveKind value) {
        return switch (value) {
            case MOVE_KIND_LIVE -> MoveKind.LIVE;
            case MOVE_KIND_RESTART -> MoveKind.RESTART;
            case MOVE_KIND_QUICK -> MoveKind.QUICK;
            case MOVE_KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    private static IllegalArgumentException unknown(Enum<?> value) {
        return new IllegalArgumentException(value.getDeclaringClass().getSimpleName() + ": " + value
                + " (expected: a value that this version knows)");
    }
}
