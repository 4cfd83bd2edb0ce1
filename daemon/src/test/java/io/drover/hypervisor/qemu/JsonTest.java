package io.drover.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "{\"a\":{\"b\":[1,-2,true,false,null,\"x\"]},\"c\":[]}",
                "{\"ticks\":18446744073709551615,\"least\":-9223372036854775808}",
                "{\"rate\":0.25,\"name\":\"a\\\"b\\\\c\\n\\u0001ä\"}"
            })
    void readsAndWritesWhatJacksonsMapperDoes(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Json.text(Json.read(bytes))).isEqualTo(text);
        assertThat(new JsonMapper().readTree(Json.text(Json.read(bytes)))).isEqualTo(new JsonMapper().readTree(bytes));
    }

    @Test
    void whiteSpaceAroundAValueIsNothing() throws IOException {
        assertThat(Json.read(" {\"a\": 1}\r".getBytes(StandardCharsets.UTF_8))
                        .path("a")
                        .asInt())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\":}", "[1,", "{} {}", "nothing", "{\"a\":1"})
    void whatIsNotOneValueIsRefused(String text) {
        assertThatThrownBy(() -> Json.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aValueThatIsNestedWithoutEndIsRefused() {
        byte[] text = "[".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Json.read(text)).isInstanceOf(IOException.class);
    }
}
