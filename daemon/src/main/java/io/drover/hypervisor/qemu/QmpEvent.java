package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An asynchronous message of a QEMU.
 *
 * @param name for example {@code STOP}
 * @param data what it carries; a missing node if nothing
 */
record QmpEvent(String name, JsonNode data) {
    /** The status that a {@code MIGRATION} event tells; empty for all other events. */
    String migrationStatus() {
        return name.equals("MIGRATION") ? data.path("status").asText() : "";
    }
}
