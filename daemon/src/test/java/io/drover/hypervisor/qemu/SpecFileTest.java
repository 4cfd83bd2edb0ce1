package io.drover.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.model.DiskSpec;
import io.drover.model.FailbackMode;
import io.drover.model.NodeId;
import io.drover.model.Priority;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecFileTest {
    private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void nothingOfASpecificationIsLost() throws IOException {
        VmSpec spec = new VmSpec(
                new VmId("vm1"),
                5L << 30,
                4,
                List.of(new DiskSpec("/disks/a b.raw", "raw"), new DiskSpec("/disks/ü\".qcow2", "qcow2")),
                List.of("lan", "storage"),
                Priority.HIGH,
                List.of(new NodeId("n2"), new NodeId("n1")),
                List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3")),
                false,
                FailbackMode.NONE,
                7,
                0,
                "/boot.img",
                "8d3f");
        assertThat(SpecFile.read(SpecFile.write(spec, SINCE))).isEqualTo(spec);
        VmSpec plain = VmSpec.of(new VmId("vm2"), 1L << 20);
        assertThat(SpecFile.read(SpecFile.write(plain, SINCE))).isEqualTo(plain);
    }

    @Test
    void aFileOfAnotherVersionIsRead() throws IOException {
        String text = "{\"spec\":{\"id\":\"vm1\",\"memory\":1048576,\"colour\":{\"of\":\"night\"}},\"until\":1}";
        assertThat(SpecFile.read(text.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(VmSpec.of(new VmId("vm1"), 1L << 20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"spec\":{}}",
                "{\"spec\":{\"id\":\"vm1\"}}",
                "{\"spec\":{\"id\":\"../vm1\",\"memory\":1048576}}",
                "{\"spec\":{\"id\":\"vm1\",\"memory\":1048576,\"priority\":\"URGENT\"}}"
            })
    void aFileWithoutASoundSpecificationIsRefused(String text) {
        assertThatThrownBy(() -> SpecFile.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }
}
