package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.DrainNodeRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.ProblemKind;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.StepState;
import io.drover.proto.v1.WatchOperationResponse;
import io.grpc.Status;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitCodeTest {
    @TempDir
    private Path home;

    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster().operation(Samples.drain(OperationState.OPERATION_STATE_RUNNING));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void statusIsZeroWhenHealthyOneWhenDegradedAndFourWithoutACoordinator() {
        assertThat(statusOf(ClusterHealth.CLUSTER_HEALTH_HEALTHY)).isZero();
        assertThat(statusOf(ClusterHealth.CLUSTER_HEALTH_DEGRADED)).isEqualTo(1);
        assertThat(statusOf(ClusterHealth.CLUSTER_HEALTH_NO_COORDINATOR)).isEqualTo(4);
    }

    @Test
    void eachClassOfProblemHasItsCode() {
        assertThat(refusedWith(Status.INTERNAL, ProblemKind.PROBLEM_KIND_FAILED))
                .isEqualTo(1);
        assertThat(refusedWith(Status.NOT_FOUND, ProblemKind.PROBLEM_KIND_USAGE))
                .isEqualTo(2);
        assertThat(refusedWith(Status.FAILED_PRECONDITION, ProblemKind.PROBLEM_KIND_REFUSED))
                .isEqualTo(3);
        assertThat(refusedWith(Status.UNAVAILABLE, ProblemKind.PROBLEM_KIND_NO_COORDINATOR))
                .isEqualTo(4);
        assertThat(refusedWith(Status.DEADLINE_EXCEEDED, ProblemKind.PROBLEM_KIND_DEADLINE))
                .isEqualTo(5);
    }

    @Test
    void aRefusalWithoutAnAccountIsJudgedByItsStatus() {
        assertThat(bare(Status.INVALID_ARGUMENT.withDescription("no such node")))
                .isEqualTo(2);
        assertThat(bare(Status.FAILED_PRECONDITION.withDescription("busy"))).isEqualTo(3);
        assertThat(bare(Status.UNIMPLEMENTED)).isEqualTo(1);
        assertThat(bare(Status.INTERNAL)).isEqualTo(1);
    }

    @Test
    void sixWhenNoAgentAnswersAndTheListIsNamed() throws IOException {
        String closed = closedPort();
        Run.Result result = new Run(home).drover("status", "--agents", closed);
        assertThat(result.exit()).isEqualTo(6);
        assertThat(result.err())
                .startsWith("drover: no agent could be reached\n  why:   agent " + closed + ": ")
                .contains("Connection refused", "the list comes from --agents");
    }

    @Test
    void theNextAgentIsAskedWhenOneIsNotReached() throws IOException {
        cluster.status(healthy());
        assertThat(new Run(home)
                        .agents(closedPort(), cluster.address())
                        .drover("status")
                        .exit())
                .isZero();
    }

    @Test
    void theStatusComesFromAnAgentThatKnowsACoordinator() throws IOException {
        try (FakeCluster apart = new FakeCluster().status(health(ClusterHealth.CLUSTER_HEALTH_NO_COORDINATOR))) {
            cluster.status(healthy());
            assertThat(new Run(home)
                            .agents(apart.address(), cluster.address())
                            .drover("status")
                            .exit())
                    .isZero();
        }
    }

    @Test
    void aWriteWaitsForACoordinatorAndRepeatsTheSameRequest() {
        noCoordinator();
        noCoordinator();
        assertThat(run("node", "drain", "node1").exit()).isZero();
        assertThat(cluster.requests(DrainNodeRequest.class))
                .hasSize(3)
                .extracting(DrainNodeRequest::getContext)
                .extracting(RequestContext::getRequestId)
                .containsOnly(cluster.requests(DrainNodeRequest.class)
                        .get(0)
                        .getContext()
                        .getRequestId());
    }

    @Test
    void aWriteGivesUpWithFourWhenItsPatienceEnds() {
        for (int i = 0; i < 100; i++) {
            noCoordinator();
        }
        Run.Result result = run("node", "drain", "node1", "--timeout", "300ms");
        assertThat(result.exit()).isEqualTo(4);
        assertThat(result.err()).startsWith("drover: no coordinator");
    }

    @Test
    void anUnknownVmOrNodeIsAMisuseThatNamesTheKnownOnes() {
        cluster.status(Samples.status());
        Run.Result vm = run("vm", "show", "web9");
        assertThat(vm.exit()).isEqualTo(2);
        assertThat(vm.err()).isEqualTo("""
                        drover: unknown VM 'web9'
                          why:   the cluster has sql1, web1
                          to do: list them with: drover vm list
                        """);
        assertThat(run("node", "show", "node9").exit()).isEqualTo(2);
    }

    @Test
    void waitEndsWithTheOutcomeOfTheOperation() {
        assertThat(waitFor(Samples.drain(OperationState.OPERATION_STATE_COMPLETED))
                        .exit())
                .isZero();
        Run.Result cancelled = waitFor(Samples.drain(OperationState.OPERATION_STATE_CANCELLED));
        assertThat(cancelled.exit()).isEqualTo(1);
        assertThat(cancelled.err()).contains("drain of node1 was cancelled");
        Run.Result late = waitFor(Samples.drain(OperationState.OPERATION_STATE_FAILED));
        assertThat(late.exit()).isEqualTo(5);
        assertThat(late.err()).contains("""
                        drover: drain of node1 failed: the deadline passed, 1 VM is left
                          why:   web1 is left: node2 has no 4 GiB free
                          to do: free memory on node2
                        """);
        Run.Result failed = waitFor(Samples.drain(OperationState.OPERATION_STATE_FAILED).toBuilder()
                .clearDeadline()
                .build());
        assertThat(failed.exit()).isEqualTo(1);
    }

    @Test
    void waitPrintsOneRowAVmWithBlackoutAndDuration() {
        Run.Result result = waitFor(Samples.drain(OperationState.OPERATION_STATE_COMPLETED));
        assertThat(result.out()).isEqualTo("""
                        VM    STATE  KIND  FROM   TO     BLACKOUT  DURATION    SENT  TRIES  MESSAGE
                        sql1  Done   Live  node1  node2     38 ms     1.2 s  64 MiB      1  -
                        """);
        assertThat(result.err()).contains("drain of node1 completed in 12 s: node1 is empty");
    }

    @Test
    void misuseIsTwoAndPointsToTheHelp() {
        assertThat(run("node", "drain").err())
                .contains("Missing required parameter: 'NODE'", "drover node drain --help");
        assertThat(run("node", "drain").exit()).isEqualTo(2);
        assertThat(run("node").exit()).isEqualTo(2);
        assertThat(run().exit()).isEqualTo(2);
        assertThat(run("nod").err()).contains("did you mean 'node'?");
        assertThat(run("status", "-o", "xml").err()).contains("output format 'xml' (expected: table, json or yaml)");
        assertThat(run("node", "drain", "n", "--deadline", "soon").err()).contains("duration 'soon'");
        assertThat(run("events", "--limit", "0").exit()).isEqualTo(2);
        assertThat(run("status", "--agents", "a:99999").err()).contains("agent address 'a:99999'", "--agents");
        assertThat(cluster.requests()).isEmpty();
    }

    private Run.Result waitFor(OperationRecord end) {
        cluster.pictures(
                WatchOperationResponse.newBuilder()
                        .setOperation(Samples.drain(OperationState.OPERATION_STATE_RUNNING))
                        .build(),
                WatchOperationResponse.newBuilder().setOperation(end).build());
        assertThat(end.getStepsList()).anyMatch(step -> step.getState() == StepState.STEP_STATE_DONE);
        return run("node", "drain", "node1", "--wait");
    }

    private int statusOf(ClusterHealth health) {
        cluster.status(health(health));
        return run("status").exit();
    }

    private int refusedWith(Status status, ProblemKind kind) {
        cluster.refuse(status, kind, "what", "why");
        return run("op", "show", "op-7").exit();
    }

    private int bare(Status status) {
        cluster.refuseBare(status);
        return run("op", "show", "op-7").exit();
    }

    private void noCoordinator() {
        cluster.refuse(
                Status.UNAVAILABLE, ProblemKind.PROBLEM_KIND_NO_COORDINATOR, "no coordinator", "one is being elected");
    }

    private Run.Result run(String... args) {
        return new Run(home).agents(cluster.address()).drover(args);
    }

    private static GetStatusResponse healthy() {
        return health(ClusterHealth.CLUSTER_HEALTH_HEALTHY);
    }

    private static GetStatusResponse health(ClusterHealth health) {
        return GetStatusResponse.newBuilder().setHealth(health).build();
    }

    private static String closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }
}
