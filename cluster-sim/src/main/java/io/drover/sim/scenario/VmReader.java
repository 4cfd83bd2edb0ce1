package io.drover.sim.scenario;

import io.drover.config.Section;
import io.drover.config.SizeText;
import io.drover.config.ValueKind;
import io.drover.model.FailbackMode;
import io.drover.model.NodeId;
import io.drover.model.Priority;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.shell.ClusterPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads a VM: what it is made of, and how it is to be treated. */
final class VmReader {
    private static final long USUAL_MEMORY = SizeText.parse("4GiB");
    private static final ValueKind<String> STATE = ValueKind.oneOf("running", "off");

    private final ValueKind<NodeId> node;

    VmReader(ValueKind<NodeId> node) {
        this.node = node;
    }

    static boolean isRunning(Section section) {
        return section.optional("state", STATE, "running").equals("running");
    }

    ClusterPlan.Vm read(Section section) {
        Optional<NodeId> owner = section.optional("owner", node);
        boolean isRunning = isRunning(section);
        ClusterPlan.Vm vm = new ClusterPlan.Vm(spec(section, "name"), owner, isRunning);
        section.finish();
        return vm;
    }

    VmSpec spec(Section section, String nameKey) {
        VmId id = section.required(nameKey, Words.NEW_VM);
        VmSpec usual = VmSpec.of(id, USUAL_MEMORY);
        return new VmSpec(
                id,
                section.optional("memory", Words.MEMORY, USUAL_MEMORY),
                section.optional("cpus", ValueKind.integer(1, 4096), usual.cpus()),
                List.of(),
                List.of(),
                section.optional("priority", Words.constant(Priority.MEDIUM, Priority.values()), usual.priority()),
                section.list("preferredOwners", node),
                section.list("possibleOwners", node),
                section.optional("liveMigratable", ValueKind.TRUTH, usual.liveMigratable()),
                section.optional("failback", Words.constant(usual.failback(), FailbackMode.values()), usual.failback()),
                section.optional("maxRestarts", Words.COUNT, usual.maxRestarts()),
                section.optional("maxRelocates", Words.COUNT, usual.maxRelocates()),
                "",
                "");
    }

    /** Changes of how a VM is treated, as the command line takes them. */
    Map<String, String> changes(Section section) {
        Map<String, String> changes = new TreeMap<>();
        section.optional("priority", Words.constant(Priority.MEDIUM, Priority.values()))
                .ifPresent(value -> changes.put("priority", Words.word(value)));
        section.optional("failback", Words.constant(FailbackMode.POLICY, FailbackMode.values()))
                .ifPresent(value -> changes.put("failback", Words.word(value)));
        owners(section, "preferredOwners", changes);
        owners(section, "possibleOwners", changes);
        section.optional("maxRestarts", Words.COUNT).ifPresent(value -> changes.put("maxRestarts", value.toString()));
        section.optional("maxRelocates", Words.COUNT).ifPresent(value -> changes.put("maxRelocates", value.toString()));
        section.optional("liveMigratable", ValueKind.TRUTH)
                .ifPresent(value -> changes.put("liveMigratable", value.toString()));
        if (changes.isEmpty()) {
            section.reject("changes nothing", "at least one setting");
        }
        return changes;
    }

    private void owners(Section section, String key, Map<String, String> changes) {
        if (section.has(key)) {
            List<String> names =
                    section.list(key, node).stream().map(NodeId::value).toList();
            changes.put(key, String.join(",", names));
        }
    }
}
