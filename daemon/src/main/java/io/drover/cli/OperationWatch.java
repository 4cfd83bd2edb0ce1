package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.LineDisplay;
import io.drover.cli.output.LiveDisplay;
import io.drover.cli.output.OperationView;
import io.drover.cli.output.ProgressDisplay;
import io.drover.cli.output.Quantities;
import io.drover.cli.output.Words;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.cli.shell.Surroundings;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.OperationStep;
import io.drover.proto.v1.StepState;
import io.drover.proto.v1.WatchOperationRequest;
import io.drover.proto.v1.WatchOperationResponse;
import java.util.ArrayList;
import java.util.List;

/** Watches an operation until it ends. Whoever stops the watching does not stop the operation, and is told so. */
final class OperationWatch {
    private final Drover program;
    private final ClusterClient client;
    private volatile OperationRecord last = OperationRecord.getDefaultInstance();

    OperationWatch(Drover program, ClusterClient client) {
        this.program = program;
        this.client = client;
    }

    /** Shows progress until the operation has ended, and returns it as it ended. */
    OperationRecord untilEnd(String id) {
        last = OperationRecord.newBuilder().setId(id).build();
        ProgressDisplay display = display();
        Thread farewell = new Thread(() -> sayThatItGoesOn(last), "watch-farewell");
        Runtime.getRuntime().addShutdownHook(farewell);
        try {
            WatchOperationRequest request =
                    WatchOperationRequest.newBuilder().setId(id).build();
            client.<WatchOperationResponse>follow(stub -> stub.watchOperation(request), picture -> {
                last = picture.getOperation();
                display.update(picture);
                return last.getState() == OperationState.OPERATION_STATE_RUNNING;
            });
            return last;
        } finally {
            removeHook(farewell);
        }
    }

    /** The exit code for an operation that has ended; says on the error stream what is wrong if something is. */
    static ExitCode verdict(Drover program, OperationRecord operation) {
        ExitCode code = ExitCode.of(operation);
        String title = Words.title(operation);
        if (code == ExitCode.DONE) {
            program.note(title + " completed in " + Quantities.duration(OperationView.took(operation))
                    + (operation.getMessage().isEmpty() ? "" : ": " + operation.getMessage()));
            return code;
        }
        List<String> left = new ArrayList<>();
        List<String> remedies = new ArrayList<>();
        for (OperationStep step : operation.getStepsList()) {
            if (step.getState() != StepState.STEP_STATE_DONE) {
                left.add(step.getVm() + " is left" + (step.getMessage().isEmpty() ? "" : ": " + step.getMessage()));
                if (!step.getRemedy().isEmpty() && !remedies.contains(step.getRemedy())) {
                    remedies.add(step.getRemedy());
                }
            }
        }
        if (remedies.isEmpty()) {
            remedies.add("look with: drover op show " + operation.getId());
        }
        String end = operation.getState() == OperationState.OPERATION_STATE_CANCELLED ? " was cancelled" : " failed";
        String message = operation.getMessage().isEmpty() ? "" : ": " + operation.getMessage();
        program.note(new CommandException(code, title + end + message, String.join("\n", left), remedies).text());
        return code;
    }

    private ProgressDisplay display() {
        Surroundings surroundings = program.surroundings();
        return program.colours()
                ? new LiveDisplay(surroundings.err(), surroundings.clock())
                : new LineDisplay(surroundings.err(), surroundings.clock(), surroundings.zone());
    }

    private void sayThatItGoesOn(OperationRecord operation) {
        boolean known = !operation.getNode().isEmpty() || !operation.getVm().isEmpty();
        String title = known ? Words.title(operation) : "operation " + operation.getId();
        program.note("stopped watching; " + title + " goes on"
                + "\n  watch it again: drover op watch " + operation.getId()
                + "\n  stop it:        drover op cancel " + operation.getId());
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The process is ending and the hook is running: there is nothing left to remove.
            return;
        }
    }
}
