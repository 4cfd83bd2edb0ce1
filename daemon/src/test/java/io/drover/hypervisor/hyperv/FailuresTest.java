package io.drover.hypervisor.hyperv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.CompatibilityVectors.Vector;
import io.drover.hypervisor.hyperv.Failures.HostError;
import io.drover.model.GuestState;
import io.drover.wsman.CimException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {
    @ParameterizedTest
    @CsvSource({
        "0x8009030E, AUTH_DELEGATION",
        "0x8009030D, AUTH_DELEGATION",
        "0x80090322, AUTH_SPN",
        "0x80070005, ACCESS_DENIED",
        "0x80070569, HOST_POLICY",
        "0x80070534, HOST_POLICY",
        "0x8007274C, NETWORK",
        "0x8007274D, NETWORK",
        "0x80072746, NETWORK",
        "0x8007271D, NETWORK",
        "0x8007000E, NO_RESOURCES",
        "0x800705AA, NO_RESOURCES",
        "0x800705B4, TIMEOUT",
        "0xC03A0014, ATTACHMENT",
        "0xC0370027, SAVED_STATE",
        "0x80048054, STORAGE",
        "0x80070020, STORAGE_LOCKED",
        "0x8004100E, NOT_HYPERV",
        "0x800706BA, UNREACHABLE",
        "0x80041002, NOT_FOUND"
    })
    void hresultDecidesWhateverTheLanguage(String code, HypervProblem problem) {
        assertThat(Failures.of(List.of(new HostError("21502", "移行に失敗しました (" + code + ")。"))))
                .isEqualTo(problem);
        assertThat(Failures.of(List.of(new HostError("", code.toLowerCase(java.util.Locale.ROOT)))))
                .isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "33012, INCOMPATIBLE_SWITCH", "40004, SAVED_STATE", "20413, STORAGE", "20417, LONG_BLACKOUT",
        "10698, INCOMPATIBLE_VERSION", "21501, BUSY_RETRY", "21502, INCOMPATIBLE_CPU", "7, UNKNOWN"
    })
    void messageNumberDecidesWhereThereIsNoCode(String id, HypervProblem problem) {
        assertThat(Failures.of(List.of(new HostError(id, "何か")))).isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource({"10698, INCOMPATIBLE_VERSION", "33012, INCOMPATIBLE_SWITCH", "7, INCOMPATIBLE_CPU"})
    void eventOfEveryFailedMoveIsTheCauseOnlyIfNothingElseIs(String id, HypervProblem problem) {
        assertThat(Failures.of(List.of(new HostError("21502", "何か"), new HostError(id, "何か"))))
                .isEqualTo(problem);
    }

    @Test
    void warningIsNotTheCauseOfAFailure() {
        HostError slow = new HostError("20417", "何か");
        assertThat(Failures.of(List.of(slow, new HostError("21502", "何か")))).isEqualTo(HypervProblem.INCOMPATIBLE_CPU);
        assertThat(Failures.of(List.of(slow, new HostError("21502", "何か (0x8007000E)"))))
                .isEqualTo(HypervProblem.NO_RESOURCES);
    }

    @Test
    void migrationEventWithACodeThatIsNotKnownIsNoGuess() {
        assertThat(Failures.of(List.of(new HostError("21502", "something (0x80071234)."))))
                .isEqualTo(HypervProblem.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "32769, ACCESS_DENIED",
        "32770, UNSUPPORTED",
        "32772, TIMEOUT",
        "32773, INVALID_CALL",
        "32775, INVALID_STATE",
        "32778, NO_RESOURCES",
        "32779, STORAGE_LOCKED",
        "32784, INCOMPATIBLE_CPU",
        "99, UNKNOWN"
    })
    void returnValueDecides(long value, HypervProblem problem) {
        assertThat(Failures.ofReturn(value)).isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "32778, NO_RESOURCES",
        "32779, STORAGE_LOCKED",
        "32784, INCOMPATIBLE_CPU",
        "32768, UNKNOWN",
        "5, UNKNOWN"
    })
    void codeOfAJobThatNamesNoErrorDecidesAsAReturnValueWould(int code, HypervProblem problem) {
        JobView job = new JobView(JobView.Stage.FAILED, 0, false, false, code, "何か");
        assertThat(Failures.of(job.asErrors())).isEqualTo(problem);
    }

    @Test
    void callWithoutAnAnswerIsNoMissingVm() {
        assertThat(Failures.of(CimException.of(CimException.Kind.TRANSPORT, "x").build()))
                .isEqualTo(HypervProblem.UNREACHABLE);
        assertThat(Failures.of(CimException.of(CimException.Kind.NOT_FOUND, "x").build()))
                .isEqualTo(HypervProblem.NOT_FOUND);
        assertThat(Failures.of(CimException.of(CimException.Kind.INTERNAL_ERROR, "x")
                        .wmiCode(0x80070005L)
                        .build()))
                .isEqualTo(HypervProblem.ACCESS_DENIED);
    }

    @ParameterizedTest
    @CsvSource({
        "2, '', RUNNING",
        "3, '', OFF",
        "6, '', SAVED",
        "9, '', PAUSED",
        "10, '', RUNNING",
        "4, '', RUNNING",
        "32768, '', PAUSED",
        "32769, '', SAVED",
        "1, Saving, RUNNING",
        "1, OffCritical, OFF",
        "1, PausedCritical, PAUSED",
        "1, '', RUNNING",
        "0, '', RUNNING"
    })
    void whatMayExecuteIsNeverToldAsOff(int enabled, String word, GuestState state) {
        assertThat(SystemState.of(enabled, word)).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({
        "7, 0, SUCCEEDED",
        "32768, 0, SUCCEEDED",
        "7, 5, FAILED",
        "32768, 1, FAILED",
        "10, 0, FAILED",
        "8, 0, FAILED",
        "9, 0, FAILED",
        "4, 0, RUNNING",
        "12, 0, RUNNING"
    })
    void jobHasSucceededOnlyWithoutAnErrorCode(int state, int error, JobView.Stage stage) {
        assertThat(JobView.stage(state, error)).isEqualTo(stage);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 5, 5, true", "0, 5, 4, false", "1, 7, 3, true", "1, 2, 3, false", "2, 3, 7, true", "2, 8, 7, false",
        "3, 8, 7, true", "3, 1, 7, false", "4, 5, 4, true", "4, 4, 4, false", "5, 4, 4, true", "6, 3, 4, true",
        "6, -1, 4, false", "7, 4, 4, true", "8, 6, 3, true", "8, 6, 0, false", "9, 3, 6, true", "9, 0, 6, false",
        "10, 1, 1, false"
    })
    void vectorsAreComparedWithTheVmOnTheLeft(int operation, long vm, long host, boolean fits) {
        Optional<Vector> misfit = CompatibilityVectors.misfit(
                List.of(new Vector(1, operation, vm)), List.of(new Vector(1, operation, host)));
        assertThat(misfit.isEmpty()).isEqualTo(fits);
        assertThat(CompatibilityVectors.misfit(List.of(new Vector(2, operation, vm)), List.of(new Vector(1, 0, host))))
                .isPresent();
    }

    @Test
    void vectorsGoToAnotherHostAndBackAsText() {
        List<Vector> vectors = List.of(new Vector(1, 0, 0x756E6547L), new Vector(65535, 2, -1));
        String text = CompatibilityVectors.text(vectors);
        assertThat(text).isEqualTo("hyperv-vectors:1/0/756e6547,65535/2/ffffffffffffffff");
        assertThat(CompatibilityVectors.parse(text)).isEqualTo(vectors);
        assertThat(CompatibilityVectors.text(List.of())).isEmpty();
        assertThat(CompatibilityVectors.text(Collections.nCopies(65, new Vector(1, 0, 1))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hyperv-vectors:", "hyperv-vectors:1/2", "vectors:1/2/3", "hyperv-vectors:1/2/3,,"})
    void whatIsNoVectorsIsRefused(String text) {
        assertThatExceptionOfType(HypervisorException.class).isThrownBy(() -> CompatibilityVectors.parse(text));
    }

    @Test
    void settingsOfAMoveAreWhatTheMethodTakes() {
        assertThat(MoveSettings.move(MoveSettings.SHARED_STORAGE, List.of("192.0.2.12"), "")
                        .text())
                .contains("CLASSNAME=\"Msvm_VirtualSystemMigrationSettingData\"")
                .contains("<PROPERTY NAME=\"MigrationType\" TYPE=\"uint16\"><VALUE>32768</VALUE></PROPERTY>")
                .contains("<VALUE>192.0.2.12</VALUE>");
    }
}
