package io.drover.hypervisor.hyperv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** For how long an import stays away from what is coming. */
class ExpectedRegistrationsTest {
    private static final VmId VM = new VmId("web");
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Near the end of its range, as the system's may be. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND.toNanos());

    private final ExpectedRegistrations expected = new ExpectedRegistrations(now::get);
    private boolean isPlanned;
    private int imports;

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void imports() {
        int before = imports;
        expected.orElseImport(VM, () -> isPlanned, () -> imports++);
        assertThat(imports).isEqualTo(before + 1);
    }

    private void staysAway() {
        int before = imports;
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> expected.orElseImport(VM, () -> isPlanned, () -> imports++))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.STORAGE_LOCKED));
        assertThat(imports).isEqualTo(before);
    }

    @Test
    void whatNobodyTellsOfIsImportedWhateverIsPlanned() {
        isPlanned = true;
        imports();
    }

    @Test
    void whatDoesNotBeginToComeIsImportedAfterAWhile() {
        expected.expect(VM);
        pass(ExpectedRegistrations.BEGINNING.minus(SECOND));
        staysAway();
        pass(SECOND);
        imports();
        assertThat(expected.isExpected(VM)).isFalse();
    }

    @Test
    void whatHasBegunToComeIsWaitedForLonger() {
        expected.expect(VM);
        isPlanned = true;
        pass(ExpectedRegistrations.BEGINNING.multipliedBy(3));
        staysAway();
        pass(Duration.ofMinutes(2));
        imports();
    }

    @Test
    void whatHasComeIsAwaitedNoMore() {
        expected.expect(VM);
        assertThat(expected.isExpected(VM)).isTrue();
        expected.arrived(VM);
        assertThat(expected.isExpected(VM)).isFalse();
        imports();
    }

    @Test
    void anImportThatFailsDoesNotKeepOthersFromBeingToldOf() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> expected.orElseImport(VM, () -> false, () -> {
                    throw new IllegalStateException("a test");
                }));
        expected.expect(VM);
        staysAway();
    }
}
