package io.drover.hypervisor.hyperv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.hypervisor.HypervisorException;
import io.drover.model.VmId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    private static final VmId VM = new VmId("web");

    private static Endpoint again(Endpoint endpoint) {
        return Endpoint.parse(VM, endpoint.text());
    }

    @Test
    void whatAHostWritesAnotherReads() {
        Endpoint endpoint = Endpoint.of("hv2.corp.example", List.of("192.0.2.12", "2001:db8::12"));
        assertThat(again(endpoint)).isEqualTo(endpoint);
        assertThat(again(Endpoint.of("hv2", List.of()))).isEqualTo(new Endpoint("hv2", List.of()));
    }

    @Test
    void addressesThatNobodyElseCanUseAreLeftOut() {
        assertThat(Endpoint.of("hv2", List.of("fe80::1%5", "192.0.2.12")).addresses())
                .containsExactly("192.0.2.12");
    }

    @Test
    void ofVeryManyAddressesTheFirstAreEnough() {
        List<String> many = IntStream.range(1, 40).mapToObj(i -> "192.0.2." + i).toList();
        assertThat(again(Endpoint.of("hv2", many)).addresses()).isEqualTo(many.subList(0, 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "hyperv:", "hyperv:/", "hyperv:hv2", "hyperv:-/", "qemu:hv2/", "hyperv:hv2/,", "hyperv:hv2/x"
            })
    void whatIsNoneIsRefused(String text) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> Endpoint.parse(VM, text))
                .withMessageContaining("'" + text + "' (expected: hyperv:NAME/ADDRESS,ADDRESS)");
    }
}
