package io.drover.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestImageTest {
    @TempDir
    Path folder;

    @Test
    void imageIsABootableFloppyWithItsParameters() throws IOException {
        Path image = folder.resolve("guest.img");
        GuestImage.write(image, 1000, 7, 5 << 20, true, 99);
        GuestImage.write(image, 100, 3, 8 << 20, false, 0);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.capacity()).isEqualTo(1_474_560);
        assertThat(bytes.getShort(0x1fe)).isEqualTo((short) 0xaa55);
        assertThat(bytes.getInt(0x1e8)).isEqualTo(3);
        assertThat(bytes.getInt(0x1ec)).isEqualTo(8 << 20);
        assertThat(bytes.getInt(0x1f0)).isZero();
        assertThat(bytes.getShort(0x1f4)).isEqualTo((short) 11932);
        assertThat(bytes.getShort(0x1f6)).isZero();
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        Path image = folder.resolve("guest.img");
        assertThatThrownBy(() -> GuestImage.write(image, 18, 0, 4096, false)).hasMessageContaining("hz: 18");
        assertThatThrownBy(() -> GuestImage.write(image, 100, -1, 4096, false))
                .hasMessageContaining("pagesPerTick: -1");
        assertThatThrownBy(() -> GuestImage.write(image, 100, 0, 5000, false))
                .hasMessage("workingSetBytes: 5000 (expected: a multiple of 4096)");
        assertThatThrownBy(() -> GuestImage.write(image, 100, 0, 4096, false, 65_537))
                .hasMessageContaining("diskSectors: 65537");
        assertThat(image).doesNotExist();
    }
}
