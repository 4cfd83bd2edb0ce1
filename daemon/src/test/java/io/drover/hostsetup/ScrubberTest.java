package io.drover.hostsetup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScrubberTest {
    private final Scrubber scrubber = new Scrubber(List.of("hv1", "hv1.corp.example"), List.of("corp.example"));

    @Test
    void namesAreReplacedWhateverTheirLetters() {
        assertThat(scrubber.scrub("\\\\HV1\\root of hv1.CORP.example, user@corp.example"))
                .isEqualTo("\\\\host-1\\root of host-1.domain-1, user@domain-1");
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

    @Test
    void placeOfAWordTellsWhatItIs() {
        Scrubber other = new Scrubber();

        assertThat(other.scrub("<p:UserName>CONTOSO\\anna</p:UserName><p:Owner>CONTOSO\\HV7$</p:Owner>"
                        + "<p:SerialNumber>00454-10000</p:SerialNumber><p:Organization>Contoso Ltd</p:Organization>"))
                .isEqualTo("<p:UserName>domain-1\\user-1</p:UserName><p:Owner>domain-1\\host-1$</p:Owner>"
                        + "<p:SerialNumber>serial-1</p:SerialNumber><p:Organization>organization-1</p:Organization>");
        assertThat(other.scrub("Anna of contoso wrote to hv7"))
                .as("and is known from then on")
                .isEqualTo("user-1 of domain-1 wrote to host-1");
    }

    @Test
    void instancesInTextsAreLookedInto() {
        String instance =
                "&lt;PROPERTY NAME=&quot;Owner&quot; TYPE=&quot;string&quot;&gt;&lt;VALUE&gt;CONTOSO\\anna&lt;/VALUE&gt;";

        assertThat(new Scrubber().scrub("<p:Text>" + instance + "</p:Text>"))
                .contains("&lt;VALUE&gt;domain-1\\user-1&lt;")
                .contains("&quot;Owner&quot;");
    }

    @Test
    void serversOfSharesAndHostsOfKnownDomainsAreHosts() {
        assertThat(scrubber.scrub("<p:Path>\\\\filer\\vms\\web.vhdx</p:Path> 'hv2.corp.example' failed at HV2"))
                .isEqualTo("<p:Path>\\\\host-2\\vms\\web.vhdx</p:Path> 'host-3.domain-1' failed at host-3");
        String id = "Microsoft:B7E6F6E0\\\\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\\\\0\\\\0\\\\D";
        assertThat(scrubber.scrub(id)).as("an identifier is no share").isEqualTo(id);
    }

    @Test
    void markupAndWordsOfTheSystemStayWhateverSomebodyIsCalled() {
        Scrubber other = new Scrubber();
        other.learn("<p:Owner>CORP\\ElementName</p:Owner><p:UserName>NT AUTHORITY\\SYSTEM</p:UserName>");

        assertThat(other.scrub("<p:ElementName>elementname</p:ElementName><p:Owner>NT AUTHORITY\\SYSTEM</p:Owner>"))
                .isEqualTo("<p:ElementName>user-1</p:ElementName><p:Owner>NT AUTHORITY\\SYSTEM</p:Owner>");
    }
}
