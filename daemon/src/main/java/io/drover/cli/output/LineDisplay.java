package io.drover.cli.output;

import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.OperationStep;
import io.drover.proto.v1.StepState;
import io.drover.proto.v1.WatchOperationResponse;
import java.io.PrintStream;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

/** Progress where there is no terminal: a line for each change, and none for what stays the same. */
public final class LineDisplay implements ProgressDisplay {
    private final PrintStream out;
    private final InstantSource clock;
    private final ZoneId zone;
    private final Map<String, String> shown = new HashMap<>();

    /** A display on this stream; its lines begin with the time of day. */
    public LineDisplay(PrintStream out, InstantSource clock, ZoneId zone) {
        this.out = out;
        this.clock = clock;
        this.zone = zone;
    }

    @Override
    public void update(WatchOperationResponse picture) {
        OperationRecord operation = picture.getOperation();
        for (OperationStep step : operation.getStepsList()) {
            showIfNew("vm " + step.getVm(), step.getVm() + ": " + describe(step));
        }
        if (operation.getCancelRequested() && operation.getState() == OperationState.OPERATION_STATE_RUNNING) {
            showIfNew("cancel", Words.title(operation) + ": is being cancelled");
        }
        if (operation.getState() != OperationState.OPERATION_STATE_RUNNING) {
            showIfNew(
                    "end",
                    Words.title(operation) + ": " + Words.of(operation.getState())
                            + (operation.getMessage().isEmpty() ? "" : ", " + operation.getMessage()));
        }
    }

    private void showIfNew(String about, String text) {
        if (!text.equals(shown.put(about, text))) {
            out.println(Quantities.clock(clock.instant(), zone) + "  " + text);
            out.flush();
        }
    }

    private static String describe(OperationStep step) {
        StringBuilder text = new StringBuilder(Words.lower(step.getState()));
        if (!step.getSource().isEmpty() && !step.getTarget().isEmpty()) {
            text.append(" (").append(Words.lower(step.getKind())).append(' ').append(step.getSource());
            text.append(" -> ").append(step.getTarget()).append(')');
        }
        if (step.getAttempts() > 1) {
            text.append(", try ").append(step.getAttempts());
        }
        if (step.getState() == StepState.STEP_STATE_DONE && step.hasBlackout()) {
            text.append(", blackout ").append(Quantities.duration(step.getBlackout()));
            text.append(", took ").append(Quantities.duration(step.getDuration()));
        }
        String message = OperationView.withRemedy(step.getMessage(), step.getRemedy());
        return message.isEmpty() ? text.toString() : text + ": " + message;
    }
}
