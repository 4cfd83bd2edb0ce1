package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.hypervisor.GuestStatus;
import io.drover.model.GuestState;
import io.drover.model.VmSpec;
import java.util.Map;
import java.util.Set;

/**
 * What one guest does, in QEMU's own words, and what that means:
 *
 * <pre>
 * QEMU's run state  migration     late-block-activate  means
 * running           any           any                  RUNNING, sending if a migration is active
 * inmigrate         any           on                   INCOMING
 * inmigrate         any           off                  PAUSED, being restored from saved memory
 * paused            any           on                   ARRIVED
 * paused            any           off                  PAUSED, sending if a migration is active
 * finish-migrate    active        any                  DEPARTED, sending: it is held for the last part
 * postmigrate       completed     any                  DEPARTED, or PAUSED if it went to saved memory
 * postmigrate       otherwise     any                  PAUSED: it was held when its migration failed
 * any other                                            PAUSED, with the run state as the message
 * </pre>
 *
 * QEMU has no word for a guest that has arrived and never run, so Drover keeps that fact in QEMU: the capability
 * {@code late-block-activate} is on from the start of a target until the guest has been let go.
 *
 * @param runState QEMU's run state
 * @param migration status of its newest migration, empty if there was none
 * @param lateActivation whether that capability is on
 * @param saving whether there is saved memory, complete or not: then the newest migration went there
 */
record Observation(String runState, String migration, boolean lateActivation, boolean saving) {
    static final String RUNNING = "running";
    static final String INCOMING = "inmigrate";
    static final String COMPLETED = "completed";

    private static final String PAUSED = "paused";
    private static final String LAST_PART = "finish-migrate";
    private static final String AFTER_MIGRATION = "postmigrate";
    private static final Set<String> ACTIVE =
            Set.of("setup", "active", "cancelling", "pre-switchover", "device", "wait-unplug", "postcopy-active");
    private static final Map<String, String> MESSAGES = Map.of(
            "io-error", "held because its disk failed",
            "internal-error", "held because QEMU cannot go on",
            "guest-panicked", "held because its system has crashed",
            "shutdown", "its system has shut down",
            "suspended", "its system sleeps");

    /** From QEMU's answers. */
    static Observation of(JsonNode status, JsonNode migration, JsonNode capabilities, boolean saving) {
        boolean late = false;
        for (JsonNode capability : capabilities) {
            late |= capability.path("capability").asText().equals("late-block-activate")
                    && capability.path("state").asBoolean();
        }
        return new Observation(
                status.path("status").asText(), migration.path("status").asText(), late, saving);
    }

    /** Whether it is being sent or saved. */
    boolean isMigrationActive() {
        return !runState.equals(INCOMING) && ACTIVE.contains(migration);
    }

    /** Whether it is held for the last part of a migration, and goes on by itself if that fails. */
    boolean isInLastPart() {
        return runState.equals(LAST_PART);
    }

    GuestState state() {
        if (runState.equals(RUNNING)) {
            return GuestState.RUNNING;
        }
        if (runState.equals(INCOMING)) {
            return lateActivation ? GuestState.INCOMING : GuestState.PAUSED;
        }
        if (runState.equals(PAUSED) && lateActivation) {
            return GuestState.ARRIVED;
        }
        boolean gone = isInLastPart() || (runState.equals(AFTER_MIGRATION) && migration.equals(COMPLETED));
        return gone && !saving ? GuestState.DEPARTED : GuestState.PAUSED;
    }

    /** As callers of the port see it. */
    GuestStatus toStatus(VmSpec vm) {
        boolean underWay = isMigrationActive() || (isInLastPart() && !migration.equals(COMPLETED));
        String message = MESSAGES.getOrDefault(runState, "");
        if (saving && (underWay || runState.equals(AFTER_MIGRATION))) {
            message = "its memory is being saved";
        } else if (runState.equals(INCOMING) && !lateActivation) {
            message = "its saved memory is being restored";
        }
        return new GuestStatus(vm.id(), state(), vm.memory(), underWay && !saving, message);
    }
}
