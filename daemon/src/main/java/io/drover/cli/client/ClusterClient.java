package io.drover.cli.client;

import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.drover.proto.v1.GetStatusRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.Problem;
import io.drover.proto.v1.ProblemKind;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Asks the cluster through whichever of its agents answers, and remembers that one. Used by one thread; {@link #close}
 * may come from another.
 */
public final class ClusterClient implements AutoCloseable {
    private static final String SILENT = "no answer within 2 s";
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration LAST_CHANCE = Duration.ofSeconds(3);
    private static final Duration READ_TRY = Duration.ofSeconds(5);

    /** How long one agent has for a change, usually. */
    public static final Duration WRITE_TRY = Duration.ofSeconds(10);

    private static final Duration STREAM_WINDOW = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final List<AgentConnection> connections = new ArrayList<>();
    private final String origin;
    private final Duration patience;
    private final Consumer<String> notes;
    private final CountDownLatch closed = new CountDownLatch(1);
    private int current;

    /**
     * A client that has not connected yet.
     *
     * @param agents whom to ask
     * @param patience how long a change waits for a coordinator, and a watch for its agent to come back
     * @param notes told, in a sentence, when a watch goes on with another agent
     */
    public ClusterClient(AgentList agents, Duration patience, Consumer<String> notes) {
        agents.agents().forEach(agent -> connections.add(new AgentConnection(agent)));
        this.origin = agents.origin();
        this.patience = patience;
        this.notes = notes;
    }

    /**
     * The status as the best informed agent sees it: one that knows a coordinator is preferred to one that does not.
     *
     * @throws CommandException if no agent answers
     */
    public GetStatusResponse status() {
        List<Problem> problems = new ArrayList<>();
        return round(
                        stub -> stub.getStatus(GetStatusRequest.getDefaultInstance()),
                        READ_TRY,
                        problems,
                        status -> status.getHealth() != ClusterHealth.CLUSTER_HEALTH_NO_COORDINATOR)
                .orElseThrow(() -> failure(problems));
    }

    /**
     * Makes a call that changes nothing: each agent is asked once.
     *
     * @throws CommandException if it is refused, or no agent can answer it
     */
    public <T> T read(Function<ClusterServiceBlockingStub, T> call) {
        List<Problem> problems = new ArrayList<>();
        return round(call, READ_TRY, problems, answer -> true).orElseThrow(() -> failure(problems));
    }

    /**
     * Makes a call that changes something. While there is no coordinator it is repeated as long as the patience lasts;
     * every try must carry the same request id.
     *
     * @throws CommandException if it is refused, or no agent can answer it
     */
    public <T> T write(Function<ClusterServiceBlockingStub, T> call) {
        return write(call, WRITE_TRY);
    }

    /**
     * As {@link #write(Function)}, for a change that may take another time.
     *
     * @param within how long one agent has for it, no longer than the patience
     * @throws CommandException if it is refused, or no agent can answer it
     */
    public <T> T write(Function<ClusterServiceBlockingStub, T> call, Duration within) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            List<Problem> problems = new ArrayList<>();
            Optional<T> answer = round(call, shorter(within, patience), problems, any -> true);
            if (answer.isPresent()) {
                return answer.get();
            }
            CommandException failure = failure(problems);
            if (failure.code() == ExitCode.UNREACHABLE || System.nanoTime() >= end) {
                throw failure;
            }
            pause();
        }
    }

    /**
     * Follows a stream, and goes on with another agent when one is lost.
     *
     * @param open opens the stream; called again after each loss, and every half minute so that a frozen agent is noticed
     * @param more takes each message; false ends the stream
     * @throws CommandException if it is refused, or no agent can be asked for as long as the patience lasts
     */
    public <T> void follow(Function<ClusterServiceBlockingStub, Iterator<T>> open, Predicate<T> more) {
        long lastHeard = System.nanoTime();
        while (true) {
            AgentConnection connection = connections.get(current);
            Follower<T> follower = new Follower<>(more);
            List<Problem> problems = new ArrayList<>();
            attempt(connection, stub -> follower.run(open.apply(stub)), STREAM_WINDOW, CONNECT, problems);
            if (follower.ended) {
                return;
            }
            if (problems.isEmpty()) {
                problems.add(unreachable(connection, "the agent ended the stream"));
            }
            boolean windowPassed = problems.get(0).getKind() == ProblemKind.PROBLEM_KIND_FAILED;
            if (follower.heard || windowPassed) {
                lastHeard = System.nanoTime();
            } else if (System.nanoTime() - lastHeard > patience.toNanos()) {
                throw failure(problems);
            }
            if (windowPassed && follower.heard) {
                continue;
            }
            current = (current + 1) % connections.size();
            if (!windowPassed) {
                tellOfLoss(connection, follower.heard);
                pause();
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        connections.forEach(AgentConnection::drop);
    }

    private static final class Follower<T> {
        private final Predicate<T> more;
        private boolean heard;
        private boolean ended;

        Follower(Predicate<T> more) {
            this.more = more;
        }

        Boolean run(Iterator<T> messages) {
            while (messages.hasNext()) {
                heard = true;
                if (!more.test(messages.next())) {
                    ended = true;
                    return true;
                }
            }
            return false;
        }
    }

    private void tellOfLoss(AgentConnection lost, boolean wasHeard) {
        if (wasHeard) {
            notes.accept("lost contact with agent " + lost.address() + ", going on with "
                    + connections.get(current).address());
        }
    }

    /**
     * Asks the agents in turn. Where none has answered and some have not even been connected to, they are given a last
     * chance together: it may be this machine that is slow.
     *
     * @param best whether an answer is good enough not to ask the others
     */
    private <T> Optional<T> round(
            Function<ClusterServiceBlockingStub, T> call, Duration limit, List<Problem> problems, Predicate<T> best) {
        Optional<T> answer = pass(call, limit, CONNECT, problems, best);
        if (answer.isEmpty()
                && problems.stream().anyMatch(problem -> problem.getWhy().equals(SILENT))) {
            problems.clear();
            answer = pass(call, limit, LAST_CHANCE.dividedBy(connections.size()), problems, best);
        }
        return answer;
    }

    private <T> Optional<T> pass(
            Function<ClusterServiceBlockingStub, T> call,
            Duration limit,
            Duration connect,
            List<Problem> problems,
            Predicate<T> best) {
        Optional<T> secondBest = Optional.empty();
        int first = current;
        for (int i = 0; i < connections.size(); i++) {
            int index = (first + i) % connections.size();
            Optional<T> answer = attempt(connections.get(index), call, limit, connect, problems);
            if (answer.filter(best).isPresent()) {
                current = index;
                return answer;
            }
            if (secondBest.isEmpty() && answer.isPresent()) {
                current = index;
                secondBest = answer;
            }
        }
        return secondBest;
    }

    /** One call to one agent. Empty, with the problem noted, if another agent is worth a try. */
    private <T> Optional<T> attempt(
            AgentConnection connection,
            Function<ClusterServiceBlockingStub, T> call,
            Duration limit,
            Duration connect,
            List<Problem> problems) {
        try {
            Optional<ClusterServiceBlockingStub> stub = connection.stub(connect);
            if (stub.isEmpty()) {
                problems.add(unreachable(connection, SILENT));
                return Optional.empty();
            }
            return Optional.of(call.apply(stub.get().withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)));
        } catch (StatusRuntimeException e) {
            Problem problem = Problems.of(e, connection.address());
            if (!Problems.worthAnotherTry(e, problem)) {
                throw CommandException.of(problem);
            }
            if (!Problems.silent(e)) {
                connection.drop();
            }
            problems.add(problem);
            return Optional.empty();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private CommandException failure(List<Problem> problems) {
        @Nullable Problem worst = null;
        StringBuilder contacts = new StringBuilder();
        for (Problem problem : problems) {
            if (problem.getKind() != ProblemKind.PROBLEM_KIND_UNREACHABLE) {
                worst = worst == null || problem.getKind() == ProblemKind.PROBLEM_KIND_NO_COORDINATOR ? problem : worst;
            }
            contacts.append(contacts.length() == 0 ? "" : "\n")
                    .append(problem.getWhat())
                    .append(": ")
                    .append(problem.getWhy());
        }
        if (worst == null) {
            return CommandException.of(
                    ExitCode.UNREACHABLE,
                    "no agent could be reached",
                    contacts + "\nthe list comes from " + origin,
                    "check that the agents run and that this machine reaches them",
                    "name other agents with --agents HOST:PORT,...");
        }
        if (worst.getKind() == ProblemKind.PROBLEM_KIND_FAILED) {
            return CommandException.of(
                    ExitCode.FAILED,
                    worst.getWhat(),
                    "whether a change that was asked for is made is not known",
                    "look with: drover status, drover op list",
                    "give it more time with --timeout");
        }
        return CommandException.of(worst);
    }

    private static Problem unreachable(AgentConnection connection, String why) {
        return Problem.newBuilder()
                .setKind(ProblemKind.PROBLEM_KIND_UNREACHABLE)
                .setWhat("agent " + connection.address())
                .setWhy(why)
                .build();
    }

    private void pause() {
        try {
            if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw interrupted();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static CommandException interrupted() {
        Thread.currentThread().interrupt();
        return CommandException.of(ExitCode.FAILED, "the command was interrupted", "");
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
