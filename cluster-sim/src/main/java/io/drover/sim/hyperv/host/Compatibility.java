package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.Schema;
import java.util.ArrayList;
import java.util.List;

/** Processors, compared: as vectors for a planner, and as an opaque blob between two hosts. */
final class Compatibility {
    /** What all processors of the last ten years have. */
    static final long BASELINE = 0xFFL;

    private static final long SUBSET = 2;
    private static final long EQUAL = 0;
    private static final long AMOUNT_AT_MOST = 7;
    private static final long VENDOR = 0x756E6547L;
    private static final int MARK = 0xD7;
    private static final int BLOB_LENGTH = 9;

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

    /** The blob: a mark, and the features. */
    static List<Object> blob(long features) {
        List<Object> octets = new ArrayList<>();
        octets.add((long) MARK);
        for (int i = BLOB_LENGTH - 2; i >= 0; i--) {
            octets.add((features >> (8 * i)) & 0xFF);
        }
        return octets;
    }

    /** The features in a blob, -1 if it is none. */
    static long features(List<?> blob) {
        if (blob.size() != BLOB_LENGTH || !blob.get(0).equals((long) MARK)) {
            return -1;
        }
        long features = 0;
        for (Object each : blob.subList(1, BLOB_LENGTH)) {
            features = (features << 8) | (Long) each;
        }
        return features;
    }

    static boolean fits(long vmFeatures, long hostFeatures) {
        return (vmFeatures & hostFeatures) == vmFeatures;
    }

    /** Why a VM cannot run. */
    static Problem problem(String host) {
        return Problem.of(
                "21502",
                0,
                "The virtual machine is using processor-specific features not supported on physical computer '" + host
                        + "'.");
    }
}
