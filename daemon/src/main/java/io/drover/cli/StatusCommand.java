package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.Printer;
import io.drover.cli.output.StatusView;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.Durations;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.GetStatusResponse;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover status}. */
@Command(
        name = "status",
        description = {
            "Shows the cluster at a glance.",
            "Exit code 0: healthy; 1: degraded; 4: no quorum or no coordinator."
        })
final class StatusCommand extends BaseCommand.Client {
    private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";

    @Option(
            names = "--watch",
            arity = "0..1",
            fallbackValue = "2s",
            paramLabel = "INTERVAL",
            converter = Durations.class,
            description = "Show it again and again, every 2s if nothing else is said, until Ctrl-C.")
    private @Nullable Duration watch;

    @Override
    ExitCode run(ClusterClient client) {
        return watch == null ? once(client) : watch(client, watch);
    }

    private ExitCode once(ClusterClient client) {
        GetStatusResponse status = client.status();
        Printer printer = program().printer();
        printer.print(() -> ProtoJson.tree(status), () -> new StatusView(status, printer.colours()).lines());
        return verdict(status);
    }

    private ExitCode watch(ClusterClient client, Duration interval) {
        Printer printer = program().printer();
        PrintStream out = program().surroundings().out();
        boolean redraw = printer.forPeople() && program().colours();
        ExitCode verdict = ExitCode.DONE;
        // A reader that went away (drover status --watch | head) shows as an error of the stream.
        while (!out.checkError()) {
            try {
                GetStatusResponse status = client.status();
                verdict = verdict(status);
                if (redraw) {
                    out.print(HOME_AND_CLEAR);
                }
                printer.printNext(
                        () -> ProtoJson.tree(status), () -> new StatusView(status, printer.colours()).lines());
                if (printer.forPeople() && !redraw) {
                    out.println();
                }
            } catch (CommandException e) {
                verdict = e.code();
                program().note(e.text());
            }
            if (!pause(interval)) {
                return verdict;
            }
        }
        return verdict;
    }

    /** Waits; false if the thread was interrupted. */
    private static boolean pause(Duration interval) {
        try {
            return !new CountDownLatch(1).await(interval.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ExitCode verdict(GetStatusResponse status) {
        return switch (status.getHealth()) {
            case CLUSTER_HEALTH_HEALTHY -> ExitCode.DONE;
            case CLUSTER_HEALTH_NO_COORDINATOR -> ExitCode.NO_COORDINATOR;
            case CLUSTER_HEALTH_DEGRADED, CLUSTER_HEALTH_UNSPECIFIED, UNRECOGNIZED -> ExitCode.FAILED;
        };
    }
}
