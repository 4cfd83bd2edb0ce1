package io.drover.coordination.codec;

import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.LeaseState;
import io.drover.model.NodeState;
import io.drover.model.ProblemKind;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmState;
import java.util.Locale;

/**
 * Turns the words of the model that are only reported, never stored, into those of the wire and back. Every switch is
 * exhaustive, so that a new constant on either side does not compile before it is mapped.
 */
public final class StatusEnums {
    private StatusEnums() {}

    /** The wire's word for how a node stands to its lease. */
    public static io.drover.proto.v1.LeaseState toProto(LeaseState value) {
        return switch (value) {
            case HELD -> io.drover.proto.v1.LeaseState.LEASE_STATE_HELD;
            case ENDING -> io.drover.proto.v1.LeaseState.LEASE_STATE_ENDING;
            case NONE -> io.drover.proto.v1.LeaseState.LEASE_STATE_NONE;
            case GIVEN_UP -> io.drover.proto.v1.LeaseState.LEASE_STATE_GIVEN_UP;
        };
    }

    /** The model's word for how a node stands to its lease; of a report that does not say: it holds none. */
    public static LeaseState fromProto(io.drover.proto.v1.LeaseState value) {
        return switch (value) {
            case LEASE_STATE_HELD -> LeaseState.HELD;
            case LEASE_STATE_ENDING -> LeaseState.ENDING;
            case LEASE_STATE_GIVEN_UP -> LeaseState.GIVEN_UP;
            case LEASE_STATE_NONE, LEASE_STATE_UNSPECIFIED, UNRECOGNIZED -> LeaseState.NONE;
        };
    }

    /** The wire's word for a node state. */
    public static io.drover.proto.v1.NodeState toProto(NodeState value) {
        return switch (value) {
            case JOINING -> io.drover.proto.v1.NodeState.NODE_STATE_JOINING;
            case UP -> io.drover.proto.v1.NodeState.NODE_STATE_UP;
            case PAUSED -> io.drover.proto.v1.NodeState.NODE_STATE_PAUSED;
            case ISOLATED -> io.drover.proto.v1.NodeState.NODE_STATE_ISOLATED;
            case QUARANTINED -> io.drover.proto.v1.NodeState.NODE_STATE_QUARANTINED;
            case DOWN -> io.drover.proto.v1.NodeState.NODE_STATE_DOWN;
        };
    }

    /**
     * The model's word for a node state.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static NodeState fromProto(io.drover.proto.v1.NodeState value) {
        return switch (value) {
            case NODE_STATE_JOINING -> NodeState.JOINING;
            case NODE_STATE_UP -> NodeState.UP;
            case NODE_STATE_PAUSED -> NodeState.PAUSED;
            case NODE_STATE_ISOLATED -> NodeState.ISOLATED;
            case NODE_STATE_QUARANTINED -> NodeState.QUARANTINED;
            case NODE_STATE_DOWN -> NodeState.DOWN;
            case NODE_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a vm state. */
    public static io.drover.proto.v1.VmState toProto(VmState value) {
        return switch (value) {
            case RUNNING -> io.drover.proto.v1.VmState.VM_STATE_RUNNING;
            case OFF -> io.drover.proto.v1.VmState.VM_STATE_OFF;
            case SAVED -> io.drover.proto.v1.VmState.VM_STATE_SAVED;
            case PAUSED -> io.drover.proto.v1.VmState.VM_STATE_PAUSED;
            case STARTING -> io.drover.proto.v1.VmState.VM_STATE_STARTING;
            case STOPPING -> io.drover.proto.v1.VmState.VM_STATE_STOPPING;
            case MIGRATING -> io.drover.proto.v1.VmState.VM_STATE_MIGRATING;
            case FAILED -> io.drover.proto.v1.VmState.VM_STATE_FAILED;
            case UNMONITORED -> io.drover.proto.v1.VmState.VM_STATE_UNMONITORED;
        };
    }

    /**
     * The model's word for a vm state.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static VmState fromProto(io.drover.proto.v1.VmState value) {
        return switch (value) {
            case VM_STATE_RUNNING -> VmState.RUNNING;
            case VM_STATE_OFF -> VmState.OFF;
            case VM_STATE_SAVED -> VmState.SAVED;
            case VM_STATE_PAUSED -> VmState.PAUSED;
            case VM_STATE_STARTING -> VmState.STARTING;
            case VM_STATE_STOPPING -> VmState.STOPPING;
            case VM_STATE_MIGRATING -> VmState.MIGRATING;
            case VM_STATE_FAILED -> VmState.FAILED;
            case VM_STATE_UNMONITORED -> VmState.UNMONITORED;
            case VM_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a guest state. */
    public static io.drover.proto.v1.GuestState toProto(GuestState value) {
        return switch (value) {
            case RUNNING -> io.drover.proto.v1.GuestState.GUEST_STATE_RUNNING;
            case PAUSED -> io.drover.proto.v1.GuestState.GUEST_STATE_PAUSED;
            case OFF -> io.drover.proto.v1.GuestState.GUEST_STATE_OFF;
            case SAVED -> io.drover.proto.v1.GuestState.GUEST_STATE_SAVED;
            case INCOMING -> io.drover.proto.v1.GuestState.GUEST_STATE_INCOMING;
            case ARRIVED -> io.drover.proto.v1.GuestState.GUEST_STATE_ARRIVED;
            case DEPARTED -> io.drover.proto.v1.GuestState.GUEST_STATE_DEPARTED;
        };
    }

