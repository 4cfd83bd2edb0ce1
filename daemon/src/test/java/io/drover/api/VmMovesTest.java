package io.drover.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.api.ClusterAccess.Submitted;
import io.drover.engine.coordinator.Plan;
import io.drover.engine.coordinator.Request;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.model.VmId;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MigrateVmResponse;
import io.drover.proto.v1.Objection;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.Severity;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which requests a coordinator is given, by what the hosts say. */
class VmMovesTest {
    private static final OperationRecord OPERATION =
            OperationRecord.newBuilder().setId("1-1").build();

    private final List<Request.MigrateVm> submitted = new CopyOnWriteArrayList<>();
    private volatile boolean isLiveRefused;
    private volatile boolean isRepeated;
    private SourceAgent agent;
    private VmMoves moves;

    @BeforeEach
    void serve() throws IOException {
        agent = new SourceAgent();
        moves = new VmMoves((ClusterAccess) Proxy.newProxyInstance(
                VmMovesTest.class.getClassLoader(),
                new Class<?>[] {ClusterAccess.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "submit" -> submit((Request.MigrateVm) arguments[0]);
                    case "agent" -> Optional.of(agent.channel());
                    default -> throw new AssertionError("not asked: " + method);
                }));
    }

    @AfterEach
    void end() {
        agent.close();
    }

    /** As a coordinator that sends it to b, if nobody says where. */
    private CompletionStage<Submitted> submit(Request.MigrateVm request) {
        submitted.add(request);
        if (isLiveRefused && request.kind() == MoveKind.LIVE) {
            return CompletableFuture.failedFuture(new ProblemException(
                    Problem.of(ProblemKind.REFUSED, "VM 'web' is not migrated", "it cannot move live", "")));
        }
        Plan.Move move = new Plan.Move(
                request.vm(),
                request.kind(),
                new NodeId("a"),
                request.target().orElse(new NodeId("b")),
                1,
                "most memory free");
        boolean isBegun = isRepeated || !request.context().dryRun();
        return CompletableFuture.completedFuture(new Submitted(
                isBegun ? Optional.of(OPERATION) : Optional.empty(), new Plan(List.of(move), List.of()), List.of()));
    }

    private MigrateVmResponse migrate(MigrateVmRequest.Builder request) {
        return moves.migrate(request.setVm("web").build()).toCompletableFuture().join();
    }

    private static MigrateVmRequest.Builder plain() {
        return MigrateVmRequest.newBuilder().setKind(io.drover.proto.v1.MoveKind.MOVE_KIND_LIVE);
    }

    private static MigrateVmRequest.Builder automatic() {
        return MigrateVmRequest.newBuilder().setAutomatic(true);
    }

    private static MigrateVmRequest.Builder orRestart() {
        return automatic().setOtherwise(io.drover.proto.v1.MoveKind.MOVE_KIND_RESTART);
    }

    private static MigrateVmRequest.Builder dry(MigrateVmRequest.Builder request) {
        return request.setContext(RequestContext.newBuilder().setDryRun(true));
    }

    private static Objection objection(String vm, Severity severity) {
        return Objection.newBuilder()
                .setVm(vm)
                .setProblem("INCOMPATIBLE_CPU")
                .setText("the processor lacks features")
                .setRemedy("choose another host")
                .setSeverity(severity)
                .build();
    }

    private List<String> requests() {
        return submitted.stream()
                .map(each -> each.kind()
                        + (each.context().dryRun() ? " dry" : "")
                        + each.target().map(target -> " to " + target).orElse(""))
                .toList();
    }

    @Test
    void aDryRunIsAnsweredWithWhatTheHostsSayAndAMoveWithoutAskingThem() {
        agent.said = List.of(objection("web", Severity.SEVERITY_ERROR));
        MigrateVmResponse planned = migrate(dry(plain()));
        assertThat(planned.getReport().getObjectionsList()).isEqualTo(agent.said);
        assertThat(planned.getPlan().getMovesList()).hasSize(1);
        MigrateVmResponse begun = migrate(plain());
        assertThat(begun.hasReport()).isFalse();
        assertThat(begun.getOperation()).isEqualTo(OPERATION);
        assertThat(requests()).containsExactly("LIVE dry", "LIVE");
    }

    @Test
    void automaticIsLiveToTheTargetThatWasAskedWhereNothingWouldFail() {
        agent.said = List.of(objection("web", Severity.SEVERITY_WARNING), objection("db", Severity.SEVERITY_ERROR));
        assertThat(migrate(orRestart()).getOperation()).isEqualTo(OPERATION);
        assertThat(requests()).containsExactly("LIVE dry", "LIVE to b");
    }

    @Test
    void automaticIsAsPermittedWhereAHostObjectsAndSaysWhy() {
        agent.said = List.of(objection("web", Severity.SEVERITY_ERROR));
        MigrateVmResponse begun = migrate(orRestart());
        assertThat(begun.getPlan().getMoves(0).getReason())
                .isEqualTo("most memory free; not live: the processor lacks features");
        assertThat(requests()).containsExactly("LIVE dry", "RESTART");
    }

    @Test
    void automaticIsRefusedWhereAHostObjectsAndNothingElseIsPermitted() {
        agent.said = List.of(objection("web", Severity.SEVERITY_ERROR));
        assertThatThrownBy(() -> migrate(automatic()))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(ProblemException.class, refusal -> {
                    assertThat(refusal.problem().kind()).isEqualTo(ProblemKind.REFUSED);
                    assertThat(refusal.problem().why()).contains("the processor lacks features");
                    assertThat(refusal.problem().remedies()).contains("choose another host");
                });
        assertThat(requests()).containsExactly("LIVE dry");
    }

    @Test
    void aVmThatCannotMoveLiveByItsRecordIsMovedAsPermittedOrRefused() {
        isLiveRefused = true;
        assertThat(migrate(orRestart()).getPlan().getMoves(0).getReason()).endsWith("not live: it cannot move live");
        assertThat(requests()).containsExactly("LIVE dry", "RESTART");
        assertThatThrownBy(() -> migrate(automatic())).hasMessageContaining("it cannot move live");
    }

    @Test
    void aDryRunOfAnAutomaticMoveBeginsNothing() {
        assertThat(migrate(dry(orRestart())).getPlan().getMoves(0).getKind())
                .isEqualTo(io.drover.proto.v1.MoveKind.MOVE_KIND_LIVE);
        agent.said = List.of(objection("web", Severity.SEVERITY_ERROR));
        assertThat(migrate(dry(orRestart())).getPlan().getMoves(0).getKind())
                .isEqualTo(io.drover.proto.v1.MoveKind.MOVE_KIND_RESTART);
        assertThat(migrate(dry(automatic())).getReport().getObjectionsList()).isEqualTo(agent.said);
        assertThat(submitted).allMatch(request -> request.context().dryRun());
    }

    @Test
    void aCopyOfARequestThatWasDecidedIsNotDecidedAgain() {
        isRepeated = true;
        agent.said = List.of(objection("web", Severity.SEVERITY_ERROR));
        assertThat(migrate(orRestart()).getOperation()).isEqualTo(OPERATION);
        assertThat(requests()).containsExactly("LIVE dry");
        assertThat(submitted.get(0).vm()).isEqualTo(new VmId("web"));
    }
}
