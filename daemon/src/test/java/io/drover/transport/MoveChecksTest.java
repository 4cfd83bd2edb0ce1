package io.drover.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.coordination.codec.StorageCodec;
import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.Objection;
import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.StoragePlan;
import io.drover.model.VmRecord;
import io.drover.proto.v1.CheckMigrationRequest;
import io.drover.proto.v1.MigrationServiceGrpc;
import io.drover.proto.v1.Severity;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two agents are asked about moves that nobody begins. */
class MoveChecksTest extends TwoAgents {
    private final Channels channels = new Channels();

    @BeforeEach
    void place() {
        records.put(VmRecord.added(spec(), DesiredState.RUNNING).assignedTo(A).claimedBy(A, 1));
        a.addresses.put(B, b.address());
    }

    @AfterEach
    void nothingWasBegun() {
        channels.close();
        assertThat(a.migrations.slotsInUse() + b.migrations.slotsInUse()).isZero();
        assertThat(b.migrations.promisedMemory()).isZero();
        assertThat(b.refusals).isEmpty();
        assertThat(b.guest(VM).filter(state -> state == GuestState.INCOMING)).isEmpty();
    }

    private List<io.drover.proto.v1.Objection> ask(String target, StoragePlan plan) {
        return MigrationServiceGrpc.newBlockingStub(channels.to(a.address()))
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .checkMigration(CheckMigrationRequest.newBuilder()
                        .setVm(VM.value())
                        .setTarget(target)
                        .setStorage(StorageCodec.toProto(plan))
                        .build())
                .getObjectionsList();
    }

    private List<String> problems() {
        return ask("b", StoragePlan.NONE).stream()
                .map(io.drover.proto.v1.Objection::getProblem)
                .toList();
    }

    private static Objection objection(String problem) {
        return Objection.blocking(problem, "for a reason", "change it");
    }

    @Test
    void theSourceAsksTheTargetAndThenItsOwnHypervisorWithTheWordsOfTheMove() {
        StoragePlan plan = new StoragePlan("/new", new TreeMap<>());
        assertThat(ask("b", plan)).isEmpty();
        assertThat(a.host.checked).singleElement().satisfies(asked -> {
            assertThat(asked.vm()).isEqualTo(spec());
            assertThat(asked.plan()).isEqualTo(plan);
            assertThat(asked.target().orElseThrow().endpoint()).isEqualTo("b");
            assertThat(asked.target().orElseThrow().processors()).isEqualTo("processors of b");
            assertThat(asked.within()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(15));
        });
    }

    @Test
    void everythingIsToldAndWhatBothHostsSayOnce() {
        a.host.objectionsToGoing = List.of(objection("INCOMPATIBLE_SWITCH"), objection("INCOMPATIBLE_SWITCH"));
        b.host.objectionsToComing = List.of(objection("ALREADY_THERE"));
        b.facts = new HostFacts(1L << 30, 4, List.of(), "pc-1", "fake/tcp", List.of(), "1");
        b.memoryAvailable = MEMORY - 1;
        assertThat(problems())
                .containsExactly(
                        "INCOMPATIBLE_SWITCH",
                        "INCOMPATIBLE_SWITCH",
                        "INCOMPATIBLE_CPU",
                        "NO_RESOURCES",
                        "ALREADY_THERE");
        assertThat(ask("b", StoragePlan.NONE))
                .allSatisfy(each -> {
                    assertThat(each.getVm()).isEqualTo("vm1");
                    assertThat(each.getSource()).isEqualTo("a");
                    assertThat(each.getTarget()).isEqualTo("b");
                    assertThat(each.getSeverity()).isEqualTo(Severity.SEVERITY_ERROR);
                    assertThat(each.getRemedy()).isNotEmpty();
                })
                .extracting(io.drover.proto.v1.Objection::getText)
                .contains("a: for a reason", "b: for a reason");
    }

    @Test
    void aRegistrationGoesToATargetThatWasToldAndSaysWhatItHas() {
        a.host.isRegistrationHeld = true;
        b.host.objectionsToComing = List.of(objection("ALREADY_THERE"));

        a.migrations.handOver(spec(), B);

        assertThat(b.host.expected).containsExactly(spec());
        assertThat(a.host.handedOver).singleElement().satisfies(target -> {
            assertThat(target.endpoint()).isEqualTo("b");
            assertThat(target.objections()).extracting(Objection::problem).containsExactly("ALREADY_THERE");
        });
    }

