package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.CompatibilityReport;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.DrainNodeRequest;
import io.drover.proto.v1.EvacuateNodeRequest;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.Objection;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.ProblemKind;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.ResumeNodeRequest;
import io.drover.proto.v1.Severity;
import io.drover.proto.v1.StopVmRequest;
import io.drover.proto.v1.VmPriority;
import io.drover.proto.v1.VmSpec;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteTest {
    @TempDir
    private Path home;

    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster()
                .status(Samples.status())
                .operation(Samples.drain(OperationState.OPERATION_STATE_RUNNING))
                .plan(Samples.plan());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void drainWithoutWaitReturnsAtOnceAndSaysHowToWatch() {
        Run.Result result = run().drover(
                        "node",
                        "drain",
                        "node1",
                        "--deadline",
                        "5m",
                        "--to",
                        "node2",
                        "--force",
                        "--reason",
                        "firmware");
        assertThat(result.exit()).isZero();
        assertThat(result.out()).isEqualTo("drain of node1: Running, operation op-7\n");
        assertThat(result.err()).contains("drain node node1: 1 VM moves", "watch it: drover op watch op-7");
        DrainNodeRequest request = cluster.requests(DrainNodeRequest.class).get(0);
        assertThat(request.getNode()).isEqualTo("node1");
        assertThat(request.getTarget()).isEqualTo("node2");
        assertThat(request.getForce()).isTrue();
        assertThat(request.getDeadline().getSeconds()).isEqualTo(300);
        assertThat(request.getContext().getActor()).isEqualTo("anna");
        assertThat(request.getContext().getReason()).isEqualTo("firmware");
        assertThat(request.getContext().getRequestId()).isNotEmpty();
    }

    @Test
    void dryRunPrintsThePlanAndChangesNothing() {
        Run.Result result = run().drover("node", "drain", "node1", "--dry-run", "--wait");
        assertThat(result.exit()).isZero();
        assertThat(result.out()).isEqualTo("""
                        would be done: drain node node1: 1 VM moves
                        VM    KIND  FROM   TO     MEMORY  WHY
                        web1  Live  node1  node2   1 GiB  most memory free
                        """);
        assertThat(result.err()).contains("nothing was changed");
        assertThat(cluster.requests(DrainNodeRequest.class))
                .extracting(DrainNodeRequest::getContext)
                .allMatch(RequestContext::getDryRun);
    }

    @Test
    void dryRunThatIsBlockedExitsWithThreeAndNamesTheRemedy() {
        cluster.plan(Samples.blockedPlan());
        Run.Result result = run().drover("vm", "migrate", "web1", "--dry-run");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.out())
                .contains("blocked: gpu7: no other node offers its graphics partition (to do: shut it down first)");
    }

    @Test
    void whatTheHostsSayStandsBelowThePlanAndAnObjectionExitsWithThree() {
        cluster.report(CompatibilityReport.newBuilder()
                .addObjections(objection("INCOMPATIBLE_SWITCH", Severity.SEVERITY_ERROR))
                .addObjections(objection("NOT_KNOWN", Severity.SEVERITY_WARNING))
                .build());
        Run.Result result = run().drover("vm", "migrate", "web1", "--dry-run");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.out()).endsWith("""
                        what the hosts say: 2 objections
                        VM    FROM   TO     SEVERITY  PROBLEM              WHY
                        web1  node1  node2  Error     INCOMPATIBLE_SWITCH  for a reason (to do: change it)
                        web1  node1  node2  Warning   NOT_KNOWN            for a reason (to do: change it)
                        """);
        Run.Result json = run().drover("vm", "migrate", "web1", "--dry-run", "-o", "json");
        assertThat(json.exit()).isEqualTo(3);
        assertThat(json.out()).contains("\"problem\" : \"INCOMPATIBLE_SWITCH\"", "\"severity\" : \"Error\"");
    }

    @Test
    void whatIsNotKnownAndHostsThatAgreeDoNotBlock() {
        cluster.report(CompatibilityReport.newBuilder()
                .addObjections(objection("NOT_KNOWN", Severity.SEVERITY_WARNING))
                .build());
        assertThat(run().drover("vm", "migrate", "web1", "--dry-run").exit()).isZero();
        cluster.report(CompatibilityReport.getDefaultInstance());
        Run.Result result = run().drover("vm", "migrate", "web1", "--dry-run");
        assertThat(result.exit()).isZero();
        assertThat(result.out()).endsWith("the hosts have nothing against it\n");
        assertThat(run().drover("node", "drain", "node1", "--dry-run").out()).doesNotContain("the hosts");
    }

    @Test
    void automaticMovesSayWhatIsPermitted() {
        assertThat(run().drover("vm", "migrate", "web1", "--type", "auto", "--otherwise", "restart")
                        .exit())
                .isZero();
        MigrateVmRequest request = cluster.requests(MigrateVmRequest.class).get(0);
        assertThat(request.getAutomatic()).isTrue();
        assertThat(request.getOtherwise()).isEqualTo(MoveKind.MOVE_KIND_RESTART);
        assertThat(run().drover("vm", "migrate", "web1").exit()).isZero();
        assertThat(cluster.requests(MigrateVmRequest.class).get(1).getAutomatic())
                .isFalse();
        assertThat(refused("vm migrate web1 --otherwise restart")).contains("add --type auto");
        assertThat(refused("vm migrate web1 --type auto --otherwise live")).contains("expected: quick or restart");
        assertThat(cluster.requests(MigrateVmRequest.class)).hasSize(2);
    }

    private static Objection objection(String problem, Severity severity) {
        return Objection.newBuilder()
                .setVm("web1")
                .setSource("node1")
                .setTarget("node2")
                .setProblem(problem)
                .setText("for a reason")
                .setRemedy("change it")
                .setSeverity(severity)
                .build();
    }

    @Test
    void atATerminalItShowsThePlanAndAsksAndNoIsTheDefault() {
        Run.Result no = run().atTerminal("").drover("node", "evacuate", "node1");
        assertThat(no.exit()).isEqualTo(1);
        assertThat(no.err()).contains("evacuate node node1: 1 VM moves", "do it? [y/N]", "nothing was changed");
        assertThat(contexts()).containsExactly(true);
        Run.Result yes = run().atTerminal("y").drover("node", "evacuate", "node1");
        assertThat(yes.exit()).isZero();
        assertThat(contexts()).containsExactly(true, true, false);
    }

    @Test
    void atTheEndOfInputNothingIsChanged() {
        assertThat(run().atTerminal().drover("vm", "stop", "web1").exit()).isEqualTo(1);
        assertThat(cluster.requests(StopVmRequest.class))
                .allMatch(request -> request.getContext().getDryRun());
    }

    @Test
    void yesAsksNothing() {
        Run.Result result = run().atTerminal().drover("vm", "stop", "web1", "--off", "-y");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).doesNotContain("[y/N]");
        StopVmRequest request = cluster.requests(StopVmRequest.class).get(0);
        assertThat(request.getTurnOff()).isTrue();
        assertThat(request.getContext().getDryRun()).isFalse();
    }

    @Test
    void resumeSaysHowVmsReturn() {
        run().drover("node", "resume", "node1");
        run().drover("node", "resume", "node1", "--failback", "immediate");
        assertThat(cluster.requests(ResumeNodeRequest.class))
                .extracting(ResumeNodeRequest::getFailback)
                .containsExactly(FailbackMode.FAILBACK_MODE_POLICY, FailbackMode.FAILBACK_MODE_IMMEDIATE);
        Run.Result wrong = run().drover("node", "resume", "node1", "--failback", "soon");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("failback 'soon' (expected: immediate, policy or none)");
    }

    @Test
    void everyOtherWriteReachesTheCluster() {
        for (String command : List.of(
                "vm start web1", "vm cancel web1", "vm remove web1", "op cancel op-7", "vm migrate web1 --to node2")) {
            assertThat(run().drover(command.split(" ", -1)).exit()).as(command).isZero();
        }
        assertThat(cluster.requests()).hasSize(5);
        assertThat(cluster.requests(MigrateVmRequest.class).get(0).getTarget()).isEqualTo("node2");
    }

    @Test
    void addTakesEveryOption() {
        Run.Result result = run().drover(
                        ("vm add sql9 --memory 4GiB --cpus 4 --disk /vms/a.qcow2 --disk /vms/b:vhdx --network lan"
                                        + " --priority high --preferred node1 --preferred node2 --possible node1"
                                        + " --boot-image /vms/boot.img --node node1 --state off --max-restarts 0 --no-live"
                                        + " --failback none")
                                .split(" ", -1));
        assertThat(result.exit()).as(result.err()).isZero();
        AddVmRequest request = cluster.requests(AddVmRequest.class).get(0);
        assertThat(request.getNode()).isEqualTo("node1");
        assertThat(request.getDesired()).isEqualTo(DesiredState.DESIRED_STATE_OFF);
        assertThat(request.getSpec())
                .isEqualTo(VmSpec.newBuilder()
                        .setName("sql9")
                        .setMemory(4L << 30)
                        .setCpus(4)
                        .addDisks(Disk.newBuilder().setPath("/vms/a.qcow2").setFormat("qcow2"))
                        .addDisks(Disk.newBuilder().setPath("/vms/b").setFormat("vhdx"))
                        .addNetworks("lan")
                        .setPriority(VmPriority.VM_PRIORITY_HIGH)
                        .addPreferredOwners("node1")
                        .addPreferredOwners("node2")
                        .addPossibleOwners("node1")
                        .setFailback(FailbackMode.FAILBACK_MODE_NONE)
                        .setBootImage("/vms/boot.img")
                        .build());
    }

    @Test
    void addTakesAFileWhoseValuesOptionsReplace() throws IOException {
        Path file = Files.writeString(
                home.resolve("vm.yaml"),
                "memory: 2GiB\ncpus: 2\ndisk: ['C:\\vms\\a.vhdx', /vms/b]\nno-live: true\nstate: off\n");
        Run.Result result = run().drover("vm", "add", "sql9", "-f", file.toString(), "--cpus", "8");
        assertThat(result.exit()).as(result.err()).isZero();
        AddVmRequest request = cluster.requests(AddVmRequest.class).get(0);
        assertThat(request.getSpec().getMemory()).isEqualTo(2L << 30);
        assertThat(request.getSpec().getCpus()).isEqualTo(8);
        assertThat(request.getSpec().getDisks(0).getPath()).isEqualTo("C:\\vms\\a.vhdx");
        assertThat(request.getSpec().getDisks(0).getFormat()).isEqualTo("vhdx");
        assertThat(request.getSpec().getDisks(1).getFormat()).isEqualTo("raw");
        assertThat(request.getSpec().getLiveMigratable()).isFalse();
        assertThat(request.getDesired()).isEqualTo(DesiredState.DESIRED_STATE_OFF);
    }

    @Test
    void aMistakeInTheFileIsNamedWithLineAndColumnAndChangesNothing() throws IOException {
        Path file = home.resolve("vm.yaml");
        assertThat(addFrom(file, "memory: 2GiB\nmemmory: 3GiB\n"))
                .contains("vm.yaml:2:1: unknown key 'memmory' (known: boot-image, cpus,");
        assertThat(addFrom(file, "cpus: 1\nmemory: 2XiB\n")).contains("vm.yaml:2:1: size '2XiB'");
        assertThat(addFrom(file, "memory: {a: b}\n")).contains("vm.yaml:1:9: the value of 'memory' is not a text");
        assertThat(addFrom(file, "memory: 1GiB\nmemory: 2GiB\n")).contains("vm.yaml:2:", "memory");
        assertThat(addFrom(file, "- a\n")).contains("vm.yaml:1:1: expected: keys with values");
        assertThat(addFrom(file, "cpus: 1\n")).contains("memory of the VM is missing");
        assertThat(cluster.requests()).isEmpty();
    }

    @Test
    void addRefusesValuesThatMakeNoSense() {
        assertThat(refused("vm add x --memory 1GiB --cpus 0"))
                .contains("--cpus: cpus '0' (expected: a number, at least 1)");
        assertThat(refused("vm add x --memory 1GiB --disk a:vmdk")).contains("disk 'a:vmdk'", "raw, qcow2 or vhdx");
        assertThat(refused("vm add x --memory 1GiB --priority urgent")).contains("priority 'urgent'");
        assertThat(refused("vm add x --memory 1GiB --state paused")).contains("state 'paused'");
        assertThat(refused("vm add x")).contains("memory of the VM is missing");
        assertThat(cluster.requests()).isEmpty();
    }

    @Test
    void aRefusalIsToldAsWhatWhyAndWhatToDo() {
        cluster.refuse(
                Status.FAILED_PRECONDITION,
                ProblemKind.PROBLEM_KIND_REFUSED,
                "cannot drain node 'node1'",
                "it is the last node that is Up",
                "resume another node: drover node resume node2");
        Run.Result result = run().drover("node", "drain", "node1");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo("""
                        drover: cannot drain node 'node1'
                          why:   it is the last node that is Up
                          to do: resume another node: drover node resume node2
                        """);
    }

    private String addFrom(Path file, String text) throws IOException {
        Files.writeString(file, text);
        return refused("vm add x -f " + file);
    }

    private String refused(String command) {
        Run.Result result = run().drover(command.split(" ", -1));
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        return result.err();
    }

    private List<Boolean> contexts() {
        return cluster.requests(EvacuateNodeRequest.class).stream()
                .map(request -> request.getContext().getDryRun())
                .toList();
    }

    private Run run() {
        return new Run(home).agents(cluster.address());
    }
}
