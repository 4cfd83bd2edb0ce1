package io.drover.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.NodeId;
import io.drover.proto.v1.CheckMigrationRequest;
import io.drover.proto.v1.CompatibilityReport;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.Objection;
import io.drover.proto.v1.Plan;
import io.drover.proto.v1.PlannedMove;
import io.drover.proto.v1.Severity;
import io.drover.proto.v1.StoragePlan;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator is told of the hosts, by agents that answer, refuse, or are silent. */
class CompatibilityReportsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final StoragePlan FILES =
            StoragePlan.newBuilder().setFolder("/new").build();

    private SourceAgent agent;

    @BeforeEach
    void serve() throws IOException {
        agent = new SourceAgent();
    }

    @AfterEach
    void end() {
        agent.close();
    }

    private static PlannedMove move(String vm, MoveKind kind) {
        return PlannedMove.newBuilder()
                .setVm(vm)
                .setKind(kind)
                .setSource("a")
                .setTarget("b")
                .build();
    }

    private static Plan plan(PlannedMove... moves) {
        return Plan.newBuilder().addAllMoves(List.of(moves)).build();
    }

    private Optional<CompatibilityReport> report(Plan plan, Function<NodeId, Optional<Channel>> agents) {
        MigrateVmRequest request =
                MigrateVmRequest.newBuilder().setVm("web").setStorage(FILES).build();
        return CompatibilityReports.of(plan, request, agents, agent.isSilent ? SHORT : CompatibilityReports.LIMIT)
                .toCompletableFuture()
                .join();
    }

    private CompatibilityReport report(PlannedMove... moves) {
        return report(plan(moves), node -> Optional.of(agent.channel())).orElseThrow();
    }

    private static void isNotKnown(CompatibilityReport report, String why) {
        assertThat(report.getObjectionsList()).singleElement().satisfies(each -> {
            assertThat(each.getProblem()).isEqualTo("NOT_KNOWN");
            assertThat(each.getText()).startsWith("not known: ").contains(why);
            assertThat(each.getSeverity()).isEqualTo(Severity.SEVERITY_WARNING);
            assertThat(each.getVm()).isEqualTo("web");
            assertThat(each.getSource()).isEqualTo("a");
            assertThat(each.getTarget()).isEqualTo("b");
            assertThat(each.getRemedy()).contains("drover node show a");
        });
    }

    @Test
    void whatTheSourceSaysIsPassedOnAsItIs() {
        agent.said = List.of(Objection.newBuilder()
                .setProblem("INCOMPATIBLE_CPU")
                .setVm("web")
                .build());
        assertThat(report(move("web", MoveKind.MOVE_KIND_LIVE)).getObjectionsList())
                .isEqualTo(agent.said);
    }

    @Test
    void hostsThatHaveNothingAgainstItAreAReportToo() {
        assertThat(report(move("web", MoveKind.MOVE_KIND_LIVE))).isEqualTo(CompatibilityReport.getDefaultInstance());
    }

    @Test
    void eachLiveMoveIsAskedAboutAndFilesMoveForTheVmThatWasNamedOnly() {
        var unused = report(
                move("web", MoveKind.MOVE_KIND_LIVE),
                move("db", MoveKind.MOVE_KIND_LIVE),
                move("old", MoveKind.MOVE_KIND_RESTART));
        assertThat(agent.asked)
                .containsExactlyInAnyOrder(
                        CheckMigrationRequest.newBuilder()
                                .setVm("web")
                                .setTarget("b")
                                .setStorage(FILES)
                                .build(),
                        CheckMigrationRequest.newBuilder()
                                .setVm("db")
                                .setTarget("b")
                                .build());
    }

    @Test
    void whereNothingMovesLiveNobodyIsAsked() {
        assertThat(report(plan(move("web", MoveKind.MOVE_KIND_RESTART)), node -> Optional.of(agent.channel())))
                .isEmpty();
        assertThat(agent.asked).isEmpty();
    }

    @Test
    void anAgentThatIsSilentIsNotKnownOnceItsTimeIsOver() {
        agent.isSilent = true;
        isNotKnown(report(move("web", MoveKind.MOVE_KIND_LIVE)), "DEADLINE_EXCEEDED");
    }

    @Test
    void anAgentThatCannotBeReachedIsNotKnown() {
        agent.goAway();
        isNotKnown(report(move("web", MoveKind.MOVE_KIND_LIVE)), "UNAVAILABLE");
        isNotKnown(
                report(plan(move("web", MoveKind.MOVE_KIND_LIVE)), node -> Optional.empty())
                        .orElseThrow(),
                "no session");
    }

    @Test
    void anAgentOfAnOlderVersionIsNotKnown() throws IOException {
        Server older = NettyServerBuilder.forPort(0).build().start();
        ManagedChannel toOlder = SourceAgent.channelTo(older);
        try {
            isNotKnown(
                    report(plan(move("web", MoveKind.MOVE_KIND_LIVE)), node -> Optional.of(toOlder))
                            .orElseThrow(),
                    "UNIMPLEMENTED");
        } finally {
            toOlder.shutdownNow();
            older.shutdownNow();
        }
    }

    @Test
    void moreMovesThanAreAskedAboutAreNotKnown() {
        PlannedMove[] moves = new PlannedMove[CompatibilityReports.ASKED_MAX + 1];
        for (int i = 0; i < moves.length; i++) {
            moves[i] = move("vm" + i, MoveKind.MOVE_KIND_LIVE);
        }
        assertThat(report(moves).getObjectionsList()).singleElement().satisfies(each -> {
            assertThat(each.getVm()).isEqualTo("vm" + (moves.length - 1));
            assertThat(each.getProblem()).isEqualTo("NOT_KNOWN");
        });
        assertThat(agent.asked).hasSize(CompatibilityReports.ASKED_MAX);
    }
}
