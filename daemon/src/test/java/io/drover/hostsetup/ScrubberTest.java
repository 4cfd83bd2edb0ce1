package io.drover.hostsetup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScrubberTest {
    private final Scrubber scrubber = new Scrubber(List.of("hv1", "hv1.corp.example"), List.of("corp.example"));

    @Test
    void namesAreReplacedWhateverTheirLetters() {
        assertThat(scrubber.scrub("\\\\HV1\\root of hv1.CORP.example, user@corp.example"))
                .isEqualTo("\\\\host-2\\root of host-1, user@domain-1");
    }

    @Test
    void wordsThatOnlyHoldANameStay() {
        assertThat(scrubber.scrub("hv10 and xhv1 and hv1-old")).isEqualTo("hv10 and xhv1 and hv1-old");
    }

    @Test
    void addressesAndAccountsAreReplacedEachByItsOwn() {
        assertThat(scrubber.scrub("10.1.2.3, 10.1.2.4, 10.1.2.3; S-1-5-21-1-2-3-500; "
                        + "0123456789abcdef0123456789ABCDEF01234567"))
                .isEqualTo("address-1, address-2, address-1; sid-1; thumbprint-1");
        assertThat(scrubber.scrub("version 10.0.20348, 1.2.3.4.5")).isEqualTo("version 10.0.20348, 1.2.3.4.5");
    }
}
