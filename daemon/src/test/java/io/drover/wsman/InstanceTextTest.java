package io.drover.wsman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.drover.wsman.CimException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects as text, in the form of DSP0201 that hosts take. */
class InstanceTextTest {
    private static final List<CimType> TYPES = List.of(CimType.values());

    @Test
    void everyTypeIsWrittenInItsOwnWay() {
        assertThat(InstanceText.of("Msvm_X")
                        .string("Text", "a<b>&\"c\"")
                        .bool("Yes", true)
                        .bool("No", false)
                        .uint8("U8", 255)
                        .uint16("U16", 32768)
                        .uint32("U32", 4294967295L)
                        .uint64("U64", -1)
                        .time("Time", Instant.parse("2026-01-01T00:00:00.5Z"))
                        .interval("Interval", Duration.ofMinutes(30))
                        .strings("List", List.of("x", ""))
                        .build()
                        .text())
                .isEqualTo("<INSTANCE CLASSNAME=\"Msvm_X\">"
                        + "<PROPERTY NAME=\"Text\" TYPE=\"string\"><VALUE>a&lt;b&gt;&amp;&quot;c&quot;</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"Yes\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"No\" TYPE=\"boolean\"><VALUE>FALSE</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"U8\" TYPE=\"uint8\"><VALUE>255</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"U16\" TYPE=\"uint16\"><VALUE>32768</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"U32\" TYPE=\"uint32\"><VALUE>4294967295</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"U64\" TYPE=\"uint64\"><VALUE>18446744073709551615</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"Time\" TYPE=\"datetime\"><VALUE>20260101000000.500000+000</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"Interval\" TYPE=\"datetime\"><VALUE>00000000003000.000000:000</VALUE></PROPERTY>"
                        + "<PROPERTY.ARRAY NAME=\"List\" TYPE=\"string\"><VALUE.ARRAY><VALUE>x</VALUE><VALUE></VALUE>"
                        + "</VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>");
    }

    @Test
    void anyObjectComesBackAsItWas() {
        Random chance = new Random(20);
        for (int i = 0; i < 3000; i++) {
            InstanceText instance = any(chance);
            assertThat(InstanceText.parse(instance.text())).isEqualTo(instance);
        }
    }

    private static InstanceText any(Random chance) {
        InstanceText.Builder builder = InstanceText.of("Class_" + chance.nextInt(9));
        int properties = chance.nextInt(6);
        for (int i = 0; i < properties; i++) {
            String name = "P" + chance.nextInt(10);
            CimType type = TYPES.get(chance.nextInt(TYPES.size()));
            if (chance.nextBoolean()) {
                List<String> values = new ArrayList<>();
                for (int each = chance.nextInt(4); each > 0; each--) {
                    values.add(anyText(chance));
                }
                builder.array(name, type, values);
            } else {
                builder.put(name, type, anyText(chance));
            }
        }
        return builder.build();
    }

