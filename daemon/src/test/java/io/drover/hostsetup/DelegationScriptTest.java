package io.drover.hostsetup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** deploy/check-powershell parses the same golden file. */
class DelegationScriptTest {
    private static final HypervisorHost HV1 = HypervisorHost.ofFullName("hv1.corp.example");
    private static final HypervisorHost HV2 = HypervisorHost.ofFullName("HV2.Corp.example");
    private static final HypervisorHost HV3 = new HypervisorHost("hv3", "lab.example");

    @Test
    void everyOrderedPairIsGrantedBothServicesByBothNames() throws IOException {
        assertThat(DelegationScript.of(List.of(HV1, HV2, HV3))).isEqualTo(golden());
    }

    @Test
    void theOrderInWhichHostsAreNamedDoesNotShow() {
        assertThat(DelegationScript.of(List.of(HV3, HV1, HV2))).isEqualTo(DelegationScript.of(List.of(HV1, HV2, HV3)));
    }

    @Test
    void noHostIsGrantedItself() {
        String script = DelegationScript.of(List.of(HV1, HV2));

        assertThat(script.split("Grant-Delegation -Name 'hv1'", -1)[1].split("Grant-Delegation", -1)[0])
                .contains("cifs/hv2.corp.example")
                .doesNotContain("/hv1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv1",
                "hv1.",
                "hv1'.corp.example",
                "hv1;calc.corp.example",
                "$(calc).corp.example",
                "hv1\n.corp.example",
                "hv1.corp.example\n",
                "hv1.corp..example",
                "-hv1.corp.example",
                "hv1-.corp.example",
                "12345.corp.example",
                "abcdefghijklmnop.corp.example",
                "h\u00fcv1.corp.example",
                "hv1\u2019.corp.example",
                "10.0.0.1x y"
            })
    void whatIsNoNameOfAHostIsRefused(String name) {
        assertThatThrownBy(() -> HypervisorHost.ofFullName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected:");
    }

    @Test
    void oneHostTooManyHostsAndAHostNamedTwiceAreRefused() {
        List<HypervisorHost> many = new ArrayList<>();
        IntStream.rangeClosed(1, 65).forEach(i -> many.add(new HypervisorHost("hv" + i, "corp.example")));

        assertThatThrownBy(() -> DelegationScript.of(List.of(HV1))).hasMessageContaining("1 (expected: 2 to 64)");
        assertThatThrownBy(() -> DelegationScript.of(many)).hasMessageContaining("65 (expected: 2 to 64)");
        assertThatThrownBy(() -> DelegationScript.of(List.of(HV1, HV2, HypervisorHost.ofFullName("HV1.corp.example"))))
                .hasMessageContaining("hv1.corp.example is named twice");
        assertThat(DelegationScript.of(many.subList(0, 64))).contains("Grant-Delegation -Name 'hv64'");
    }

    private static String golden() throws IOException {
        try (InputStream in = DelegationScriptTest.class.getResourceAsStream("delegation.golden.ps1")) {
            return new String(
                    Objects.requireNonNull(in, "delegation.golden.ps1").readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
