package io.drover.fencing.redfish;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.answer.Words;
import io.drover.config.FencingConfig.Identity;
import io.drover.fencing.PowerReading;
import io.drover.fencing.PowerReading.Power;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A resource of the schema ComputerSystem: one node as its controller sees it. */
record ComputerSystem(String path, JsonNode resource) {
    private static final String RESET = "#ComputerSystem.Reset";
    private static final String ALLOWED = "ResetType@Redfish.AllowableValues";

    /** What tells that this is another system than the enrolled one; empty if nothing does. */
    Optional<String> mismatch(Identity enrolled) {
        List<String> differences = new ArrayList<>();
        enrolled.uuid()
                .filter(uuid -> !uuid.toString().equalsIgnoreCase(text("UUID")))
                .ifPresent(uuid -> differences.add("its UUID is '" + text("UUID") + "' (expected: " + uuid + ")"));
        enrolled.serial()
                .filter(serial -> !serial.equals(text("SerialNumber")))
                .ifPresent(serial -> differences.add(
                        "its SerialNumber is '" + text("SerialNumber") + "' (expected: " + serial + ")"));
        return differences.isEmpty() ? Optional.empty() : Optional.of(path + ": " + String.join(", ", differences));
    }

    /** What its controller says of its power. */
    PowerReading power() {
        String state = text("PowerState");
        Power power = switch (state) {
            case "Off" -> Power.OFF;
            // Paused keeps its memory, and a switch that is under way may still be refused.
            case "On", "PoweringOn", "PoweringOff", "Paused" -> Power.ON;
            default -> Power.UNKNOWN;
        };
        String expected = power == Power.UNKNOWN ? " (expected: On or Off)" : "";
        return new PowerReading(power, path + " says PowerState '" + state + "'" + expected);
    }

    /** Where a reset is ordered; empty if the controller offers none. */
    Optional<String> resetTarget() {
        String target = reset().path("target").asText("");
        return target.isEmpty() ? Optional.empty() : Optional.of(target);
    }

    /** Where the action is described, if it is not described here. */
    Optional<String> resetInfo() {
        String info = reset().path("@Redfish.ActionInfo").asText("");
        return reset().has(ALLOWED) || info.isEmpty() ? Optional.empty() : Optional.of(info);
    }

    /** The kinds of reset that the controller names; empty if it names none. */
    Set<String> resetTypes() {
        return texts(reset().path(ALLOWED));
    }

    /** The same, from the description of the action. */
    static Set<String> resetTypes(JsonNode actionInfo) {
        for (JsonNode parameter : actionInfo.path("Parameters")) {
            if (parameter.path("Name").asText("").equals("ResetType")) {
                return texts(parameter.path("AllowableValues"));
            }
        }
        return Set.of();
    }

    private JsonNode reset() {
        return resource.path("Actions").path(RESET);
    }

    private String text(String key) {
        return Words.of(resource.path(key).asText(""));
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new HashSet<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
