package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.model.DiskSpec;
import io.drover.model.FailbackMode;
import io.drover.model.NodeId;
import io.drover.model.Priority;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What stands in the file {@code spec.json} of a guest's folder: its specification and, for whoever looks, since when its
 * newest process has been here. Fields that are not known are passed over, those that are missing have their default.
 */
final class SpecFile {
    private SpecFile() {}

    /** The file's content. */
    static byte[] write(VmSpec spec, Instant since) {
        ObjectNode root = Json.object();
        ObjectNode fields = root.putObject("spec");
        fields.put("id", spec.id().value()).put("memory", spec.memory()).put("cpus", spec.cpus());
        ArrayNode disks = fields.putArray("disks");
        for (DiskSpec disk : spec.disks()) {
            disks.addObject().put("path", disk.path()).put("format", disk.format());
        }
        spec.networks().forEach(fields.putArray("networks")::add);
        fields.put("priority", spec.priority().name());
        spec.preferredOwners()
                .forEach(owner -> fields.withArray("preferredOwners").add(owner.value()));
        spec.possibleOwners()
                .forEach(owner -> fields.withArray("possibleOwners").add(owner.value()));
        fields.put("liveMigratable", spec.liveMigratable())
                .put("failback", spec.failback().name())
                .put("maxRestarts", spec.maxRestarts())
                .put("maxRelocates", spec.maxRelocates())
                .put("bootImage", spec.bootImage())
                .put("hypervisorId", spec.hypervisorId());
        root.put("since", since.toString());
        return Json.text(root).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The specification in the file's content.
     *
     * @throws IOException if there is none, or one of its values is out of its range
     */
    static VmSpec read(byte[] content) throws IOException {
        JsonNode fields = Json.read(content).path("spec");
        try {
            VmId id = new VmId(fields.path("id").asText());
            VmSpec usual = VmSpec.of(id, fields.path("memory").asLong());
            return new VmSpec(
                    id,
                    usual.memory(),
                    fields.path("cpus").asInt(usual.cpus()),
                    list(fields.path("disks"), SpecFile::disk),
                    list(fields.path("networks"), JsonNode::asText),
                    Priority.valueOf(
                            fields.path("priority").asText(usual.priority().name())),
                    list(fields.path("preferredOwners"), owner -> new NodeId(owner.asText())),
                    list(fields.path("possibleOwners"), owner -> new NodeId(owner.asText())),
                    fields.path("liveMigratable").asBoolean(usual.liveMigratable()),
                    FailbackMode.valueOf(
                            fields.path("failback").asText(usual.failback().name())),
                    fields.path("maxRestarts").asInt(usual.maxRestarts()),
                    fields.path("maxRelocates").asInt(usual.maxRelocates()),
                    fields.path("bootImage").asText(usual.bootImage()),
                    fields.path("hypervisorId").asText(usual.hypervisorId()));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static DiskSpec disk(JsonNode disk) {
        return new DiskSpec(disk.path("path").asText(), disk.path("format").asText());
    }

    private static <T> List<T> list(JsonNode array, Function<JsonNode, T> element) {
        List<T> list = new ArrayList<>();
        array.forEach(each -> list.add(element.apply(each)));
        return list;
    }
}
