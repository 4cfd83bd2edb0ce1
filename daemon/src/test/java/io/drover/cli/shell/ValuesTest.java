package io.drover.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ValuesTest {
    @ParameterizedTest
    @CsvSource({"90s,PT90S", "5m,PT5M", "1h30m,PT90M", "500ms,PT0.5S", "2d,P2D", "1m30s,PT90S"})
    void readsDurations(String text, String iso) {
        assertThat(new Durations().convert(text)).isEqualTo(Duration.parse(iso));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5x", "-5s", "0s", "1m1h", "1.5h", "5 s", "99999999999s"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> new Durations().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("90s, 5m, 1h30m");
    }

    @ParameterizedTest
    @CsvSource({"64MiB,67108864", "4GiB,4294967296", "1.5GiB,1610612736", "512,512", "1K,1024", "2TB,2199023255552"})
    void readsSizes(String text, long bytes) {
        assertThat(new Sizes().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0MiB", "4XB", "-1MiB", "1.5", "4 giB", "2000TiB", "MiB"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> new Sizes().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("64MiB");
    }

    @Test
    void aFailedOperationPastItsDeadlineIsTheDeadlinesFailure() {
        OperationRecord failed = OperationRecord.newBuilder()
                .setState(OperationState.OPERATION_STATE_FAILED)
                .setDeadline(Timestamp.newBuilder().setSeconds(100))
                .setFinishedAt(Timestamp.newBuilder().setSeconds(100))
                .build();
        assertThat(ExitCode.of(failed)).isEqualTo(ExitCode.DEADLINE);
        OperationRecord before = failed.toBuilder()
                .setFinishedAt(Timestamp.newBuilder().setSeconds(99))
                .build();
        assertThat(ExitCode.of(before)).isEqualTo(ExitCode.FAILED);
        OperationRecord done = failed.toBuilder()
                .setState(OperationState.OPERATION_STATE_COMPLETED)
                .build();
        assertThat(ExitCode.of(done)).isEqualTo(ExitCode.DONE);
    }

    @Test
    void theOldConsoleOfWindowsAndADumbTerminalGetNoAnsi() {
        assertThat(Surroundings.understandsAnsi(Map.of(), "Windows Server 2022"))
                .isFalse();
        assertThat(Surroundings.understandsAnsi(Map.of("WT_SESSION", "1"), "Windows 11"))
                .isTrue();
        assertThat(Surroundings.understandsAnsi(Map.of("TERM", "dumb"), "Linux"))
                .isFalse();
        assertThat(Surroundings.understandsAnsi(Map.of("TERM", "xterm"), "Linux"))
                .isTrue();
    }
}