    /**
     * The model's word for a guest state.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static GuestState fromProto(io.drover.proto.v1.GuestState value) {
        return switch (value) {
            case GUEST_STATE_RUNNING -> GuestState.RUNNING;
            case GUEST_STATE_PAUSED -> GuestState.PAUSED;
            case GUEST_STATE_OFF -> GuestState.OFF;
            case GUEST_STATE_SAVED -> GuestState.SAVED;
            case GUEST_STATE_INCOMING -> GuestState.INCOMING;
            case GUEST_STATE_ARRIVED -> GuestState.ARRIVED;
            case GUEST_STATE_DEPARTED -> GuestState.DEPARTED;
            case GUEST_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a health level. */
    public static io.drover.proto.v1.HealthLevel toProto(HealthLevel value) {
        return switch (value) {
            case HEALTHY -> io.drover.proto.v1.HealthLevel.HEALTH_LEVEL_HEALTHY;
            case WARNING -> io.drover.proto.v1.HealthLevel.HEALTH_LEVEL_WARNING;
            case CRITICAL -> io.drover.proto.v1.HealthLevel.HEALTH_LEVEL_CRITICAL;
            case FATAL -> io.drover.proto.v1.HealthLevel.HEALTH_LEVEL_FATAL;
        };
    }

    /**
     * The model's word for a health level.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static HealthLevel fromProto(io.drover.proto.v1.HealthLevel value) {
        return switch (value) {
            case HEALTH_LEVEL_HEALTHY -> HealthLevel.HEALTHY;
            case HEALTH_LEVEL_WARNING -> HealthLevel.WARNING;
            case HEALTH_LEVEL_CRITICAL -> HealthLevel.CRITICAL;
            case HEALTH_LEVEL_FATAL -> HealthLevel.FATAL;
            case HEALTH_LEVEL_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a severity. */
    public static io.drover.proto.v1.Severity toProto(Severity value) {
        return switch (value) {
            case INFO -> io.drover.proto.v1.Severity.SEVERITY_INFO;
            case WARNING -> io.drover.proto.v1.Severity.SEVERITY_WARNING;
            case ERROR -> io.drover.proto.v1.Severity.SEVERITY_ERROR;
        };
    }

    /**
     * The model's word for a severity.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static Severity fromProto(io.drover.proto.v1.Severity value) {
        return switch (value) {
            case SEVERITY_INFO -> Severity.INFO;
            case SEVERITY_WARNING -> Severity.WARNING;
            case SEVERITY_ERROR -> Severity.ERROR;
            case SEVERITY_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a problem kind. */
    public static io.drover.proto.v1.ProblemKind toProto(ProblemKind value) {
        return switch (value) {
            case FAILED -> io.drover.proto.v1.ProblemKind.PROBLEM_KIND_FAILED;
            case USAGE -> io.drover.proto.v1.ProblemKind.PROBLEM_KIND_USAGE;
            case REFUSED -> io.drover.proto.v1.ProblemKind.PROBLEM_KIND_REFUSED;
            case NO_COORDINATOR -> io.drover.proto.v1.ProblemKind.PROBLEM_KIND_NO_COORDINATOR;
            case DEADLINE -> io.drover.proto.v1.ProblemKind.PROBLEM_KIND_DEADLINE;
            case UNREACHABLE -> io.drover.proto.v1.ProblemKind.PROBLEM_KIND_UNREACHABLE;
        };
    }

    /**
     * The model's word for a problem kind.
     *
     * @throws IllegalArgumentException if it is absent or unknown
     */
    public static ProblemKind fromProto(io.drover.proto.v1.ProblemKind value) {
        return switch (value) {
            case PROBLEM_KIND_FAILED -> ProblemKind.FAILED;
            case PROBLEM_KIND_USAGE -> ProblemKind.USAGE;
            case PROBLEM_KIND_REFUSED -> ProblemKind.REFUSED;
            case PROBLEM_KIND_NO_COORDINATOR -> ProblemKind.NO_COORDINATOR;
            case PROBLEM_KIND_DEADLINE -> ProblemKind.DEADLINE;
            case PROBLEM_KIND_UNREACHABLE -> ProblemKind.UNREACHABLE;
            case PROBLEM_KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown(value);
        };
    }

    /** The wire's word for a topic: its name in small letters. */
    public static String toProto(Topic topic) {
        return topic.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The topic that the wire names.
     *
     * @throws IllegalArgumentException if it is unknown
     */
    public static Topic topicFromProto(String name) {
        for (Topic topic : Topic.values()) {
            if (toProto(topic).equals(name)) {
                return topic;
            }
        }
        throw new IllegalArgumentException("topic: '" + name + "' (expected: a topic that this version knows)");
    }

    private static IllegalArgumentException unknown(Enum<?> value) {
        return new IllegalArgumentException(value.getDeclaringClass().getSimpleName() + ": " + value
                + " (expected: a value that this version knows)");
    }
}
