package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the definitions of VMs are: asked for once, and again when another VM has come or files have moved. Any thread. */
final class Definitions {
    private static final Logger LOG = LoggerFactory.getLogger(Definitions.class);
    private static final String REALIZED = "Microsoft:Hyper-V:System:Realized";

    private static final CimQuery SETTINGS = CimQuery.of(
                    CimNamespace.VIRTUALIZATION,
                    "SELECT VirtualSystemIdentifier,VirtualSystemType,ConfigurationDataRoot,ConfigurationFile"
                            + " FROM Msvm_VirtualSystemSettingData")
            .withBatch(200);

    private final HostCalls calls;
    private final Map<String, String> known = new HashMap<>();

    Definitions(HostCalls calls) {
        this.calls = calls;
    }

    /** Their paths, by identifier; of what is not known there is none. A host that does not say it is asked the next time. */
    synchronized Map<String, String> of(List<SystemFacts> systems) {
        Set<String> ids = systems.stream().map(SystemFacts::guid).collect(Collectors.toSet());
        known.keySet().retainAll(ids);
        if (!known.keySet().containsAll(ids)) {
            try {
                Map<String, String> read = read();
                ids.forEach(id -> known.put(id, read.getOrDefault(id, "")));
            } catch (HypervisorException e) {
                LOG.debug("where the definitions of VMs are is not known yet: {}", e.getMessage());
            }
        }
        return Map.copyOf(known);
    }

    /** Its files are about to move. While they do, it is not to be asked for. */
    synchronized void forget(String guid) {
        known.remove(guid);
    }

    private Map<String, String> read() {
        Map<String, String> read = new HashMap<>();
        for (CimInstance row : calls.list("the definitions of VMs", SETTINGS)) {
            String id = row.text("VirtualSystemIdentifier").orElse("").toUpperCase(Locale.ROOT);
            String root = row.text("ConfigurationDataRoot").orElse("");
            String file = row.text("ConfigurationFile").orElse("");
            boolean isWhole = row.text("VirtualSystemType").orElse("").equals(REALIZED)
                    && !id.isEmpty()
                    && !root.isEmpty()
                    && !file.isEmpty();
            if (isWhole) {
                read.put(id, root.endsWith("\\") ? root + file : root + "\\" + file);
            }
        }
        return read;
    }
}