    private static String anyText(Random chance) {
        String[] pieces = {
            "a",
            "&",
            "<",
            ">",
            "]]>",
            "\"",
            "'",
            "\r\n",
            "\n",
            "\r",
            "\t",
            " ",
            "仮想",
            "😀",
            "<![CDATA[",
            "&amp;",
            "\\",
            "\uFFFD"
        };
        StringBuilder text = new StringBuilder();
        for (int i = chance.nextInt(6); i > 0; i--) {
            text.append(pieces[chance.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    @Test
    void timesAndIntervalsComeBackAsTheyWere() {
        Random chance = new Random(7);
        for (int i = 0; i < 500; i++) {
            Instant time = Instant.ofEpochSecond(chance.nextInt(), chance.nextInt(1_000_000) * 1000L);
            Duration interval =
                    Duration.ofSeconds(chance.nextInt(Integer.MAX_VALUE), chance.nextInt(1_000_000) * 1000L);
            CimInstance read = InstanceText.parse(InstanceText.of("X")
                            .time("T", time)
                            .interval("I", interval)
                            .build()
                            .text())
                    .instance(CimNamespace.CIMV2);
            assertThat(read.instant("T")).contains(time);
            assertThat(read.interval("I")).contains(interval);
        }
    }

    @Test
    void theErrorsOfAJobAreRead() {
        InstanceText error = InstanceText.parse("""
                <?xml version="1.0"?>
                <INSTANCE CLASSNAME="Msvm_Error">
                  <QUALIFIER NAME="dynamic" TYPE="boolean"><VALUE>TRUE</VALUE></QUALIFIER>
                  <PROPERTY NAME="Message" TYPE="string" CLASSORIGIN="CIM_Error"><VALUE><![CDATA[移行 <失敗>]]></VALUE></PROPERTY>
                  <PROPERTY NAME="MessageID" TYPE="string"><QUALIFIER NAME="x" TYPE="string"><VALUE>q</VALUE></QUALIFIER>
                    <VALUE>33012</VALUE></PROPERTY>
                  <PROPERTY NAME="CIMStatusCodeDescription" TYPE="string"></PROPERTY>
                  <PROPERTY NAME="ErrorType" TYPE="uint16"><VALUE>4</VALUE></PROPERTY>
                  <PROPERTY.ARRAY NAME="RecommendedActions" TYPE="string"><VALUE.ARRAY><VALUE>a</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>
                  <PROPERTY.ARRAY NAME="MessageArguments" TYPE="string"></PROPERTY.ARRAY>
                </INSTANCE>
                """);
        assertThat(error.className()).isEqualTo("Msvm_Error");
        assertThat(error.properties()).containsOnlyKeys("Message", "MessageID", "ErrorType", "RecommendedActions");
        CimInstance instance = error.instance(CimNamespace.VIRTUALIZATION);
        assertThat(instance.text("Message")).contains("移行 <失敗>");
        assertThat(instance.uint16("ErrorType")).hasValue(4);
        assertThat(instance.texts("RecommendedActions")).containsExactly("a");
    }

    @Test
    void anObjectOfAHostIsSentBackWithTypesAndChanges() {
        Map<String, List<CimValue>> values = new LinkedHashMap<>();
        values.put("AutomaticStartupAction", List.of(new CimValue.Text("3")));
        values.put("CreationTime", List.of(new CimValue.Time("2025-12-17T09:55:22.702341Z")));
        values.put("AutomaticStartupActionDelay", List.of(new CimValue.Time("PT30M")));
        values.put("HostResource", List.of(new CimValue.Text("a"), new CimValue.Text("b")));
        values.put("Caption", List.of(new CimValue.Nil()));
        values.put("IsSaved", List.of(new CimValue.Text("false")));
        values.put("Unknown", List.of(new CimValue.Text("new in this build")));
        CimInstance instance = new CimInstance(CimNamespace.VIRTUALIZATION.cimClass("Msvm_X"), values);
        Map<String, CimType> types = Map.of(
                "AutomaticStartupAction", CimType.UINT16,
                "CreationTime", CimType.DATETIME,
                "AutomaticStartupActionDelay", CimType.DATETIME,
                "HostResource", CimType.STRING,
                "Caption", CimType.STRING,
                "IsSaved", CimType.BOOLEAN);
        InstanceText text = InstanceText.of(
                        instance, name -> Optional.ofNullable(types.get(name)), name -> name.equals("HostResource"))
                .strings("HostResource", List.of("c"))
                .without("CreationTime")
                .build();
        assertThat(text.text())
                .isEqualTo("<INSTANCE CLASSNAME=\"Msvm_X\">"
                        + "<PROPERTY NAME=\"AutomaticStartupAction\" TYPE=\"uint16\"><VALUE>3</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"AutomaticStartupActionDelay\" TYPE=\"datetime\">"
                        + "<VALUE>00000000003000.000000:000</VALUE></PROPERTY>"
                        + "<PROPERTY.ARRAY NAME=\"HostResource\" TYPE=\"string\"><VALUE.ARRAY><VALUE>c</VALUE></VALUE.ARRAY>"
                        + "</PROPERTY.ARRAY>"
                        + "<PROPERTY NAME=\"IsSaved\" TYPE=\"boolean\"><VALUE>FALSE</VALUE></PROPERTY></INSTANCE>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<INSTANCE/>",
                "<INSTANCE CLASSNAME=\"a b\"/>",
                "<INSTANCE CLASSNAME=\"X\">",
                "<OTHER/>",
                "<INSTANCE CLASSNAME=\"X\"><PROPERTY TYPE=\"string\"><VALUE>a</VALUE></PROPERTY></INSTANCE>",
                "<INSTANCE CLASSNAME=\"X\"><PROPERTY NAME=\"P\" TYPE=\"float\"><VALUE>a</VALUE></PROPERTY></INSTANCE>",
                "<INSTANCE CLASSNAME=\"X\"><PROPERTY NAME=\"P\" TYPE=\"string\"><VALUE>a</VALUE><VALUE>b</VALUE></PROPERTY></INSTANCE>",
                "<!DOCTYPE INSTANCE [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><INSTANCE CLASSNAME=\"&x;\"/>"
            })
    void whatIsNoObjectIsRefused(String text) {
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> InstanceText.parse(text))
                .satisfies(each -> assertThat(each.kind()).isEqualTo(Kind.PROTOCOL));
    }

    @Test
    void aTextThatIsTooLongOrTooDeepIsRefused() {
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(
                        () -> InstanceText.parse("<INSTANCE CLASSNAME=\"X\">" + " ".repeat(2_000_000) + "</INSTANCE>"));
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> InstanceText.parse("<a>".repeat(1000) + "</a>".repeat(1000)));
    }

    @Test
    void valuesThatDoNotFitAreRefusedBeforeTheyAreSent() {
        InstanceText.Builder builder = InstanceText.of("X");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.uint8("N", 256));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.uint16("N", -1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.uint32("N", 1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.string("S", "\0"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.string("S", "\uD800"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.interval("I", Duration.ofSeconds(-1)));
    }
}
