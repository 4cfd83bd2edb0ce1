package io.drover.cli;

import com.google.protobuf.Message;
import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.OperationView;
import io.drover.cli.output.PlanView;
import io.drover.cli.output.Printer;
import io.drover.cli.output.ReportView;
import io.drover.cli.output.Words;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.drover.proto.v1.CompatibilityReport;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.Plan;
import io.drover.proto.v1.RequestContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** A command that changes something: shows what it will do, asks on a terminal, does it, and says how to go on. */
abstract class WriteCommand extends BaseCommand.Client {
    /** How long one agent has where hosts are asked, which take longer than a coordinator that only decides. */
    static final Duration WITH_HOSTS = Duration.ofSeconds(25);

    @Option(names = "--dry-run", description = "Show what would be done and what stands in the way; change nothing.")
    private boolean dryRun;

    /**
     * A kind of change that answers with an operation, a plan, or both.
     *
     * @param call makes the call
     * @param operation the operation in the answer
     * @param plan the plan in the answer
     * @param withOperation the answer with the operation in its last state
     * @param report what the hosts say, in the answer to a dry run; empty if they are not asked
     * @param within how long one agent has for it
     */
    record Change<T extends Message>(
            BiFunction<ClusterServiceBlockingStub, RequestContext, T> call,
            Function<T, OperationRecord> operation,
            Function<T, Plan> plan,
            BiFunction<T, OperationRecord, T> withOperation,
            Function<T, Optional<CompatibilityReport>> report,
            Duration within) {
        /** A kind of change about which no hosts are asked. */
        Change(
                BiFunction<ClusterServiceBlockingStub, RequestContext, T> call,
                Function<T, OperationRecord> operation,
                Function<T, Plan> plan,
                BiFunction<T, OperationRecord, T> withOperation) {
            this(call, operation, plan, withOperation, answer -> Optional.empty(), ClusterClient.WRITE_TRY);
        }

        /** What is said before it is done. */
        private List<String> foreseen(String title, T answer, boolean colours) {
            List<String> lines = new ArrayList<>(PlanView.lines(title, plan.apply(answer), colours));
            report.apply(answer).ifPresent(said -> lines.addAll(ReportView.lines(said, colours)));
            return lines;
        }

        private boolean isBlocked(T answer) {
            return plan.apply(answer).getBlockedCount() > 0
                    || report.apply(answer).filter(ReportView::isBlocked).isPresent();
        }
    }

    /** Carries out a change that is planned by the cluster; waits for its end if wanted. */
    final <T extends Message> ExitCode carryOut(ClusterClient client, String title, Change<T> change, boolean wait) {
        if (dryRun) {
            T answer = call(client, change, true);
            print(
                    answer,
                    change.foreseen("would be done: " + title, answer, program().colours()));
            program().note("nothing was changed; without --dry-run it is done");
            return change.isBlocked(answer) ? ExitCode.REFUSED : ExitCode.DONE;
        }
        if (program().asks()) {
            change.foreseen(title, call(client, change, true), program().colours())
                    .forEach(program()::note);
            if (!confirmed()) {
                return ExitCode.FAILED;
            }
        }
        T answer = call(client, change, false);
        if (!program().asks()) {
            PlanView.lines(title, change.plan.apply(answer), program().colours())
                    .forEach(program()::note);
        }
        return follow(client, change, answer, wait);
    }

    /** Carries out a change of one VM or operation that needs no plan; waits for its end if wanted. */
    final <T extends Message> ExitCode carryOutOperation(
            ClusterClient client, String title, Change<T> change, boolean wait) {
        Optional<ExitCode> end = endBefore(client, title, change.call);
        return end.isPresent() ? end.get() : follow(client, change, call(client, change, false), wait);
    }

    /** Carries out a change that is done when it is answered. */
    final <T extends Message> ExitCode carryOutAtOnce(
            ClusterClient client,
            String title,
            BiFunction<ClusterServiceBlockingStub, RequestContext, T> call,
            Function<T, List<String>> lines) {
        Optional<ExitCode> end = endBefore(client, title, call);
        return end.isPresent() ? end.get() : atOnce(client, call, lines);
    }

    /** How a change that needs no plan ends before it is made: it is only tried, or nobody agrees to it. */
    private <T extends Message> Optional<ExitCode> endBefore(
            ClusterClient client, String title, BiFunction<ClusterServiceBlockingStub, RequestContext, T> call) {
        if (dryRun) {
            return Optional.of(dryRun(title, write(client, call, true)));
        }
        if (program().asks()) {
            write(client, call, true);
            program().note(title);
            return confirmed() ? Optional.empty() : Optional.of(ExitCode.FAILED);
        }
        return Optional.empty();
    }

