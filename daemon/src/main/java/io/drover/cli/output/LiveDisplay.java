package io.drover.cli.output;

import io.drover.proto.v1.MoveProgress;
import io.drover.proto.v1.MoveProgressOfVm;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationStep;
import io.drover.proto.v1.StepState;
import io.drover.proto.v1.WatchOperationResponse;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Progress on a terminal: one bar for each VM that moves, drawn over again with each picture. */
public final class LiveDisplay implements ProgressDisplay {
    /** Moving the cursor up works only within the screen, and a screen has at least 24 lines of 80 characters. */
    private static final int GREATEST_ROWS = 16;

    private static final int WIDTH = 79;
    private static final int BAR = 20;
    private static final String CLEAR_LINE = "\u001b[2K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintStream out;
    private final InstantSource clock;
    private int drawn;

    /** A display on this terminal. */
    public LiveDisplay(PrintStream out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public void update(WatchOperationResponse picture) {
        List<String> lines = lines(picture, clock.instant());
        StringBuilder frame = new StringBuilder();
        if (drawn > 0) {
            frame.append("\u001b[").append(drawn).append('A');
        }
        for (String line : lines) {
            frame.append('\r').append(CLEAR_LINE).append(line).append('\n');
        }
        frame.append(CLEAR_BELOW);
        drawn = lines.size();
        out.print(frame);
        out.flush();
    }

    /** The picture as lines of at most 79 characters. */
    static List<String> lines(WatchOperationResponse picture, Instant now) {
        OperationRecord operation = picture.getOperation();
        Map<String, MoveProgress> progress = new HashMap<>();
        for (MoveProgressOfVm of : picture.getProgressList()) {
            progress.put(of.getVm(), of.getProgress());
        }
        List<OperationStep> steps = new ArrayList<>(operation.getStepsList());
        steps.sort(Comparator.comparingInt(LiveDisplay::rank));
        List<String> lines = new ArrayList<>();
        lines.add(fit(heading(operation, now)));
        int nameWidth =
                steps.stream().mapToInt(step -> step.getVm().length()).max().orElse(0);
        for (OperationStep step : steps.subList(0, Math.min(GREATEST_ROWS, steps.size()))) {
            String name = step.getVm() + " ".repeat(nameWidth - step.getVm().length());
            MoveProgress move = progress.getOrDefault(step.getVm(), MoveProgress.getDefaultInstance());
            lines.add(fit("  " + name + "  " + describe(step, move)));
        }
        if (steps.size() > GREATEST_ROWS) {
            lines.add("  and " + (steps.size() - GREATEST_ROWS) + " more");
        }
        return lines;
    }

    private static String heading(OperationRecord operation, Instant now) {
        String elapsed = operation.hasCreatedAt()
                ? ", " + Quantities.duration(Quantities.between(operation.getCreatedAt(), now))
                : "";
        long moving = OperationView.count(operation, StepState.STEP_STATE_RUNNING);
        long waiting = OperationView.count(operation, StepState.STEP_STATE_WAITING);
        long failed = OperationView.count(operation, StepState.STEP_STATE_FAILED);
        String deadline = "";
        if (operation.hasDeadline()) {
            Duration left = Duration.between(now, Quantities.instant(operation.getDeadline()));
            deadline = left.isNegative() ? ", deadline passed" : ", deadline in " + Quantities.duration(left);
        }
        return Words.title(operation) + ": " + OperationView.count(operation, StepState.STEP_STATE_DONE) + " of "
                + operation.getStepsCount() + " done, " + moving + " moving, " + waiting + " waiting"
                + (failed > 0 ? ", " + failed + " failed" : "") + elapsed + deadline;
    }

    private static String describe(OperationStep step, MoveProgress move) {
        String target = step.getTarget().isEmpty() ? "" : " -> " + step.getTarget();
        return switch (step.getState()) {
            case STEP_STATE_RUNNING ->
                bar(move.getPercent()) + " " + pad(move.getPercent() + " %", 5) + target + speed(move);
            case STEP_STATE_DONE ->
                bar(100) + " done " + target
                        + (step.hasBlackout() ? "  blackout " + Quantities.duration(step.getBlackout()) : "");
            default ->
                pad(Words.lower(step.getState()), BAR + 2) + "       "
                        + OperationView.withRemedy(step.getMessage(), step.getRemedy());
        };
    }

    private static String speed(MoveProgress move) {
        if (move.getRate() == 0) {
            return "";
        }
        String rate = "  " + Quantities.bytes(move.getRate()) + "/s";
        // What the guest dirties meanwhile has to be sent again; without a gain there is no end in sight.
        long gain = move.getRate() - move.getDirtyRate();
        return gain <= 0
                ? rate
                : rate + "  " + Quantities.duration(Duration.ofSeconds(move.getBytesLeft() / gain)) + " left";
    }

    private static String bar(int percent) {
        int full = Math.min(100, percent) * BAR / 100;
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
    }

    private static int rank(OperationStep step) {
        return switch (step.getState()) {
            case STEP_STATE_RUNNING -> 0;
            case STEP_STATE_FAILED, STEP_STATE_CANCELLED -> 1;
            case STEP_STATE_WAITING -> 2;
            default -> 3;
        };
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String fit(String line) {
        String stripped = line.stripTrailing();
        return stripped.length() <= WIDTH ? stripped : stripped.substring(0, WIDTH - 3) + "...";
    }
}
