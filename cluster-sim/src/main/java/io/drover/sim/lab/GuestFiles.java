package io.drover.sim.lab;

import io.drover.hypervisor.qemu.GuestImage;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * What the laboratory's guests are made of: an image that counts, and a disk that it writes to.
 *
 * @param root the laboratory's folder
 */
record GuestFiles(Path root) {
    /** Ticks a second of the guests. */
    static final int HZ = 100;

    private static final int SECTORS = 65_536;
    private static final int SECTOR = 512;

    /**
     * Makes a guest's image and disk.
     *
     * @param spec all else
     * @param workingSet bytes that it writes to all the time, so that they have to be sent when it moves
     * @return the specification with both
     */
    VmSpec make(VmSpec spec, long workingSet) throws IOException {
        Path image = Files.createDirectories(folder(spec.getName())).resolve("boot.img");
        GuestImage.write(image, HZ, 1, workingSet, true, SECTORS);
        Path disk = disk(spec.getName());
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength((long) SECTORS * SECTOR);
        }
        return spec.toBuilder()
                .setBootImage(image.toString())
                .addDisks(Disk.newBuilder().setPath(disk.toString()).setFormat("raw"))
                .build();
    }

    /** A guest's disk. */
    Path disk(String vm) {
        return folder(vm).resolve("disk.raw");
    }

    private Path folder(String vm) {
        return root.resolve("images").resolve(vm);
    }

    /** What a guest has left on its serial ports and its disk. */
    GuestTruth truth(String vm, Collection<LabNode> nodes) {
        return GuestTruth.of(
                vm, nodes.stream().map(node -> node.guests().resolve(vm)).toList(), disk(vm), SECTORS);
    }
}
