package io.drover.cli.output;

import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.OperationStep;
import io.drover.proto.v1.StepState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Operations and their steps as tables and sentences. */
public final class OperationView {
    private OperationView() {}

    /** One row an operation; ages are counted up to {@code now}. */
    public static List<String> list(List<OperationRecord> operations, Instant now, boolean colours) {
        Table table = new Table()
                .column("OPERATION")
                .column("WHAT")
                .column("STATE")
                .numbers("DONE")
                .column("STARTED")
                .column("TOOK")
                .column("BY")
                .column("MESSAGE");
        for (OperationRecord operation : operations) {
            table.row(
                    operation.getId(),
                    Words.title(operation),
                    Words.state(operation.getState()),
                    count(operation, StepState.STEP_STATE_DONE) + "/" + operation.getStepsCount(),
                    operation.hasCreatedAt()
                            ? Quantities.duration(Quantities.between(operation.getCreatedAt(), now)) + " ago"
                            : "",
                    operation.hasFinishedAt() ? Quantities.duration(took(operation)) : "",
                    operation.getActor(),
                    operation.getState() == OperationState.OPERATION_STATE_RUNNING
                            ? waitsFor(operation)
                            : operation.getMessage());
        }
        return table.lines(colours);
    }

    /** One operation in full. */
    public static List<String> show(OperationRecord operation, ZoneId zone, boolean colours) {
        List<String> lines = new ArrayList<>();
        Details details = new Details(lines);
        Table.Cell state = Words.state(operation.getState());
        details.line("operation", operation.getId());
        details.line("what", Words.title(operation) + (operation.getForce() ? ", forced" : ""));
        details.line("state", state.colour().paint(state.text(), colours));
        details.line("target", operation.getTarget());
        details.line("by", operation.getActor());
        details.line("reason", operation.getReason());
        details.line("started", operation.hasCreatedAt() ? Quantities.date(operation.getCreatedAt(), zone) : "");
        details.line("deadline", operation.hasDeadline() ? Quantities.date(operation.getDeadline(), zone) : "");
        if (operation.hasFinishedAt()) {
            details.line(
                    "ended",
                    Quantities.date(operation.getFinishedAt(), zone) + ", after "
                            + Quantities.duration(took(operation)));
        }
        details.line("message", operation.getMessage());
        if (operation.getStepsCount() > 0) {
            lines.add("");
            lines.addAll(steps(operation, colours));
        }
        return lines;
    }

    /** One row a VM, with blackout and duration. */
    public static List<String> steps(OperationRecord operation, boolean colours) {
        Table table = new Table()
                .column("VM")
                .column("STATE")
                .column("KIND")
                .column("FROM")
                .column("TO")
                .numbers("BLACKOUT")
                .numbers("DURATION")
                .numbers("SENT")
                .numbers("TRIES")
                .column("MESSAGE");
        for (OperationStep step : operation.getStepsList()) {
            table.row(
                    step.getVm(),
                    Words.state(step.getState()),
                    Words.of(step.getKind()),
                    step.getSource(),
                    step.getTarget(),
                    step.hasBlackout() ? Quantities.duration(step.getBlackout()) : "",
                    step.hasDuration() ? Quantities.duration(step.getDuration()) : "",
                    step.getBytes() > 0 ? Quantities.bytes(step.getBytes()) : "",
                    step.getAttempts(),
                    withRemedy(step.getMessage(), step.getRemedy()));
        }
        return table.lines(colours);
    }

    /** Where a running operation stands and what it waits for, in one sentence. */
    public static String summary(OperationRecord operation, Instant now) {
        StringBuilder text = new StringBuilder(Words.title(operation))
                .append(" (")
                .append(operation.getId())
                .append("): ")
                .append(count(operation, StepState.STEP_STATE_DONE))
                .append(" of ")
                .append(Quantities.count(operation.getStepsCount(), "VM"))
                .append(" done");
        String waits = waitsFor(operation);
        text.append(waits.isEmpty() ? "" : ", " + waits);
        if (operation.getCancelRequested()) {
            text.append(", is being cancelled");
        }
        if (operation.hasDeadline()) {
            Duration left = Duration.between(now, Quantities.instant(operation.getDeadline()));
            text.append(left.isNegative() ? ", deadline passed" : ", deadline in " + Quantities.duration(left));
        }
        return text.toString();
    }

    /** Number of steps in a state. */
    public static long count(OperationRecord operation, StepState state) {
        return operation.getStepsList().stream()
                .filter(step -> step.getState() == state)
                .count();
    }

    /** From its begin to its end; zero while it runs. */
    public static Duration took(OperationRecord operation) {
        return operation.hasFinishedAt() && operation.hasCreatedAt()
                ? Quantities.between(operation.getCreatedAt(), Quantities.instant(operation.getFinishedAt()))
                : Duration.ZERO;
    }

    static String withRemedy(String message, String remedy) {
        return remedy.isEmpty() ? message : message + " (to do: " + remedy + ")";
    }

    private static String waitsFor(OperationRecord operation) {
        long moving = count(operation, StepState.STEP_STATE_RUNNING);
        List<String> waiting = operation.getStepsList().stream()
                .filter(step -> step.getState() == StepState.STEP_STATE_WAITING)
                .map(step -> step.getVm() + (step.getMessage().isEmpty() ? " waits" : ": " + step.getMessage()))
                .toList();
        String text = moving == 0 ? "" : moving + " moving";
        if (!waiting.isEmpty()) {
            text += (text.isEmpty() ? "" : ", ") + waiting.size() + " waiting (" + waiting.get(0)
                    + (waiting.size() > 1 ? ", ..." : "") + ")";
        }
        return text;
    }
}