    @Test
    void aTargetIsNotToldOfARegistrationThatIsNotHereOrStale() {
        a.migrations.handOver(spec(), B);

        assertThat(b.host.expected).isEmpty();
        assertThat(a.host.handedOver).isEmpty();
    }

    @Test
    void aCheckIsNotTakenForARegistration() {
        assertThat(ask("b", StoragePlan.NONE)).isEmpty();

        assertThat(b.host.expected).isEmpty();
    }

    @Test
    void filesThatMoveAloneAreNoAffairOfAnotherNode() {
        b.die();
        assertThat(ask("a", new StoragePlan("/new", new TreeMap<>()))).isEmpty();
        assertThat(a.host.checked)
                .singleElement()
                .satisfies(asked -> assertThat(asked.target()).isEmpty());
    }

    @Test
    void aTargetThatDoesNotAnswerIsNotKnownAndNoFailure() {
        b.cutConnections();
        assertThat(ask("b", StoragePlan.NONE)).singleElement().satisfies(each -> {
            assertThat(each.getProblem()).isEqualTo("NOT_KNOWN");
            assertThat(each.getText()).startsWith("not known: node b");
            assertThat(each.getSeverity()).isEqualTo(Severity.SEVERITY_WARNING);
        });
        a.addresses.clear();
        assertThat(problems()).containsExactly("NOT_KNOWN");
        assertThat(a.host.checked)
                .as("without an endpoint there is nothing to ask")
                .isEmpty();
    }

    @Test
    void aHypervisorThatDoesNotAnswerIsNotKnownAndTheRestIsTold() {
        b.isLeaseHeld = false;
        a.host.isCheckFailing = true;
        assertThat(problems()).containsExactly("NOT_KNOWN", "NO_LEASE");
        b.host.isSilent = true;
        assertThat(problems()).containsExactly("NOT_KNOWN");
    }

    @Test
    void whatTheSourcesHypervisorSaysOfAGuestIsTakenToTheTargetsAndJudgedThere() {
        a.host.objectionsToGoing = List.of(objection("AUTH_DELEGATION"));
        a.host.description = Optional.of("guest 1".getBytes(StandardCharsets.UTF_8));
        assertThat(ask("b", StoragePlan.NONE))
                .extracting(io.drover.proto.v1.Objection::getText)
                .containsExactly("a: for a reason", "b: guest 1 does not suit");
    }

    @Test
    void moreThanMayBeTakenToTheTargetIsRefusedThere() {
        for (int size : new int[] {0, Counterpart.BYTES_MAX + 1}) {
            a.host.description = Optional.of(new byte[size]);
            assertThat(ask("b", StoragePlan.NONE)).singleElement().satisfies(each -> {
                assertThat(each.getProblem()).isEqualTo("NOT_KNOWN");
                assertThat(each.getText()).contains("INVALID_ARGUMENT", size + " bytes (expected: from 1 to 65536)");
            });
        }
    }

    @Test
    void aVmThatHasNoRecordIsNotFoundAndAQuestionThatMakesNoSenseIsRefused() {
        CheckMigrationRequest unknown = CheckMigrationRequest.newBuilder()
                .setVm("nobody")
                .setTarget("b")
                .build();
        var stub = MigrationServiceGrpc.newBlockingStub(channels.to(a.address()));
        assertThat(stub.checkMigration(unknown).getObjectionsList())
                .extracting(io.drover.proto.v1.Objection::getProblem)
                .containsExactly("NOT_FOUND");
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> stub.checkMigration(
                        unknown.toBuilder().setTarget("no such name/").build()))
                .satisfies(
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    @Test
    void aQuestionLeavesRoomForTheNextOne() {
        a.host.isCheckFailing = true;
        for (int i = 0; i < 2 * MoveChecks.AT_A_TIME; i++) {
            assertThat(problems()).containsExactly("NOT_KNOWN");
        }
        assertThat(a.host.checked).hasSize(2 * MoveChecks.AT_A_TIME);
    }
}
