package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.drover.engine.coordinator.VmSettings;
import io.drover.proto.v1.AddRuleRequest;
import io.drover.proto.v1.AddVoterRequest;
import io.drover.proto.v1.AffinityKind;
import io.drover.proto.v1.ArmRequest;
import io.drover.proto.v1.ClearQuarantineRequest;
import io.drover.proto.v1.ClusterSettingsRecord;
import io.drover.proto.v1.ConfirmNodeDeadRequest;
import io.drover.proto.v1.DisarmRequest;
import io.drover.proto.v1.FailoverPolicy;
import io.drover.proto.v1.FenceNodeRequest;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.ProblemKind;
import io.drover.proto.v1.RemoveNodeRequest;
import io.drover.proto.v1.RemoveRuleRequest;
import io.drover.proto.v1.RemoveVoterRequest;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.SetConfigRequest;
import io.drover.proto.v1.SetVmRequest;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdministrationTest {
    @TempDir
    private Path home;

    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster().status(Samples.status()).plan(Samples.plan());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void everyChangeReachesTheClusterAndTellsItsEffects() {
        Map<String, Class<? extends Message>> commands = Map.of(
                "node fence node1 --yes", FenceNodeRequest.class,
                "node confirm-dead node3 --yes --reason unplugged", ConfirmNodeDeadRequest.class,
                "node clear-quarantine node3", ClearQuarantineRequest.class,
                "node remove node3", RemoveNodeRequest.class,
                "quorum add-voter node4", AddVoterRequest.class,
                "quorum remove-voter node3", RemoveVoterRequest.class,
                "arm", ArmRequest.class,
                "disarm --reason switches", DisarmRequest.class,
                "config set migrationsPerNode=4", SetConfigRequest.class,
                "rules remove shop", RemoveRuleRequest.class);
        commands.forEach((command, request) -> {
            Run.Result result = drover(command);
            assertThat(result.exit()).as(command + "\n" + result.err()).isZero();
            assertThat(result.out()).as(command).isEqualTo(FakeAdministration.EFFECT + "\n");
            assertThat(cluster.requests(request)).as(command).isNotEmpty();
        });
    }

    @Test
    void dryRunsAskTheClusterAndChangeNothing() {
        for (String command : List.of(
                "node fence node1",
                "node confirm-dead node3 --reason unplugged",
                "node remove node3",
                "quorum remove-voter node3 --force",
                "disarm --reason switches",
                "config set migrationsPerNode=4",
                "rules add apart separate sql1 web1",
                "vm set web1 priority=low")) {
            Run.Result result = drover(command + " --dry-run");
            assertThat(result.exit()).as(command).isZero();
            assertThat(result.out()).as(command).startsWith("would be done: ");
            assertThat(result.err()).as(command).contains("nothing was changed");
        }
        assertThat(contexts()).hasSize(8).allMatch(RequestContext::getDryRun);
    }

    @Test
    void fencingSaysWhatEndsAndWantsTheNameTyped() {
        Run.Result no = at("y").drover("node", "fence", "node1");
        assertThat(no.exit()).isEqualTo(1);
        assertThat(no.err()).isEqualTo("""
                        fence node node1 (Paused, heard 0.4 s ago)
                          - the voters promise it nothing more; its fencing device, if it has one, switches it off
                          - these end there without being shut down: web1
                          - once it is proved that it executes nothing, they start on other nodes
                        to do it, type node1: nothing was changed
                        """);
        assertThat(contexts()).extracting(RequestContext::getDryRun).containsExactly(true);
        Run.Result yes = at("node1").drover("node", "fence", "node1", "--reason", "smoke");
        assertThat(yes.exit()).isZero();
        assertThat(contexts()).extracting(RequestContext::getDryRun).containsExactly(true, true, false);
        assertThat(contexts().get(2).getReason()).isEqualTo("smoke");
    }

    @Test
    void whatEndsVmsIsNotDoneUnaskedWithoutATerminal() {
        for (String command : List.of(
                "node fence node1", "node confirm-dead node3 --reason off", "quorum remove-voter node1 --force")) {
            Run.Result result = drover(command);
            assertThat(result.exit()).as(command).isEqualTo(2);
            assertThat(result.err()).as(command).contains("is not done unasked; nothing was changed", "add --yes");
        }
        assertThat(contexts()).isEmpty();
    }

    @Test
    void confirmingADeathNeedsAReasonAndWarnsOfTheSecondCopy() {
        Run.Result without = drover("node confirm-dead node1 --yes");
        assertThat(without.exit()).isEqualTo(2);
        assertThat(without.err()).contains("needs a reason", "how you made sure that node node1 is off");
        assertThat(contexts()).isEmpty();
        Run.Result done = drover("node confirm-dead node1 --yes --force --reason unplugged");
        assertThat(done.exit()).isZero();
        assertThat(done.err())
                .contains("your word is the proof", "these start on other nodes at once: web1", "runs twice");
        assertThat(cluster.requests(ConfirmNodeDeadRequest.class).get(0).getForce())
                .isTrue();
    }

    @Test
    void whereTheClusterIsDisarmedFencingSaysThatVmsWait() {
        cluster.status(Samples.status().toBuilder()
                .setSettings(ClusterSettingsRecord.newBuilder()
                        .setFailover(FailoverPolicy.newBuilder().setDisarmed(true)))
                .build());
        assertThat(drover("node fence node1 --dry-run").out())
                .contains("they start on other nodes, after 'drover arm': the cluster is disarmed");
        assertThat(drover("status").out()).contains("Degraded, quorate, disarmed\n");
    }

    @Test
    void aNodeThatIsNotThereIsNamedBeforeAnythingIsAsked() {
        Run.Result result = drover("node fence node9 --yes");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.err()).contains("unknown node 'node9'", "node1, node2, node3");
        assertThat(contexts()).isEmpty();
    }

    @Test
    void whatIsRefusedIsNotAnnounced() {
        cluster.refuse(
                Status.FAILED_PRECONDITION,
                ProblemKind.PROBLEM_KIND_REFUSED,
                "node 'node1' goes on voting",
                "it is the only one that is to vote",
                "drover quorum add-voter NODE, for a node that is up, first");
        Run.Result result = drover("quorum remove-voter node1 --force --yes");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.err()).startsWith("drover: node 'node1' goes on voting");
        assertThat(contexts()).extracting(RequestContext::getDryRun).containsExactly(true);
    }

    @Test
    void aRefusalOfTheClusterEndsWithThree() {
        cluster.refuse(
                Status.FAILED_PRECONDITION,
                ProblemKind.PROBLEM_KIND_REFUSED,
                "node 'node3' is not removed",
                "it is a voter",
                "drover quorum remove-voter node3");
        Run.Result result = drover("node remove node3");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.err()).isEqualTo("""
                        drover: node 'node3' is not removed
                          why:   it is a voter
                          to do: drover quorum remove-voter node3
                        """);
    }

    @Test
    void disarmingNeedsAReasonAndMayEndByItself() {
        assertThat(drover("disarm --for 2h").exit()).isEqualTo(2);
        assertThat(contexts()).isEmpty();
        Run.Result result = at("y").drover("disarm", "--for", "2h", "--reason", "switches");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).contains("disarm the cluster for 2 h: it fences nobody");
        DisarmRequest request = cluster.requests(DisarmRequest.class).get(1);
        assertThat(request.getLength().getSeconds()).isEqualTo(7200);
        assertThat(request.getContext().getReason()).isEqualTo("switches");
        drover("disarm --reason switches");
        assertThat(cluster.requests(DisarmRequest.class).get(2).hasLength()).isFalse();
    }

    @Test
    void settingsAreShownAsTheyWereAndWillBe() {
        Run.Result result = at("n").drover("config", "set", "lease.duration=", "migrationsPerNode=4");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("""
                        change settings of the cluster
                          lease.duration: 6s -> 4s (the default)
                          migrationsPerNode: 2 -> 4
                        do it? [y/N]""");
        assertThat(cluster.requests(SetConfigRequest.class).get(0).getValuesMap())
                .isEqualTo(Map.of("lease.duration", "", "migrationsPerNode", "4"));
        assertThat(drover("config set lease.duration").err()).contains("'lease.duration' (expected: NAME=VALUE)");
        assertThat(drover("config set a=1 a=2").err()).contains("'a' is given twice");
        assertThat(drover("config set =1").exit()).isEqualTo(2);
        assertThat(drover("config set").exit()).isEqualTo(2);
        Run.Result unknown = drover("config get lease");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.err()).contains("unknown setting 'lease'", "migrationsPerNode, lease.duration");
    }

    @Test
    void aRuleIsAddedInPlaceOfTheOneOfItsName() {
        Run.Result result = at("y").drover("rules", "add", "shop", "separate", "sql1", "web9", "--enforced");
        assertThat(result.exit()).isZero();
        assertThat(result.err())
                .contains(
                        "add rule shop: separate sql1, web9, enforced\n  in place of: together sql1, web1, enforced\n")
                .contains("the cluster has no VM web9 yet");
        assertThat(cluster.requests(AddRuleRequest.class).get(1).getRule())
                .isEqualTo(AdministrationSamples.rule("shop", AffinityKind.AFFINITY_KIND_SEPARATE, true).toBuilder()
                        .setVms(1, "web9")
                        .build());
        assertThat(drover("rules add shop separate sql1").exit()).isEqualTo(2);
        Run.Result wrong = drover("rules add shop apart sql1 web1");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("kind 'apart' (expected: together or separate)");
    }

    @Test
    void aVmIsSetByTheNamesThatTheCoordinatorKnows() {
        Run.Result result = drover("vm set web1 priority=high possibleOwners=");
        assertThat(result.exit()).isZero();
        assertThat(cluster.requests(SetVmRequest.class).get(0).getValuesMap())
                .isEqualTo(Map.of("priority", "high", "possibleOwners", ""));
        assertThat(VmSetCommand.NAMES).isEqualTo(VmSettings.NAMES);
        assertThat(drover("vm set web1").exit()).isEqualTo(2);
    }

    @Test
    void aVmMovesInTheWayThatIsAskedFor() {
        drover("vm migrate web1");
        drover("vm migrate web1 --type quick");
        drover("vm migrate web1 --type restart");
        assertThat(cluster.requests(MigrateVmRequest.class))
                .extracting(MigrateVmRequest::getKind)
                .containsExactly(MoveKind.MOVE_KIND_LIVE, MoveKind.MOVE_KIND_QUICK, MoveKind.MOVE_KIND_RESTART);
        Run.Result wrong = drover("vm migrate web1 --type cold");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("type 'cold' (expected: live, quick, restart or auto)");
    }

    @Test
    void quorumThatIsLostOrNotKnownEndsWithFour() {
        assertThat(drover("quorum show").exit()).isZero();
        cluster.quorum(AdministrationSamples.quorum().toBuilder().setSpare(-1).build());
        assertThat(drover("quorum show").exit()).isEqualTo(4);
        cluster.refuse(
                Status.UNAVAILABLE, ProblemKind.PROBLEM_KIND_NO_COORDINATOR, "nobody can decide now", "no quorum");
        assertThat(drover("quorum show").exit()).isEqualTo(4);
    }

    /** Of all requests that would change something. */
    private List<RequestContext> contexts() {
        return cluster.requests(Message.class).stream()
                .filter(request -> request.getDescriptorForType().findFieldByName("context") != null)
                .map(request -> (RequestContext)
                        request.getField(request.getDescriptorForType().findFieldByName("context")))
                .toList();
    }

    private Run.Result drover(String command) {
        return new Run(home).agents(cluster.address()).drover(command.split(" ", -1));
    }

    private Run at(String answer) {
        return new Run(home).agents(cluster.address()).atTerminal(answer);
    }
}
