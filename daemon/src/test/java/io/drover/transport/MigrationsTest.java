package io.drover.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.engine.migration.RefusalCause;
import io.drover.hypervisor.HostFacts;
import io.drover.model.ClusterSettings;
import io.drover.model.FailoverPolicy;
import io.drover.model.GuestState;
import io.drover.model.LeaseTerms;
import io.drover.model.MigrationResult;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Migrations that go well, are refused, cancelled or too slow. */
class MigrationsTest extends TwoAgents {
    // ---- the way it should go

    @Test
    void anAcceptedGuestRunsOnTheTargetAndTheRecordSaysSoWithTheFigures() {
        begin();
        settled(a, b);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(B, 1));
        assertThat(record().generation()).isEqualTo(2);
        assertThat(b.guest(VM)).contains(GuestState.RUNNING);
        assertThat(a.guest(VM)).isEmpty();
        MigrationResult result = record().lastMigration().orElseThrow();
        assertThat(result.outcome()).isEqualTo(MigrationResult.Outcome.SUCCEEDED);
        assertThat(result.hypervisorTime()).isEqualTo(Duration.ofMillis(7));
        assertThat(result.bytes()).isEqualTo(1000);
        assertThat(result.blackout()).isPositive().isLessThan(result.duration());
        assertThat(a.results).containsExactly(result);
        assertThat(a.progress).isNotEmpty();
        assertThat(a.migrations.slotsInUse() + b.migrations.slotsInUse()).isZero();
        assertThat(b.migrations.promisedMemory()).isZero();
    }

    @Test
    void anAtomicHypervisorsGuestIsCommittedWhereItRuns() {
        close();
        open(true);
        begin();
        settled(a, b);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(B, 1));
        assertThat(b.guest(VM)).contains(GuestState.RUNNING);
        assertThat(a.guest(VM)).isEmpty();
    }

    @Test
    void bothSidesShowTheSessionAndTheTargetKeepsItsPromise() {
        hosts.hold(FakeHosts.Gate.COPY);
        begin();
        await().until(() -> !a.progress.isEmpty() && b.migrations.hasSession(VM));
        assertThat(a.migrations.sessions()).singleElement().satisfies(view -> {
            assertThat(view.role()).isEqualTo(MigrationRole.SOURCE);
            assertThat(view.peer()).isEqualTo(B);
            assertThat(view.progress().percent()).isEqualTo(50);
        });
        assertThat(b.migrations.sessions())
                .singleElement()
                .satisfies(view -> assertThat(view.role()).isEqualTo(MigrationRole.TARGET));
        assertThat(b.migrations.promisedMemory()).isEqualTo(MEMORY);
        assertThat(a.migrations.begin(records.versioned(VM), b.address())).isFalse();
        hosts.release(FakeHosts.Gate.COPY);
        settled(a, b);
    }

    @Test
    void whatTheSourcesHypervisorHasPreparedAtTheTargetIsFittedThereBeforeTheGuestComes() {
        a.host.isPreparing = true;
        a.addresses.put(B, b.address());
        begin();
        settled(a, b);
        assertThat(b.host.fitted).containsExactly(spec());
        assertThat(b.host.expected).isEmpty();
        assertThat(b.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void aGuestStaysWhereWhatWasPreparedForItDoesNotFit() {
        a.host.isPreparing = true;
        a.addresses.put(B, b.address());
        b.host.isFittingFailing = true;
        begin();
        settled(a, b);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(A, 1));
        assertThat(a.guest(VM)).contains(GuestState.RUNNING);
        assertThat(b.guest(VM)).isEmpty();
        assertThat(record().lastMigration().orElseThrow().reason()).contains("b: no switch for 'Old'");
    }

    // ---- refusals

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal(RefusalCause.NOT_ENOUGH_MEMORY, test -> test.b.memoryAvailable = MEMORY - 1),
                refusal(RefusalCause.NO_SLOT, test -> test.fillSlots()),
                refusal(RefusalCause.INCOMPATIBLE_CPU, test -> test.b.facts = facts(List.of(), "pc-1", List.of("lan"))),
                refusal(RefusalCause.STORAGE_UNREACHABLE, test -> test.b.unreachable.add("/disks/vm1")),
                refusal(
                        RefusalCause.NETWORK_MISSING,
                        test -> test.b.facts = facts(List.of("aes"), "pc-1", List.of("other"))),
                refusal(
                        RefusalCause.TRANSPORT_UNSUPPORTED,
                        test -> test.b.facts = facts(List.of("aes"), "pc-2", List.of("lan"))),
                refusal(RefusalCause.NOT_ACCEPTING, test -> test.b.notAccepting = Optional.of("it is draining")),
                refusal(RefusalCause.HYPERVISOR_FAILED, test -> test.b.host.isReceiveFailing = true),
                refusal(RefusalCause.HYPERVISOR_FAILED, test -> test.b.host.isSilent = true),
                refusal(RefusalCause.HYPERVISOR_FAILED, test -> test.b.host.put(VM, GuestState.DEPARTED)),
                refusal(RefusalCause.NO_LEASE, test -> test.b.isLeaseHeld = false),
                refusal(RefusalCause.STALE_RECORD, test -> test.b.migrations.voidAttempt(VM, OPERATION, 1)));
    }

    private static Arguments refusal(RefusalCause cause, Consumer<MigrationsTest> arrange) {
        return Arguments.of(cause, arrange);
    }

    private static HostFacts facts(List<String> cpu, String machine, List<String> networks) {
        return new HostFacts(1L << 30, 4, cpu, machine, "fake/tcp", networks, "1");
    }

    private void fillSlots() {
        b.settings = new ClusterSettings(
                1,
                8,
                3,
                Duration.ofSeconds(1),
                Duration.ofDays(7),
                0,
                Duration.ofMillis(100),
                Duration.ofMinutes(30),
                Duration.ofMinutes(2),
                LeaseTerms.DEFAULTS,
                FailoverPolicy.DEFAULTS,
                List.of());
        VmSpec other = VmSpec.of(new VmId("other"), MEMORY);
        hosts.host(A).put(other.id(), GuestState.RUNNING);
        hosts.hold(FakeHosts.Gate.COPY);
        a.migrations.begin(migrating(other), b.address());
        await().until(() -> b.migrations.hasSession(other.id()));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalIsTypedAndLeavesTheGuestRunningAtTheSource(RefusalCause cause, Consumer<MigrationsTest> arrange) {
        arrange.accept(this);
        begin();
        await().until(() -> record().phase().equals(new Phase.Placed(A, 1)));
        assertThat(a.refusals).singleElement().satisfies(refusal -> {
            assertThat(refusal.cause()).isEqualTo(cause);
            assertThat(refusal.text()).contains("b");
            assertThat(refusal.remedy()).isNotEmpty();
            assertThat(record().lastMigration().orElseThrow().retryable()).isEqualTo(refusal.isRetryable());
        });
        assertThat(b.refusals).isEqualTo(a.refusals);
        assertThat(a.guest(VM)).contains(GuestState.RUNNING);
        await().until(() -> !b.migrations.hasSession(VM));
    }

    @Test
    void twoOffersAreNotPromisedTheSameMemory() {
        b.memoryAvailable = MEMORY + MEMORY / 2;
        hosts.hold(FakeHosts.Gate.COPY);
        VmSpec other = VmSpec.of(new VmId("other"), MEMORY);
        hosts.host(A).put(other.id(), GuestState.RUNNING);
        a.migrations.begin(migrating(other), b.address());
        begin();
        await().until(() -> !b.refusals.isEmpty());
        assertThat(b.refusals)
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.cause()).isEqualTo(RefusalCause.NOT_ENOUGH_MEMORY));
        assertThat(b.migrations.promisedMemory()).isEqualTo(MEMORY);
    }

    @Test
    void anAttemptIsTakenOnlyOnce() {
        hosts.hold(FakeHosts.Gate.COPY);
        begin();
        await().until(() -> !a.progress.isEmpty());
        a.migrations.cancel(VM, "an operator asked");
        settled(a, b);
        begin();
        await().until(() -> !a.refusals.isEmpty());
        assertThat(a.refusals)
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.cause()).isEqualTo(RefusalCause.STALE_RECORD));
    }

    @Test
    void anAttemptThatWasRefusedMayBeOfferedAgain() {
        b.notAccepting = Optional.of("it is draining");
        begin();
        settled(a, b);
        b.notAccepting = Optional.empty();
        begin();
        await().until(() -> b.guest(VM).equals(Optional.of(GuestState.RUNNING)));
        settled(a, b);
    }

    @Test
    void aPromiseThatNobodyUsesEndsAtItsExpiry() {
        b.close();
        b = new TestAgent(B, 1, hosts, records, Duration.ofMillis(500));
        hosts.hold(FakeHosts.Gate.COPY);
        begin();
        settled(a, b);
        assertThat(b.reasons).anyMatch(reason -> reason.text().contains("the promise ends"));
        assertThat(b.migrations.promisedMemory()).isZero();
        assertThat(b.guest(VM)).isEmpty();
        assertThat(a.guest(VM)).contains(GuestState.RUNNING);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(A, 1));
    }

    // ---- cancel and time limit

    @Test
    void aCancelDuringTheCopyLeavesTheGuestAtTheSource() {
        hosts.hold(FakeHosts.Gate.COPY);
        begin();
        await().until(() -> !a.progress.isEmpty());
        assertThat(a.migrations.cancel(VM, "an operator asked")).isTrue();
        settled(a, b);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(A, 1));
        assertThat(record().lastMigration().orElseThrow().outcome()).isEqualTo(MigrationResult.Outcome.CANCELLED);
        assertThat(a.guest(VM)).contains(GuestState.RUNNING);
        assertThat(b.guest(VM)).isEmpty();
    }

    @Test
    void aCancelAfterTheSwitchOverBeganIsTooLateAndTheMigrationGoesOn() {
        hosts.hold(FakeHosts.Gate.SWITCH);
        begin();
        await().until(() -> a.guest(VM).equals(Optional.of(GuestState.PAUSED)));
        // The pause is told before the gate; the cancel comes after it on the same loop.
        a.migrations.cancel(VM, "an operator asked");
        await().until(() -> a.reasons.stream().anyMatch(reason -> reason.text().contains("too late")));
        hosts.release(FakeHosts.Gate.SWITCH);
        settled(a, b);
        assertThat(record().phase()).isEqualTo(new Phase.Placed(B, 1));
    }

    @Test
    void aCopyThatDoesNotConvergeIsEndedAndSaysWithWhichFigures() {
        a.settings = new ClusterSettings(
                2,
                8,
                3,
                Duration.ofSeconds(1),
                Duration.ofDays(7),
                0,
                Duration.ofMillis(100),
                Duration.ofMillis(300),
                Duration.ofMinutes(2),
                LeaseTerms.DEFAULTS,
                FailoverPolicy.DEFAULTS,
                List.of());
        hosts.hold(FakeHosts.Gate.COPY);
        begin();
        settled(a, b);
        MigrationResult result = record().lastMigration().orElseThrow();
        assertThat(result.reason()).contains("did not converge", "dirties 10.0 MB/s", "link 5.0 MB/s");
        assertThat(result.remedy()).contains("migrationBandwidth", "downtimeLimit");
        assertThat(a.guest(VM)).contains(GuestState.RUNNING);
    }
}
