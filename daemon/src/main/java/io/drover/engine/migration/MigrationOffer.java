package io.drover.engine.migration;

import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.VmSpec;
import java.util.List;

/**
 * What a source wants to send.
 *
 * @param spec the VM
 * @param generation that of the record by which the source acts
 * @param revision that of the record by which the source acts
 * @param source the node that offers
 * @param operation on whose behalf
 * @param attempt which try; from 1
 * @param transport hypervisor and transport, for example {@code qemu/tcp}
 * @param cpuFeatures processor features that the guest may rely on
 * @param machine machine type or configuration version
 */
public record MigrationOffer(
        VmSpec spec,
        long generation,
        long revision,
        NodeId source,
        OperationId operation,
        int attempt,
        String transport,
        List<String> cpuFeatures,
        String machine) {
    /** Copies the list. */
    public MigrationOffer {
        cpuFeatures = List.copyOf(cpuFeatures);
    }
}
