package io.drover.api;

import io.drover.api.ClusterAccess.Submitted;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.proto.v1.CompatibilityReport;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MigrateVmResponse;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.Objection;
import io.drover.proto.v1.Plan;
import io.drover.proto.v1.PlannedMove;
import io.drover.proto.v1.Severity;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Answers requests to move a VM, as the coordinator. The plan is made without the hosts; they are asked about it after
 * that, for a dry run and for a move whose kind is to be found out. Any thread.
 */
final class VmMoves {
    private final ClusterAccess cluster;

    VmMoves(ClusterAccess cluster) {
        this.cluster = cluster;
    }

    /**
     * Plans a move, or begins it.
     *
     * @throws ProblemException if the request makes no sense
     */
    CompletionStage<MigrateVmResponse> migrate(MigrateVmRequest request) {
        if (request.getAutomatic()) {
            return automatic(request);
        }
        CompletionStage<Submitted> submitted = cluster.submit(RequestCodec.migrate(request));
        if (!request.getContext().getDryRun()) {
            return submitted.thenApply(VmMoves::answer);
        }
        return submitted.thenCompose(planned -> asked(request, planned));
    }

    private static MigrateVmResponse answer(Submitted submitted) {
        MigrateVmResponse.Builder answer =
                MigrateVmResponse.newBuilder().setPlan(RequestCodec.toProto(submitted.plan()));
        submitted.operation().ifPresent(answer::setOperation);
        return answer.build();
    }

    /** A plan, with what the hosts say of it. */
    private CompletionStage<MigrateVmResponse> asked(MigrateVmRequest request, Submitted planned) {
        MigrateVmResponse answer = answer(planned);
        return CompatibilityReports.of(answer.getPlan(), request, cluster::agent)
                .thenApply(report -> report.map(
                                each -> answer.toBuilder().setReport(each).build())
                        .orElse(answer));
    }

    // ---- automatic

    private CompletionStage<MigrateVmResponse> automatic(MigrateVmRequest request) {
        MigrateVmRequest.Builder live = as(request, MoveKind.MOVE_KIND_LIVE);
        live.getContextBuilder().setDryRun(true);
        MigrateVmRequest question = live.build();
        return cluster.submit(RequestCodec.migrate(question))
                .<CompletionStage<MigrateVmResponse>>handle((planned, failure) ->
                        failure == null ? planned(request, question, planned) : unplanned(request, failure))
                .thenCompose(Function.identity());
    }

    private static MigrateVmRequest.Builder as(MigrateVmRequest request, MoveKind kind) {
        return request.toBuilder().setAutomatic(false).setKind(kind);
    }

    /** The records do not let it move live: the hosts need not be asked. */
    private CompletionStage<MigrateVmResponse> unplanned(MigrateVmRequest request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof ProblemException refused
                        && refused.problem().kind() == ProblemKind.REFUSED
                        && isPermitted(request)
                ? otherwise(request, refused.problem().why())
                : CompletableFuture.failedFuture(cause);
    }

    private static boolean isPermitted(MigrateVmRequest request) {
        return request.getOtherwise() != MoveKind.MOVE_KIND_UNSPECIFIED;
    }

    private CompletionStage<MigrateVmResponse> planned(
            MigrateVmRequest request, MigrateVmRequest question, Submitted planned) {
        // With an operation, this is a copy of a request whose answer was lost: it is decided.
        return planned.operation().isPresent()
                ? CompletableFuture.completedFuture(answer(planned))
                : asked(question, planned).thenCompose(said -> decided(request, question, said));
    }

    private CompletionStage<MigrateVmResponse> decided(
            MigrateVmRequest request, MigrateVmRequest question, MigrateVmResponse said) {
        List<Objection> objections = objections(request.getVm(), said.getReport());
        if (!objections.isEmpty() && isPermitted(request)) {
            return otherwise(request, objections.get(0).getText());
        }
        if (request.getContext().getDryRun()) {
            return CompletableFuture.completedFuture(said);
        }
        if (!objections.isEmpty()) {
            return CompletableFuture.failedFuture(refused(request.getVm(), objections));
        }
        MigrateVmRequest.Builder live = question.toBuilder();
        live.getContextBuilder().setDryRun(false);
        // The hosts were asked about this target.
        targetOf(request.getVm(), said.getPlan()).ifPresent(live::setTarget);
        return cluster.submit(RequestCodec.migrate(live.build())).thenApply(VmMoves::answer);
    }

    /** By which a move of a VM would fail, in the order in which they were told. */
    static List<Objection> objections(String vm, CompatibilityReport report) {
        return report.getObjectionsList().stream()
                .filter(each -> each.getVm().equals(vm) && each.getSeverity() == Severity.SEVERITY_ERROR)
                .toList();
    }

    /** Where a plan sends a VM; empty if it stays on its node. */
    private static Optional<String> targetOf(String vm, Plan plan) {
        return plan.getMovesList().stream()
                .filter(move -> move.getVm().equals(vm) && !move.getTarget().equals(move.getSource()))
                .map(PlannedMove::getTarget)
                .findFirst();
    }

    private static ProblemException refused(String vm, List<Objection> objections) {
        return new ProblemException(Problem.of(
                ProblemKind.REFUSED,
                "VM '" + vm + "' is not migrated",
                "it would not move live: "
                        + String.join(
                                "; ",
                                objections.stream().map(Objection::getText).toList()),
                objections.get(0).getRemedy(),
                "or say how it may move instead: --otherwise restart"));
    }

    /** Moves it as the operator permits, and says in the plan why not live. */
    private CompletionStage<MigrateVmResponse> otherwise(MigrateVmRequest request, String why) {
        MigrateVmRequest next = as(request, request.getOtherwise()).build();
        return cluster.submit(RequestCodec.migrate(next)).thenApply(submitted -> {
            MigrateVmResponse.Builder answer = answer(submitted).toBuilder();
            answer.getPlanBuilder().getMovesBuilderList().stream()
                    .filter(move -> move.getVm().equals(request.getVm()))
                    .forEach(move -> move.setReason(move.getReason() + "; not live: " + why));
            return answer.build();
        });
    }
}
