package io.drover.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormsTest {
    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "500ms, PT0.5S",
        "6s, PT6S",
        "30m, PT30M",
        "30min, PT30M",
        "1h30m, PT1H30M",
        "7d, PT168H",
        "1m30s, PT1M30S",
        "1s500ms, PT1.5S",
        "999999999d, PT23999999976H"
    })
    void lengthOfTimeIsRead(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "6", "s", "6 s", "-6s", "1.5s", "6S", "30m1h", "PT6S", "6sec", "6s6s", "1000000000d"})
    void textThatIsNoLengthOfTimeIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse(text))
                .withMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "500ms", "6s", "1m30s", "1h30m", "7d", "1d1h1m1s1ms"})
    void lengthOfTimeIsWrittenAsItIsRead(String text) {
        assertThat(DurationText.format(DurationText.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0B, 0",
        "1B, 1",
        "1KiB, 1024",
        "512MiB, 536870912",
        "1.5GiB, 1610612736",
        "64 GiB, 68719476736",
        "2TiB, 2199023255552",
        "4GB, 4000000000",
        "3kB, 3000",
        "0.1KiB, 102",
        "7PiB, 7881299347898368"
    })
    void sizeIsRead(String text, long expected) {
        assertThat(SizeText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "GiB", "-1GiB", "1gib", "1G", "1,5GiB", "999999999PiB", "1e3B"})
    void textThatIsNoSizeIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SizeText.parse(text))
                .withMessageContaining(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1023, 1023B", "536870912, 512MiB", "1610612736, 1.5GiB", "68719476736, 64GiB"})
    void sizeIsWrittenForPeople(long bytes, String expected) {
        assertThat(SizeText.format(bytes)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hv1:7443", "192.0.2.1:0", "[::1]:65535", "[fe80::1%eth0]:1", "a-b.example:80"})
    void hostAndPortAreWrittenAsTheyAreRead(String text) {
        assertThat(HostPortText.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "hv1", ":80", "hv1:", "hv1:x", "hv1:-1", "hv1:65536", "::1:80", "[hv1]:80", "a b:80", "[]:1"
            })
    void textThatIsNoHostAndPortIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPortText.parse(text))
                .withMessageContaining(text);
    }

    @Test
    void suggestionIsMadeOnlyForANearMiss() {
        var known = java.util.List.of("node", "memory", "type");

        assertThat(NearMiss.of("nodes", known)).contains("node");
        assertThat(NearMiss.of("mmeory", known)).contains("memory");
        assertThat(NearMiss.of("MEMORY", known)).contains("memory");
        assertThat(NearMiss.of("colour", known)).isEmpty();
        assertThat(NearMiss.of("x", known)).isEmpty();
    }
}
