package io.drover.cli.output;

import com.google.protobuf.ProtocolMessageEnum;
import io.drover.api.json.ProtoWords;
import io.drover.proto.v1.DrainStatus;
import io.drover.proto.v1.FencingState;
import io.drover.proto.v1.HealthLevel;
import io.drover.proto.v1.LeaseState;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.Severity;
import io.drover.proto.v1.StepState;
import io.drover.proto.v1.VmState;
import java.util.Locale;

/** The words for states, with their colours. */
public final class Words {
    private Words() {}

    /** A state as the design writes it: {@code InProgress}. */
    public static String of(ProtocolMessageEnum value) {
        return ProtoWords.of(value);
    }

    /** The same within a sentence: {@code live}. */
    public static String lower(ProtocolMessageEnum value) {
        return of(value).toLowerCase(Locale.ROOT);
    }

    /** A node's state. */
    public static Table.Cell state(NodeState state) {
        return cell(
                state,
                switch (state) {
                    case NODE_STATE_UP -> Colour.GREEN;
                    case NODE_STATE_JOINING, NODE_STATE_PAUSED -> Colour.YELLOW;
                    default -> Colour.RED;
                });
    }

    /** A node's drain status; nothing if it was never drained. */
    public static Table.Cell drain(DrainStatus status) {
        return switch (status) {
            case DRAIN_STATUS_IN_PROGRESS -> cell(status, Colour.YELLOW);
            case DRAIN_STATUS_FAILED -> cell(status, Colour.RED);
            case DRAIN_STATUS_COMPLETED -> cell(status, Colour.PLAIN);
            default -> new Table.Cell("", Colour.PLAIN);
        };
    }

    /** A VM's state. */
    public static Table.Cell state(VmState state) {
        return cell(
                state,
                switch (state) {
                    case VM_STATE_RUNNING -> Colour.GREEN;
                    case VM_STATE_OFF, VM_STATE_SAVED -> Colour.PLAIN;
                    case VM_STATE_FAILED, VM_STATE_UNMONITORED -> Colour.RED;
                    default -> Colour.YELLOW;
                });
    }

    /** An operation's state. */
    public static Table.Cell state(OperationState state) {
        return cell(
                state,
                switch (state) {
                    case OPERATION_STATE_COMPLETED -> Colour.GREEN;
                    case OPERATION_STATE_FAILED -> Colour.RED;
                    default -> Colour.YELLOW;
                });
    }

    /** The state of a step. */
    public static Table.Cell state(StepState state) {
        return cell(
                state,
                switch (state) {
                    case STEP_STATE_DONE -> Colour.GREEN;
                    case STEP_STATE_FAILED -> Colour.RED;
                    default -> Colour.YELLOW;
                });
    }

    /** How bad an event is. */
    public static Table.Cell severity(Severity severity) {
        return cell(
                severity,
                switch (severity) {
                    case SEVERITY_ERROR -> Colour.RED;
                    case SEVERITY_WARNING -> Colour.YELLOW;
                    default -> Colour.PLAIN;
                });
    }

    /** A verdict on health. */
    public static Table.Cell health(HealthLevel level) {
        return cell(
                level,
                switch (level) {
                    case HEALTH_LEVEL_HEALTHY -> Colour.GREEN;
                    case HEALTH_LEVEL_WARNING -> Colour.YELLOW;
                    case HEALTH_LEVEL_CRITICAL, HEALTH_LEVEL_FATAL -> Colour.RED;
                    default -> Colour.PLAIN;
                });
    }

    /** How a node stands to its lease; nothing if it has not said so. */
    public static Table.Cell lease(LeaseState state) {
        return cell(
                state,
                switch (state) {
                    case LEASE_STATE_HELD -> Colour.GREEN;
                    case LEASE_STATE_ENDING -> Colour.YELLOW;
                    case LEASE_STATE_NONE, LEASE_STATE_GIVEN_UP -> Colour.RED;
                    case LEASE_STATE_UNSPECIFIED, UNRECOGNIZED -> Colour.PLAIN;
                });
    }

    /** Whether a node may still execute VMs. */
    public static Table.Cell fencing(FencingState state) {
        return cell(
                state,
                switch (state) {
                    case FENCING_STATE_FENCING -> Colour.RED;
                    case FENCING_STATE_FENCED -> Colour.YELLOW;
                    default -> Colour.PLAIN;
                });
    }

    /** What an operation does, as a noun with its object: {@code drain of node1}. */
    public static String title(OperationRecord operation) {
        String object = operation.getNode().isEmpty() ? operation.getVm() : operation.getNode();
        return switch (operation.getKind()) {
            case OPERATION_KIND_DRAIN -> "drain of " + object;
            case OPERATION_KIND_RESUME -> "resume of " + object;
            case OPERATION_KIND_EVACUATE -> "evacuation of " + object;
            case OPERATION_KIND_MIGRATE -> "migration of " + object;
            case OPERATION_KIND_START -> "start of " + object;
            case OPERATION_KIND_STOP -> "stop of " + object;
            case OPERATION_KIND_UNSPECIFIED, UNRECOGNIZED -> "operation on " + object;
        };
    }

    private static Table.Cell cell(ProtocolMessageEnum value, Colour colour) {
        return new Table.Cell(of(value), colour);
    }
}
