package io.drover.cli;

import io.drover.cli.client.AgentList;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.Durations;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.HostServiceGrpc;
import io.drover.proto.v1.LeaveRequest;
import io.drover.proto.v1.LeaveResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover node leave}. */
@Command(
        name = "leave",
        description = {
            "Tells this host's agent that the host shuts down, and waits until its VMs have left; for the scripts that run"
                    + " before a shutdown.",
            "Exit code: 0 nothing is left here; 5 the limit passed and something is left; 6 the agent does not answer."
        })
final class NodeLeaveCommand extends BaseCommand {
    private static final Duration ASK_EVERY = Duration.ofMillis(500);

    /** An agent that has been silent for so long is not about to come back. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The configuration file of this host's agent.")
    private @Nullable Path config;

    @Option(
            names = "--limit",
            paramLabel = "DURATION",
            converter = Durations.class,
            description = "Wait no longer than this. Default: 10m.")
    private Duration limit = Duration.ofMinutes(10);

    @Option(names = "--stay", description = "The shutdown was called off: the node is in service again.")
    private boolean stay;

    @Override
    ExitCode run() {
        Quiet.libraries(program().surroundings());
        try (ClusterClient client = client()) {
            return stay ? stay(client) : leave(client);
        }
    }

    private ClusterClient client() {
        Path file = RequiredPath.of(config);
        try {
            String address = Drover.services().agentAddress(file);
            return program()
                    .client(AgentList.find(Optional.of(address), program().surroundings()));
        } catch (IllegalArgumentException e) {
            throw CommandException.of(
                    ExitCode.USAGE,
                    "the configuration is not accepted",
                    String.valueOf(e.getMessage()),
                    "name the file that the agent of this host was started with");
        }
    }

    private ExitCode stay(ClusterClient client) {
        LeaveResponse answer = ask(client);
        program().note(answer.getNode() + " is in service again");
        return ExitCode.DONE;
    }

    private ExitCode leave(ClusterClient client) {
        long end = System.nanoTime() + limit.toNanos();
        long heard = System.nanoTime();
        LeaveResponse last = LeaveResponse.getDefaultInstance();
        while (true) {
            Optional<LeaveResponse> answer = tryAsk(client, heard);
            if (answer.isPresent()) {
                heard = System.nanoTime();
                tellChange(last, answer.get());
                last = answer.get();
                if (last.getVmsCount() == 0 && last.getNoted()) {
                    program().note(last.getNode() + ": nothing is left here");
                    return ExitCode.DONE;
                }
            }
            if (System.nanoTime() - end >= 0) {
                throw tooLate(last);
            }
            pause();
        }
    }

    /** An agent that is being started again is waited for. */
    private Optional<LeaveResponse> tryAsk(ClusterClient client, long heard) {
        try {
            return Optional.of(ask(client));
        } catch (CommandException e) {
            if (e.code() != ExitCode.UNREACHABLE || System.nanoTime() - heard > SILENCE.toNanos()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void tellChange(LeaveResponse before, LeaveResponse now) {
        if (now.getVmsCount() > 0 && !now.getVmsList().equals(before.getVmsList())) {
            program().note(now.getNode() + ": " + now.getVmsCount() + " left: " + String.join(", ", now.getVmsList()));
        }
    }

    private CommandException tooLate(LeaveResponse last) {
        String why = last.getVmsCount() > 0
                ? "still here: " + String.join(", ", last.getVmsList())
                : "no coordinator has taken note that it shuts down";
        boolean isHeard = !last.getNode().isEmpty();
        return CommandException.of(
                ExitCode.DEADLINE,
                (isHeard ? last.getNode() : "this host") + " is not empty after " + limit.toSeconds() + " s",
                isHeard ? why : "its agent has not answered",
                "drover status");
    }

    private LeaveResponse ask(ClusterClient client) {
        LeaveRequest request = LeaveRequest.newBuilder().setStays(stay).build();
        // Only this host's agent is asked, but by the same rules as any other.
        return client.write(stub -> HostServiceGrpc.newBlockingStub(stub.getChannel())
                .withDeadline(stub.getCallOptions().getDeadline())
                .leave(request));
    }

    private static void pause() {
        try {
            // Nobody ends this wait but the time.
            boolean unused = new CountDownLatch(1).await(ASK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.of(ExitCode.FAILED, "interrupted; the node goes on leaving", "");
        }
    }
}
