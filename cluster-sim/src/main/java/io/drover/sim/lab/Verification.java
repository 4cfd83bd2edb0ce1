package io.drover.sim.lab;

import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationStep;
import io.drover.proto.v1.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds what Drover reports against what the guests lived through.
 *
 * @param rows one for each guest
 */
public record Verification(List<Row> rows) {
    /** Copies the list. */
    public Verification {
        rows = List.copyOf(rows);
    }

    /**
     * One guest.
     *
     * @param vm its name
     * @param moves moves that the guest itself shows
     * @param reported the longest blackout that Drover reports
     * @param measured the longest gap in the guest's counting across a move
     * @param tolerance what the measurement may add: the ticks between which the move fell, and the longest gap of the
     *     same guest outside moves
     * @param faults what is wrong; empty if nothing is
     */
    public record Row(
            String vm, int moves, Duration reported, Duration measured, Duration tolerance, List<String> faults) {
        /** Copies the list. */
        public Row {
            faults = List.copyOf(faults);
        }
    }

    /**
     * Compares.
     *
     * @param observation what was seen
     * @param operations all operations of the time of the observation
     * @param tick time between two ticks of a guest
     */
    public static Verification of(Observation observation, List<OperationRecord> operations, Duration tick) {
        Map<String, List<OperationStep>> moves = movesByVm(operations);
        List<Row> rows = new ArrayList<>();
        for (Observation.Guest guest : observation.guests()) {
            rows.add(row(guest, moves.getOrDefault(guest.vm(), List.of()), tick));
        }
        return new Verification(rows);
    }

    /** Whether nothing is wrong with any guest. */
    public boolean holds() {
        return !rows.isEmpty() && rows.stream().allMatch(row -> row.faults().isEmpty());
    }

    private static Map<String, List<OperationStep>> movesByVm(List<OperationRecord> operations) {
        Map<String, List<OperationStep>> moves = new TreeMap<>();
        operations.stream()
                .flatMap(operation -> operation.getStepsList().stream())
                .filter(step -> step.getState() == StepState.STEP_STATE_DONE && step.hasBlackout())
                .sorted(Comparator.comparing((OperationStep step) -> seconds(step)))
                .forEach(step -> moves.computeIfAbsent(step.getVm(), unused -> new ArrayList<>())
                        .add(step));
        return moves;
    }

    private static double seconds(OperationStep step) {
        return step.getFinishedAt().getSeconds() + step.getFinishedAt().getNanos() / 1e9;
    }

    private static Row row(Observation.Guest guest, List<OperationStep> steps, Duration tick) {
        List<String> faults = new ArrayList<>();
        if (guest.boots() > 0) {
            faults.add("it was restarted " + guest.boots() + " times");
        }
        if (guest.repeated() > 0) {
            faults.add(guest.repeated() + " ticks came twice");
        }
        if (guest.lost() > 0) {
            faults.add(guest.lost() + " ticks are missing");
        }
        if (guest.moves().size() != steps.size()) {
            faults.add("it shows " + guest.moves().size() + " moves, Drover reports " + steps.size());
        }
        Duration reported = Duration.ZERO;
        Duration tolerance = Duration.ofNanos(guest.longestElsewhereNanos());
        for (int i = 0; i < Math.min(steps.size(), guest.moves().size()); i++) {
            Duration blackout = duration(steps.get(i));
            reported = reported.compareTo(blackout) >= 0 ? reported : blackout;
            Observation.Move move = guest.moves().get(i);
            if (move.after() - move.before() > 2) {
                faults.add("ticks " + (move.before() + 1) + " to " + (move.after() - 1) + " are missing");
            }
            Duration allowed = blackout.plus(tick.multipliedBy(2)).plus(tolerance);
            if (Duration.ofNanos(move.gapNanos()).compareTo(allowed) > 0) {
                faults.add("it stood still for " + millis(Duration.ofNanos(move.gapNanos())) + ", reported "
                        + millis(blackout));
            }
        }
        return new Row(
                guest.vm(),
                guest.moves().size(),
                reported,
                Duration.ofNanos(guest.longestMoveNanos()),
                tolerance.plus(tick.multipliedBy(2)),
                faults);
    }

    private static Duration duration(OperationStep step) {
        return Duration.ofSeconds(
                step.getBlackout().getSeconds(), step.getBlackout().getNanos());
    }

    /** A duration in milliseconds, for people. */
    public static String millis(Duration duration) {
        return String.format(java.util.Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
