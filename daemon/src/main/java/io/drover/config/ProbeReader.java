package io.drover.config;

import io.drover.config.ProbeConfig.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code builtInProbes} and {@code probes}. The built-in probes are {@code hypervisor}, {@code memory} and
 * {@code disk} (that of the data directory); a probe of the file with one of these names takes its place.
 */
final class ProbeReader {
    static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    // With more than half of the window needed, a check that fails every other time moves nothing.
    static final int DEFAULT_FAILURES = 3;
    static final int DEFAULT_WINDOW = 4;
    static final Duration DEFAULT_HOLD_OFF = Duration.ofSeconds(30);
    static final double DEFAULT_MEMORY_WARNING = 0.05;
    static final double DEFAULT_MEMORY_CRITICAL = 0.02;
    static final double DEFAULT_DISK_WARNING = 0.10;
    static final double DEFAULT_DISK_CRITICAL = 0.05;

    /** Each probe may hold one thread while its check hangs. */
    static final int PROBES_MAX = 32;

    private static final int WINDOW_MAX = 100;
    private static final ValueKind<Duration> INTERVAL = ValueKind.duration(Duration.ofMillis(100), Duration.ofHours(1));
    private static final ValueKind<Duration> TIMEOUT = ValueKind.duration(Duration.ofMillis(50), Duration.ofHours(1));
    private static final ValueKind<Duration> HOLD_OFF = ValueKind.duration(Duration.ZERO, Duration.ofDays(1));

    private static final ValueKind<String> TYPE = ValueKind.oneOf("command", "disk", "hypervisor", "memory");
    private static final Set<String> KEYS_OF_TYPES = Set.of("command", "path", "warningBelow", "criticalBelow");

    private final Section root;
    private final Path folder;
    private final boolean isWitness;

    ProbeReader(Section root, Path folder, boolean isWitness) {
        this.root = root;
        this.folder = folder;
        this.isWitness = isWitness;
    }

    List<ProbeConfig> read(Path dataDirectory) {
        Map<String, ProbeConfig> probes = new LinkedHashMap<>();
        if (root.optional("builtInProbes", ValueKind.TRUTH, true)) {
            builtIn(dataDirectory).forEach(probe -> probes.put(probe.name(), probe));
        }
        Set<String> named = new HashSet<>();
        for (Section section : root.sections("probes")) {
            ProbeConfig probe = probe(section);
            if (section.has("name") && !named.add(probe.name())) {
                section.reject("name", "'" + probe.name() + "' is the name of an earlier probe", "a name of its own");
            }
            probes.put(probe.name(), probe);
        }
        if (probes.size() > PROBES_MAX) {
            root.reject("probes", probes.size() + " probes", "at most " + PROBES_MAX + ", the built-in ones included");
        }
        return List.copyOf(probes.values());
    }

    private List<ProbeConfig> builtIn(Path dataDirectory) {
        List<ProbeConfig> probes = new ArrayList<>();
        if (!isWitness) {
            probes.add(withDefaults("hypervisor", new Check.HypervisorAnswers()));
        }
        probes.add(withDefaults("memory", new Check.FreeMemory(DEFAULT_MEMORY_WARNING, DEFAULT_MEMORY_CRITICAL)));
        probes.add(withDefaults("disk", new Check.Disk(dataDirectory, DEFAULT_DISK_WARNING, DEFAULT_DISK_CRITICAL)));
        return probes;
    }

    private static ProbeConfig withDefaults(String name, Check check) {
        return new ProbeConfig(
                name, check, DEFAULT_INTERVAL, DEFAULT_TIMEOUT, DEFAULT_FAILURES, DEFAULT_WINDOW, DEFAULT_HOLD_OFF);
    }

    private ProbeConfig probe(Section section) {
        String name = section.required("name", ValueKind.NAME_TEXT);
        Check check = check(section);
        Duration interval = section.optional("interval", INTERVAL, DEFAULT_INTERVAL);
        Duration timeout = timeout(section, interval);
        int window = section.optional("window", ValueKind.integer(1, WINDOW_MAX), defaultWindow(section));
        int failures =
                section.optional("failures", ValueKind.integer(1, WINDOW_MAX), Math.min(DEFAULT_FAILURES, window));
        if (failures > window) {
            section.reject("failures", failures + " is more than the window " + window, "at most the window");
        }
        Duration holdOff = section.optional("holdOff", HOLD_OFF, DEFAULT_HOLD_OFF);
        section.finish();
        return new ProbeConfig(name, check, interval, timeout, failures, window, holdOff);
    }

    /** A probe that names only its failures gets a window that can hold them. */
    private static int defaultWindow(Section section) {
        int failures = section.has("failures")
                ? section.optional("failures", ValueKind.integer(1, WINDOW_MAX)).orElse(1)
                : DEFAULT_FAILURES;
        return Math.max(DEFAULT_WINDOW, failures);
    }

    /** The next check may not begin before the last one has ended or been given up. */
    private static Duration timeout(Section section, Duration interval) {
        Duration fallback = interval.compareTo(DEFAULT_TIMEOUT) < 0 ? interval : DEFAULT_TIMEOUT;
        Duration timeout = section.optional("timeout", TIMEOUT, fallback);
        if (timeout.compareTo(interval) > 0) {
            String text = DurationText.format(timeout) + " is longer than the interval";
            section.reject("timeout", text, "at most " + DurationText.format(interval));
        }
        return timeout;
    }

    private Check check(Section section) {
        String type = section.choice("type", TYPE, KEYS_OF_TYPES).orElse("hypervisor");
        if (isWitness && section.has("type") && type.equals("hypervisor")) {
            section.reject("type", "a witness has no hypervisor", "one of command, disk, memory");
        }
        return switch (type) {
            case "disk" -> {
                Path path = section.required("path", ValueKind.path(folder));
                Shares shares = shares(section, DEFAULT_DISK_WARNING, DEFAULT_DISK_CRITICAL);
                yield new Check.Disk(path, shares.warning(), shares.critical());
            }
            case "memory" -> {
                Shares shares = shares(section, DEFAULT_MEMORY_WARNING, DEFAULT_MEMORY_CRITICAL);
                yield new Check.FreeMemory(shares.warning(), shares.critical());
            }
            case "command" -> new Check.Command(section.requiredCommand("command"));
            default -> new Check.HypervisorAnswers();
        };
    }

    private static Shares shares(Section section, double defaultWarning, double defaultCritical) {
        double warning = section.optional("warningBelow", ValueKind.SHARE, defaultWarning);
        double critical = section.optional("criticalBelow", ValueKind.SHARE, Math.min(defaultCritical, warning));
        if (critical > warning) {
            section.reject("criticalBelow", "is above warningBelow", "at most warningBelow");
        }
        return new Shares(warning, critical);
    }

    private record Shares(double warning, double critical) {}
}
