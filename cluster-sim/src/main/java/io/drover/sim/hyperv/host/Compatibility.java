package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.Schema;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.CRC32;

/** Processors, compared: as vectors for a planner, and as an opaque blob between two hosts. */
final class Compatibility {
    /** What all processors of the last ten years have. */
    static final long BASELINE = 0xFFL;

    private static final long SUBSET = 2;
    private static final long EQUAL = 0;
    private static final long AMOUNT_AT_MOST = 7;
    private static final long VENDOR = 0x756E6547L;
    private static final int MARK = 0xD7;
    private static final int CHECKSUM = 4;
    private static final int SHORTEST = 1 + 8 + CHECKSUM;

    private Compatibility() {}

    /** Vectors of a host or of a VM: vendor, features, width of addresses. */
    static List<CimObject> vectors(Schema schema, long features) {
        return List.of(
                vector(schema, 1, EQUAL, VENDOR),
                vector(schema, 2, SUBSET, features),
                vector(schema, 3, AMOUNT_AT_MOST, 46));
    }

    private static CimObject vector(Schema schema, long id, long operation, long info) {
        return new CimObject(schema.get(Schema.VIRTUALIZATION, "Msvm_CompatibilityVector"))
                .with("CompareOperation", operation)
                .with("CompatibilityInfo", info)
                .with("VectorId", id);
    }

    /**
     * The blob: a mark, the features, whatever else a host has to say, and a checksum. Its form is this emulation's own:
     * nobody but hosts reads it.
     *
     * @param length of it all, in bytes; not less than the shortest
     */
    static List<Object> blob(long features, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(length, SHORTEST));
        bytes.put((byte) MARK).putLong(features);
        bytes.position(bytes.limit() - CHECKSUM);
        bytes.putInt(checksum(bytes.array()));
        List<Object> octets = new ArrayList<>();
        for (byte each : bytes.array()) {
            octets.add((long) (each & 0xFF));
        }
        return octets;
    }

    /** The features in a blob; empty if it is none, or not as a host wrote it. */
    static OptionalLong features(List<?> blob) {
        byte[] bytes = new byte[blob.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = ((Long) blob.get(i)).byteValue();
        }
        if (bytes.length < SHORTEST || (bytes[0] & 0xFF) != MARK) {
            return OptionalLong.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return buffer.getInt(bytes.length - CHECKSUM) == checksum(bytes)
                ? OptionalLong.of(buffer.getLong(1))
                : OptionalLong.empty();
    }

    private static int checksum(byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, bytes.length - CHECKSUM);
        return (int) sum.getValue();
    }

    static boolean fits(long vmFeatures, long hostFeatures) {
        return (vmFeatures & hostFeatures) == vmFeatures;
    }

    /** Why a VM cannot run. */
    static Problem problem(EmulatedHost host) {
        return Problem.of("21502", 0, host.site().texts().text("processor") + " '" + host.hostName() + "'.");
    }
}
