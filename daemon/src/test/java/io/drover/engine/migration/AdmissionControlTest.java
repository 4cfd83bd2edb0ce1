package io.drover.engine.migration;

import static io.drover.engine.migration.Fixture.A;
import static io.drover.engine.migration.Fixture.B;
import static io.drover.engine.migration.Fixture.MEMORY;
import static io.drover.engine.migration.Fixture.MIGRATING;
import static io.drover.engine.migration.Fixture.NOTED;
import static io.drover.engine.migration.Fixture.OPERATION;
import static io.drover.engine.migration.Fixture.PLACED;
import static io.drover.engine.migration.Fixture.TOUCHED;
import static io.drover.engine.migration.Fixture.VM;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdmissionControlTest {
    private static final MigrationOffer OFFER = offerBy(MIGRATING);

    /** What stands in the way, one thing at a time. */
    enum Obstacle {
        PAUSED(RefusalCause.NOT_ACCEPTING, true, "it is draining"),
        WITHOUT_LEASE(RefusalCause.NO_LEASE, true, "does not hold its lease"),
        SLOTS_TAKEN(RefusalCause.NO_SLOT, true, "2 of at most 2"),
        MEMORY_PROMISED(RefusalCause.NOT_ENOUGH_MEMORY, true, "needs 64 MiB, node b has 64 MiB free, 1 MiB of that"),
        OTHER_TRANSPORT(RefusalCause.TRANSPORT_UNSUPPORTED, false, "pc-1 over qemu/rdma"),
        OTHER_MACHINE(RefusalCause.TRANSPORT_UNSUPPORTED, false, "pc-0 over qemu/tcp"),
        OLDER_CPU(RefusalCause.INCOMPATIBLE_CPU, false, "lack avx2"),
        DISK_MISSING(RefusalCause.STORAGE_UNREACHABLE, false, "/disks/one"),
        COPY_LEFT(RefusalCause.HYPERVISOR_FAILED, true, "DEPARTED");

        final RefusalCause cause;
        final boolean isRetryable;
        final String text;

        Obstacle(RefusalCause cause, boolean isRetryable, String text) {
            this.cause = cause;
            this.isRetryable = isRetryable;
            this.text = text;
        }
    }

    @Test
    void aGuestThatFitsIsTaken() {
        assertThat(AdmissionControl.refusal(OFFER, Optional.of(MIGRATING), target(Optional.empty())))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Obstacle.class)
    void eachObstacleIsNamedWithItsFigures(Obstacle obstacle) {
        Refusal refusal = AdmissionControl.refusal(OFFER, Optional.of(MIGRATING), target(Optional.of(obstacle)))
                .orElseThrow();
        assertThat(refusal.cause()).isEqualTo(obstacle.cause);
        assertThat(refusal.text()).contains(obstacle.text);
        assertThat(refusal.remedy()).isNotEmpty();
        assertThat(refusal.isRetryable()).isEqualTo(obstacle.isRetryable);
    }

    @Test
    void ofAnOfferThatNobodyMakesEverythingIsNamedAtOnceWhateverTheRecordSays() {
        AdmissionControl.Target bad = new AdmissionControl.Target(
                B,
                Optional.of("it is draining"),
                true,
                2,
                2,
                MEMORY - 1,
                0,
                "qemu/tcp",
                "pc-1",
                Set.of("aes"),
                Set.of("lan"),
                List.of(new DiskSpec("/disks/one", "raw")),
                Optional.of(GuestState.DEPARTED));
        assertThat(AdmissionControl.objections(OFFER, bad))
                .extracting(Refusal::cause)
                .containsExactly(
                        RefusalCause.NOT_ACCEPTING,
                        RefusalCause.INCOMPATIBLE_CPU,
                        RefusalCause.STORAGE_UNREACHABLE,
                        RefusalCause.HYPERVISOR_FAILED,
                        RefusalCause.NO_SLOT,
                        RefusalCause.NOT_ENOUGH_MEMORY);
        assertThat(AdmissionControl.objections(OFFER, target(Optional.empty()))).isEmpty();
    }

    @Test
    void aMissingNetworkIsNamed() {
        MigrationOffer offer = new MigrationOffer(
                new io.drover.model.VmSpec(
                        VM,
                        MEMORY,
                        1,
                        List.of(),
                        List.of("lan", "dmz"),
                        MIGRATING.spec().priority(),
                        List.of(),
                        List.of(),
                        true,
                        MIGRATING.spec().failback(),
                        3,
                        3,
                        "",
                        ""),
                OFFER.generation(),
                OFFER.revision(),
                A,
                OPERATION,
                1,
                OFFER.transport(),
                OFFER.cpuFeatures(),
                OFFER.machine());
        assertThat(AdmissionControl.refusal(offer, Optional.of(MIGRATING), target(Optional.empty())))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.cause()).isEqualTo(RefusalCause.NETWORK_MISSING);
                    assertThat(refusal.text()).contains("dmz").doesNotContain("lan");
                });
    }

    @Test
    void anOfferThatTheRecordDoesNotBearOutIsStale() {
        assertStale(OFFER, Optional.empty());
        assertStale(OFFER, Optional.of(PLACED));
        assertStale(OFFER, Optional.of(TOUCHED));
        assertStale(offerBy(NOTED), Optional.of(NOTED));
        assertStale(with(offer -> offerOf(offer, offer.generation() + 1, offer.attempt())), Optional.of(MIGRATING));
        assertStale(with(offer -> offerOf(offer, offer.generation(), 2)), Optional.of(MIGRATING));
    }

    @Test
    void aReadingBehindTheOfferIsWorthAnother() {
        assertThat(AdmissionControl.isBehind(OFFER, Optional.empty())).isTrue();
        assertThat(AdmissionControl.isBehind(OFFER, Optional.of(PLACED))).isTrue();
        assertThat(AdmissionControl.isBehind(OFFER, Optional.of(MIGRATING))).isFalse();
        assertThat(AdmissionControl.isBehind(OFFER, Optional.of(TOUCHED))).isFalse();
    }

    @Test
    void promisesCountUntilTheyAreTakenOrEnd() {
        VmId other = new VmId("other");
        Duration expiry = Duration.ofSeconds(30);
        Promises promises = Promises.NONE.with(VM, 100, expiry, Duration.ZERO).with(other, 50, expiry, Duration.ZERO);
        assertThat(promises.outstanding(Map.of())).isEqualTo(150);
        assertThat(promises.outstanding(Map.of(VM, 70L))).isEqualTo(80);
        assertThat(promises.outstanding(Map.of(VM, 700L))).isEqualTo(50);
        Promises renewed = promises.renewed(VM, Duration.ofSeconds(20)).expired(Duration.ofSeconds(30));
        assertThat(renewed.outstanding(Map.of())).isEqualTo(100);
        assertThat(renewed.renewed(VM, Duration.ofSeconds(60))
                        .expired(Duration.ofSeconds(60))
                        .byVm())
                .as("a promise that has ended is not revived")
                .isEmpty();
        assertThat(renewed.without(VM).byVm()).isEmpty();
    }

    private static void assertStale(MigrationOffer offer, Optional<VmRecord> record) {
        assertThat(AdmissionControl.refusal(offer, record, target(Optional.empty())))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.cause()).isEqualTo(RefusalCause.STALE_RECORD);
                    assertThat(refusal.isRetryable()).isTrue();
                });
    }

    private static MigrationOffer with(UnaryOperator<MigrationOffer> change) {
        return change.apply(OFFER);
    }

    private static MigrationOffer offerBy(VmRecord record) {
        return new MigrationOffer(
                record.spec(),
                record.generation(),
                record.revision(),
                A,
                OPERATION,
                1,
                "qemu/tcp",
                List.of("aes", "avx2"),
                "pc-1");
    }

    private static MigrationOffer offerOf(MigrationOffer offer, long generation, int attempt) {
        return new MigrationOffer(
                offer.spec(),
                generation,
                offer.revision(),
                offer.source(),
                offer.operation(),
                attempt,
                offer.transport(),
                offer.cpuFeatures(),
                offer.machine());
    }

    private static AdmissionControl.Target target(Optional<Obstacle> obstacle) {
        return new AdmissionControl.Target(
                B,
                is(obstacle, Obstacle.PAUSED) ? Optional.of("it is draining") : Optional.empty(),
                !is(obstacle, Obstacle.WITHOUT_LEASE),
                is(obstacle, Obstacle.SLOTS_TAKEN) ? 2 : 1,
                2,
                MEMORY,
                is(obstacle, Obstacle.MEMORY_PROMISED) ? 1L << 20 : 0,
                is(obstacle, Obstacle.OTHER_TRANSPORT) ? "qemu/rdma" : "qemu/tcp",
                is(obstacle, Obstacle.OTHER_MACHINE) ? "pc-0" : "pc-1",
                is(obstacle, Obstacle.OLDER_CPU) ? Set.of("aes") : Set.of("aes", "avx2", "sse"),
                Set.of("lan"),
                is(obstacle, Obstacle.DISK_MISSING) ? List.of(new DiskSpec("/disks/one", "raw")) : List.of(),
                is(obstacle, Obstacle.COPY_LEFT) ? Optional.of(GuestState.DEPARTED) : Optional.of(GuestState.OFF));
    }

    private static boolean is(Optional<Obstacle> obstacle, Obstacle wanted) {
        return obstacle.filter(found -> found == wanted).isPresent();
    }
}