    private <T extends Message> ExitCode atOnce(
            ClusterClient client,
            BiFunction<ClusterServiceBlockingStub, RequestContext, T> call,
            Function<T, List<String>> lines) {
        T answer = write(client, call, false);
        print(answer, lines.apply(answer));
        return ExitCode.DONE;
    }

    /** The same for a change of settings or membership, whose answer says what was changed. */
    final <T extends Message> ExitCode carryOutChange(
            ClusterClient client,
            String title,
            BiFunction<ClusterServiceBlockingStub, RequestContext, T> call,
            Function<T, List<String>> effects) {
        return carryOutAtOnce(client, title, call, answer -> told(effects.apply(answer)));
    }

    /**
     * The same for a change that ends VMs if it is a mistake: it always says what it will do, and is done only for
     * somebody who types the name of the thing, or has said {@code --yes}.
     */
    final <T extends Message> ExitCode carryOutDanger(
            ClusterClient client,
            String title,
            String name,
            BiFunction<ClusterServiceBlockingStub, RequestContext, T> call,
            Function<T, List<String>> effects) {
        if (dryRun) {
            return dryRun(title, write(client, call, true));
        }
        if (!program().isAnsweredFor()) {
            throw CommandException.of(
                    ExitCode.USAGE,
                    "'" + spec().qualifiedName() + " " + name + "' is not done unasked; nothing was changed",
                    "there is no terminal to ask at, and done by mistake it ends VMs",
                    "see what it would do with --dry-run",
                    "add --yes if you are sure");
        }
        write(client, call, true);
        program().note(title);
        if (program().asks() && !confirmedBy(name)) {
            return ExitCode.FAILED;
        }
        return atOnce(client, call, answer -> told(effects.apply(answer)));
    }

    /** Refuses a change for which nobody has said why. */
    final void requireReason(String what) {
        if (program().reason().isBlank()) {
            throw CommandException.of(
                    ExitCode.USAGE,
                    "'" + spec().qualifiedName() + "' needs a reason; nothing was changed",
                    "whoever reads the events later has to know " + what,
                    "add --reason TEXT");
        }
    }

    private static List<String> told(List<String> effects) {
        return effects.isEmpty() ? List.of("it was so already") : effects;
    }

    private <T extends Message> ExitCode dryRun(String title, T answer) {
        print(answer, List.of("would be done: " + title));
        program().note("nothing was changed; without --dry-run it is done");
        return ExitCode.DONE;
    }

    private <T extends Message> ExitCode follow(ClusterClient client, Change<T> change, T answer, boolean wait) {
        OperationRecord started = change.operation.apply(answer);
        if (!wait || started.getId().isEmpty()) {
            String state = started.getId().isEmpty()
                    ? "done"
                    : Words.title(started) + ": " + Words.of(started.getState()) + ", operation " + started.getId();
            print(answer, List.of(state));
            if (!started.getId().isEmpty()) {
                program().note("watch it: drover op watch " + started.getId());
            }
            return ExitCode.DONE;
        }
        OperationRecord ended = new OperationWatch(program(), client).untilEnd(started.getId());
        Printer printer = program().printer();
        T last = change.withOperation.apply(answer, ended);
        printer.print(() -> ProtoJson.tree(last), () -> OperationView.steps(ended, printer.colours()));
        return OperationWatch.verdict(program(), ended);
    }

    private <T extends Message> void print(T answer, List<String> lines) {
        program().printer().print(() -> ProtoJson.tree(answer), () -> lines);
    }

    private <T extends Message> T call(ClusterClient client, Change<T> change, boolean dry) {
        return write(client, change.call, dry, change.within);
    }

    private <T> T write(
            ClusterClient client, BiFunction<ClusterServiceBlockingStub, RequestContext, T> call, boolean dry) {
        return write(client, call, dry, ClusterClient.WRITE_TRY);
    }

    private <T> T write(
            ClusterClient client,
            BiFunction<ClusterServiceBlockingStub, RequestContext, T> call,
            boolean dry,
            Duration within) {
        RequestContext context = RequestContext.newBuilder()
                .setActor(program().surroundings().account())
                .setReason(program().reason())
                .setDryRun(dry)
                .setRequestId(UUID.randomUUID().toString())
                .build();
        return client.write(stub -> call.apply(stub, context), within);
    }

    private boolean confirmedBy(String name) {
        return agreed(answerTo("to do it, type " + name + ": ").equals(name));
    }
}
