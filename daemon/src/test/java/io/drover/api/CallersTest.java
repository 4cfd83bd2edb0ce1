package io.drover.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("AddressSelection") // there are no names here, only addresses
class CallersTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 10.0.0.1,  true",
        "::1,       ::1,       true",
        "10.0.0.1,  10.0.0.1,  true",
        "10.0.0.2,  10.0.0.1,  false",
        "10.0.0.1,  127.0.0.1, false"
    })
    void hostThatConnectsToItselfIsKnownByItsAddress(String from, String to, boolean isSame) {
        assertThat(Callers.isSameHost(new InetSocketAddress(from, 40_000), new InetSocketAddress(to, 7443)))
                .isEqualTo(isSame);
    }

    @Test
    void whoHasNoAddressIsSomebodyElse() {
        assertThat(Callers.isSameHost(null, new InetSocketAddress(InetAddress.getLoopbackAddress(), 7443)))
                .isFalse();
    }
}
