package io.drover.api;

import io.drover.model.NodeId;
import io.drover.proto.v1.CheckMigrationRequest;
import io.drover.proto.v1.CheckMigrationResponse;
import io.drover.proto.v1.CompatibilityReport;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MigrationServiceGrpc;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.Objection;
import io.drover.proto.v1.Plan;
import io.drover.proto.v1.PlannedMove;
import io.drover.proto.v1.Severity;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What the hosts have against a plan, gathered from the agents of its sources. Nothing is decided by it, and an agent that
 * does not answer is an objection, not a failure. Any thread.
 */
final class CompatibilityReports {
    /** Below the time after which a caller's patience, and that of an agent that passes its call on, ends. */
    static final Duration LIMIT = Duration.ofSeconds(18);

    /** Moves of one plan about which the hosts are asked: they are asked at the same time. */
    static final int ASKED_MAX = 32;

    private static final int RESPONSE_BYTES_MAX = 256 << 10;
    private static final String NOT_KNOWN = "NOT_KNOWN";

    private CompatibilityReports() {}

    /**
     * What the hosts say of the live moves of a plan; empty if it has none. The stage never fails.
     *
     * @param request for whose VM the files move where it says
     * @param agents the channels to nodes' agents
     */
    static CompletionStage<Optional<CompatibilityReport>> of(
            Plan plan, MigrateVmRequest request, Function<NodeId, Optional<Channel>> agents) {
        return of(plan, request, agents, LIMIT);
    }

    /** With another time that agents have. */
    static CompletionStage<Optional<CompatibilityReport>> of(
            Plan plan, MigrateVmRequest request, Function<NodeId, Optional<Channel>> agents, Duration limit) {
        List<PlannedMove> live = plan.getMovesList().stream()
                .filter(move -> move.getKind() == MoveKind.MOVE_KIND_LIVE)
                .toList();
        if (live.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletionStage<List<Objection>> all = CompletableFuture.completedFuture(List.of());
        for (PlannedMove move : live.subList(0, Math.min(ASKED_MAX, live.size()))) {
            all = all.thenCombine(ask(move, request, agents, limit), CompatibilityReports::both);
        }
        for (PlannedMove move : live.subList(Math.min(ASKED_MAX, live.size()), live.size())) {
            Objection unasked = notKnown(
                    move, "the hosts are asked about " + ASKED_MAX + " moves of a plan", "move fewer at a time");
            all = all.thenApply(before -> both(before, List.of(unasked)));
        }
        return all.thenApply(objections -> Optional.of(
                CompatibilityReport.newBuilder().addAllObjections(objections).build()));
    }

    private static List<Objection> both(List<Objection> before, List<Objection> more) {
        List<Objection> all = new ArrayList<>(before);
        all.addAll(more);
        return all;
    }

    private static CompletionStage<List<Objection>> ask(
            PlannedMove move, MigrateVmRequest request, Function<NodeId, Optional<Channel>> agents, Duration limit) {
        Optional<Channel> agent = agents.apply(new NodeId(move.getSource()));
        if (agent.isEmpty()) {
            return CompletableFuture.completedFuture(List.of(silent(move, "it has no session")));
        }
        CheckMigrationRequest.Builder question =
                CheckMigrationRequest.newBuilder().setVm(move.getVm()).setTarget(move.getTarget());
        if (move.getVm().equals(request.getVm())) {
            question.setStorage(request.getStorage());
        }
        Answer answer = new Answer(move);
        MigrationServiceGrpc.newStub(agent.get())
                .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)
                .withMaxInboundMessageSize(RESPONSE_BYTES_MAX)
                .checkMigration(question.build(), answer);
        return answer.said;
    }

    private static Objection silent(PlannedMove move, String why) {
        return notKnown(
                move,
                "the agent of node " + move.getSource() + " does not answer: " + why,
                "look at it with: drover node show " + move.getSource());
    }

    private static Objection notKnown(PlannedMove move, String why, String remedy) {
        return Objection.newBuilder()
                .setVm(move.getVm())
                .setSource(move.getSource())
                .setTarget(move.getTarget())
                .setProblem(NOT_KNOWN)
                .setText("not known: " + why)
                .setRemedy(remedy)
                .setSeverity(Severity.SEVERITY_WARNING)
                .build();
    }

    /** One agent's. */
    private static final class Answer implements StreamObserver<CheckMigrationResponse> {
        final CompletableFuture<List<Objection>> said = new CompletableFuture<>();
        private final PlannedMove move;

        Answer(PlannedMove move) {
            this.move = move;
        }

        @Override
        public void onNext(CheckMigrationResponse value) {
            said.complete(value.getObjectionsList());
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            String more = Optional.ofNullable(status.getDescription()).orElse("");
            said.complete(List.of(silent(move, status.getCode() + (more.isEmpty() ? "" : ": " + more))));
        }

        @Override
        public void onCompleted() {
            said.complete(List.of(silent(move, "it ended without a word")));
        }
    }
}
