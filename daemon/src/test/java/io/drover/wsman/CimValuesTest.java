package io.drover.wsman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.drover.wsman.CimException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, pointers and values. */
class CimValuesTest {
    private static final CimClass SWITCH = CimNamespace.VIRTUALIZATION.cimClass("Msvm_VirtualEthernetSwitch");

    private static CimInstance with(String name, String... texts) {
        return new CimInstance(
                SWITCH,
                Map.of(
                        name,
                        Arrays.stream(texts).<CimValue>map(CimValue.Text::new).toList()));
    }

    @Test
    void aClassIsAtItsAddress() {
        assertThat(CimClass.parse(SWITCH.uri())).isEqualTo(SWITCH);
        assertThat(SWITCH.uri())
                .isEqualTo(
                        "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_VirtualEthernetSwitch");
        assertThat(new CimNamespace("ROOT\\CIMV2"))
                .isEqualTo(CimNamespace.CIMV2)
                .hasSameHashCodeAs(CimNamespace.CIMV2);
        for (String wrong :
                List.of("", "http://example.org/x/y", CimClass.URI_PREFIX + "X", CimClass.URI_PREFIX + "root/x*")) {
            assertThatIllegalArgumentException().isThrownBy(() -> CimClass.parse(wrong));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "x\"", "x><y", "1x", "Msvm_X; DROP"})
    void namesThatWouldNeedQuotingAreRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> CimNamespace.CIMV2.cimClass(name));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InstanceText.of("X").string(name, "v"));
        assertThatIllegalArgumentException().isThrownBy(() -> CimInvocation.of(SWITCH.singleton(), name));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CimInvocation.of(SWITCH.singleton(), "M").text(name, "v"));
    }

    @Test
    void aPathQuotesWhatItHolds() {
        CimReference pool = CimReference.of(
                CimNamespace.VIRTUALIZATION.cimClass("Msvm_ResourcePool"), "InstanceID", "Microsoft:A\\B\"C,D=E");
        String path = "\\\\HV1\\root\\virtualization\\v2:Msvm_ResourcePool.InstanceID=\"Microsoft:A\\\\B\\\"C,D=E\"";
        assertThat(pool.path("HV1")).isEqualTo(path);
        assertThat(CimReference.parsePath(path)).isEqualTo(pool);
    }

    @Test
    void pathsOfAnyValuesComeBackAsTheyWere() {
        Random chance = new Random(4);
        String letters = "ab\\\",=.:{}'仮 ";
        for (int i = 0; i < 2000; i++) {
            String one = chance.ints(chance.nextInt(8), 0, letters.length())
                    .mapToObj(each -> letters.substring(each, each + 1))
                    .reduce("", String::concat);
            CimReference reference = CimReference.of(SWITCH, Map.of("Name", one, "CreationClassName", "x" + one));
            assertThat(CimReference.parsePath(reference.path("HOST"))).isEqualTo(reference);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "\\\\HOST",
                "\\\\HOST\\root\\cimv2",
                "\\\\H\\root\\cimv2:Win32_X",
                "\\\\H\\root\\cimv2:Win32_X.Name=\"open",
                "\\\\H\\root\\cimv2:Win32_X.Name=\"x\"y",
                "\\\\H\\root\\cimv2:Win32_X.Name=\"x\",Name=\"y\"",
                "\\\\H\\root\\cimv2:Win32_X.=\"x\""
            })
    void whatIsNoPathIsRefused(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> CimReference.parsePath(path));
    }

    @Test
    void numbersInPathsNeedNoQuotes() {
        assertThat(CimReference.parsePath("root\\cimv2:Win32_X.Id=7,Name=\"a\"").keys())
                .containsExactly(Map.entry("Id", "7"), Map.entry("Name", "a"));
    }

    @Test
    void keysAreComparedWithoutRegardToCase() {
        CimReference upper = CimReference.of(SWITCH, "Name", "x");
        assertThat(upper)
                .isEqualTo(CimReference.of(SWITCH, "name", "x"))
                .hasSameHashCodeAs(CimReference.of(SWITCH, "NAME", "x"));
        assertThat(upper.key("nAmE")).contains("x");
        assertThat(upper).isNotEqualTo(CimReference.of(SWITCH, "Name", "X"));
    }

    @ParameterizedTest
    @CsvSource({
        "2025-12-17T09:55:22.702341Z,2025-12-17T09:55:22.702341Z",
        "2025-12-17T09:55:22Z,2025-12-17T09:55:22Z",
        "2025-12-17T18:55:22+09:00,2025-12-17T09:55:22Z",
        "2025-12-17T09:55:22,2025-12-17T09:55:22Z",
        "20251217185522.702341+540,2025-12-17T09:55:22.702341Z",
        "20251217045522.000000-300,2025-12-17T09:55:22Z"
    })
    void pointsInTimeHaveManySpellings(String text, Instant expected) {
        assertThat(with("T", text).instant("T")).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "P0DT0H0M12S,PT12S",
        "P1DT2H3M4.5S,PT26H3M4.5S",
        "PT0.25S,PT0.25S",
        "P3D,PT72H",
        "P0Y0M1DT1H,PT25H",
        "00000000003000.000000:000,PT30M",
        "00000001020304.500000:000,PT26H3M4.5S"
    })
    void intervalsHaveManySpellings(String text, Duration expected) {
        assertThat(with("T", text).interval("T")).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "P",
                "PT",
                "P1Y",
                "20251317000000.000000+000",
                "2025-12-17",
                "99999999999",
                "P1DT"
            })
    void whatIsNoTimeIsRefusedNotGuessed(String text) {
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> with("T", text).instant("T"));
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> with("T", text).interval("T"));
    }

    @Test
    void neverIsNothing() {
        assertThat(with("T", "1601-01-01T00:00:00Z").instant("T")).isEmpty();
        assertThat(with("T", "16010101000000.000000-000").instant("T")).isEmpty();
    }

    @Test
    void bytesComeAsNumbersOrAsBase64() {
        assertThat(with("B", "0", "255", "7").bytes("B")).containsExactly(0, 255, 7);
        assertThat(with("B", "42").bytes("B")).containsExactly(42);
        assertThat(with("B", "AAH/").bytes("B")).containsExactly(0, 1, 255);
        assertThat(with("B").bytes("B")).isEmpty();
        for (String[] wrong : new String[][] {{"256"}, {"1", "-1"}, {"1", "AAH/"}, {"%%%"}}) {
            assertThatExceptionOfType(CimException.class)
                    .isThrownBy(() -> with("B", wrong).bytes("B"))
                    .satisfies(each -> assertThat(each.kind()).isEqualTo(Kind.PROTOCOL));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "65536", "1.0", "0x10", "１２", "99999999999999999999999999", "two"})
    void whatIsNoNumberOfSixteenBitsIsRefused(String text) {
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> with("N", text).uint16("N"))
                .withMessageContaining("N is");
    }

    @Test
    void numbersKeepTheirWidth() {
        assertThat(with("N", "65535").uint16("N")).hasValue(65535);
        assertThat(with("N", "4294967295").uint32("N")).hasValue(4294967295L);
        assertThat(with("N", "18446744073709551615").uint64("N")).hasValue(-1L);
        assertThat(with("N", "-5").sint64("N")).hasValue(-5);
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> with("N", "18446744073709551616").uint64("N"));
    }

    @Test
    void booleansHaveAnyCase() {
        for (String each : List.of("TRUE", "true", "True")) {
            assertThat(with("B", each).bool("B")).contains(true);
        }
        assertThat(with("B", "FALSE").bool("B")).contains(false);
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> with("B", "1").bool("B"));
    }

    @Test
    void twoValuesAreNoScalar() {
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> with("N", "1", "2").uint16("N"));
    }

    @Test
    void queriesQuoteTheirStrings() {
        assertThat(CimQuery.where(SWITCH, "ElementName", "it's a \\ switch").wql())
                .isEqualTo("SELECT * FROM Msvm_VirtualEthernetSwitch WHERE ElementName = 'it\\'s a \\\\ switch'");
        assertThat(CimQuery.associators(
                                CimReference.of(SWITCH, "Name", "a'b"), SWITCH, CimNamespace.CIMV2.cimClass("R"))
                        .wql())
                .isEqualTo("ASSOCIATORS OF {Msvm_VirtualEthernetSwitch.Name='a\\'b'} WHERE"
                        + " AssocClass=Msvm_VirtualEthernetSwitch ResultClass=R");
    }

    @Test
    void aMessageNamesWhatIsKnownInOneLine() {
        CimException failure = CimException.of(Kind.NOT_FOUND, "reading X")
                .wsmanCode(2150858778L)
                .wmiCode(0x80041002L)
                .evidence("見つかり\r\nません")
                .remedy("expected: y")
                .build();
        assertThat(failure)
                .hasMessage("reading X; WS-Management code 2150858778; WMI code 0x80041002; the host says: 見つかり  ません"
                        + " (expected: y)");
        assertThat(failure.withOutcomeUnknown().wmiCode()).hasValue(0x80041002L);
    }

    @Test
    void passwordsAreWipedFromWhereTheyCameFrom() {
        char[] password = "secret".toCharArray();
        String header = Passwords.basic(new WsmanAuthentication.Basic("u", () -> password));
        assertThat(new String(java.util.Base64.getDecoder().decode(header.substring(6)), StandardCharsets.UTF_8))
                .isEqualTo("u:secret");
        assertThat(password).containsOnly('\0');
    }
}
