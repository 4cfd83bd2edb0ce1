package io.drover.engine.coordinator;

import io.drover.model.FailbackMode;
import io.drover.model.NodeId;
import io.drover.model.Priority;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a VM is treated, changed while it runs:
 *
 * <ul>
 *   <li>{@code priority}: high, medium, low or no-auto-start
 *   <li>{@code preferredOwners}, {@code possibleOwners}: names of nodes with commas between them, best first; empty: any.
 *       A node may be named before it has ever joined.
 *   <li>{@code maxRestarts}, {@code maxRelocates}: numbers from 0
 *   <li>{@code failback}: immediate, policy or none
 *   <li>{@code liveMigratable}: true or false
 * </ul>
 */
public final class VmSettings {
    /** The settings that there are. */
    public static final List<String> NAMES = List.of(
            "failback",
            "liveMigratable",
            "maxRelocates",
            "maxRestarts",
            "possibleOwners",
            "preferredOwners",
            "priority");

    private VmSettings() {}

    static Verdict set(ClusterView view, Request.SetVm request) {
        Optional<VmRecord> found = Intake.vm(view, request.vm());
        if (found.isEmpty()) {
            return Intake.unknownVm(view, request.vm());
        }
        VmRecord vm = found.get();
        VmSpec next = vm.spec();
        try {
            for (Map.Entry<String, String> value : request.values().entrySet()) {
                next = with(next, value.getKey(), value.getValue().trim());
            }
        } catch (IllegalArgumentException e) {
            return new Verdict.Refused(Problem.of(
                    ProblemKind.USAGE,
                    "VM '" + vm.id() + "' is not changed",
                    String.valueOf(e.getMessage()),
                    "drover vm set --help"));
        }
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        if (next.equals(vm.spec())) {
            return new Verdict.Accepted(
                    new Proposal(Optional.empty(), List.of(), List.of()), Optional.empty(), Plan.EMPTY);
        }
        String changes = request.values().entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue())
                .collect(Collectors.joining(", "));
        Draft draft = new Draft(view);
        draft.put(
                vm.withSpec(next),
                Reason.of(Severity.INFO, Topic.VM, vm.id(), "is treated otherwise: " + changes)
                        .by(request.context().actor()));
        return new Verdict.Accepted(draft.together(Optional.empty()), Optional.empty(), Plan.EMPTY);
    }

    private static VmSpec with(VmSpec spec, String name, String value) {
        return switch (name) {
            case "priority" -> spec.withPriority(word(name, value, Priority.values()));
            case "failback" -> spec.withFailback(word(name, value, FailbackMode.values()));
            case "preferredOwners" -> spec.withOwners(nodes(name, value), spec.possibleOwners());
            case "possibleOwners" -> spec.withOwners(spec.preferredOwners(), nodes(name, value));
            case "maxRestarts" -> spec.withLimits(number(name, value), spec.maxRelocates());
            case "maxRelocates" -> spec.withLimits(spec.maxRestarts(), number(name, value));
            case "liveMigratable" -> spec.withLiveMigratable(flag(name, value));
            default ->
                throw new IllegalArgumentException(
                        "setting '" + name + "': unknown (expected: one of " + String.join(", ", NAMES) + ")");
        };
    }

    private static <E extends Enum<E>> E word(String name, String value, E[] words) {
        String plain = value.replace('-', '_').toUpperCase(Locale.ROOT);
        return Arrays.stream(words)
                .filter(word -> word.name().equals(plain)
                        || word.name().replace("_", "").equals(plain))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + ": '" + value + "' (expected: "
                        + Arrays.stream(words).map(VmSettings::text).collect(Collectors.joining(", ")) + ")"));
    }

    private static String text(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static int number(String name, String value) {
        if (!value.matches("[0-9]{1,6}")) {
            throw new IllegalArgumentException(name + ": '" + value + "' (expected: a number from 0 to 999999)");
        }
        return Integer.parseInt(value);
    }

    private static boolean flag(String name, String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(name + ": '" + value + "' (expected: true or false)");
        }
        return value.equals("true");
    }

    private static List<NodeId> nodes(String name, String value) {
        List<NodeId> nodes = Stream.of(value.split(",", -1))
                .map(String::trim)
                .filter(node -> !node.isEmpty())
                .map(NodeId::new)
                .toList();
        if (new HashSet<>(nodes).size() != nodes.size()) {
            throw new IllegalArgumentException(name + ": '" + value + "' (expected: each node once)");
        }
        return nodes;
    }
}
