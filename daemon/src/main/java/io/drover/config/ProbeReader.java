package io.drover.config;

import io.drover.config.ProbeConfig.Check;
import io.drover.model.HealthLevel;
import io.drover.model.HostAspect;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code builtInProbes} and {@code probes}. The built-in probes are {@code hypervisor}, {@code memory} and
 * {@code disk} (that of the data directory), and on a Hyper-V host {@code settings}, {@code switches}, {@code guests} and
 * {@code folder-1} and so on, for the first of its folders of VMs; a probe of the file with one of these names takes its
 * place.
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

    /** Settings of a host change by hand: one look says it, and minutes are soon enough. */
    static final Duration SETTINGS_INTERVAL = Duration.ofMinutes(5);

    static final Duration SETTINGS_TIMEOUT = Duration.ofMinutes(1);
    static final Duration SWITCHES_INTERVAL = Duration.ofSeconds(30);
    static final Duration SWITCHES_TIMEOUT = Duration.ofSeconds(20);

    /** More folders than these are for the file's own probes. */
    static final int FOLDERS_MAX = 8;

    /** Each probe may hold one thread while its check hangs. */
    static final int PROBES_MAX = 32;

    private static final int WINDOW_MAX = 100;
    private static final ValueKind<Duration> INTERVAL = ValueKind.duration(Duration.ofMillis(100), Duration.ofHours(1));
    private static final ValueKind<Duration> TIMEOUT = ValueKind.duration(Duration.ofMillis(50), Duration.ofHours(1));
    private static final ValueKind<Duration> HOLD_OFF = ValueKind.duration(Duration.ZERO, Duration.ofDays(1));

    private static final ValueKind<String> TYPE =
            ValueKind.oneOf("command", "disk", "guests", "hypervisor", "memory", "settings", "switches");
    private static final ValueKind<String> WORST = ValueKind.oneOf("critical", "warning");
    private static final Set<String> KEYS_OF_TYPES =
            Set.of("command", "path", "warningBelow", "criticalBelow", "worst");
    private static final Set<String> TYPES_OF_HYPERV = Set.of("guests", "settings", "switches");

    private final Section root;
    private final Path folder;
    private final HypervisorConfig hypervisor;
    private final boolean isWitness;

    ProbeReader(Section root, Path folder, HypervisorConfig hypervisor, boolean isWitness) {
        this.root = root;
        this.folder = folder;
        this.hypervisor = hypervisor;
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
            probes.add(Rhythm.USUAL.of("hypervisor", new Check.HypervisorAnswers()));
        }
        probes.add(Rhythm.USUAL.of("memory", new Check.FreeMemory(DEFAULT_MEMORY_WARNING, DEFAULT_MEMORY_CRITICAL)));
        probes.add(Rhythm.USUAL.of("disk", new Check.Disk(dataDirectory, DEFAULT_DISK_WARNING, DEFAULT_DISK_CRITICAL)));
        if (hypervisor instanceof HypervisorConfig.Hyperv hyperv) {
            probes.add(Rhythm.SETTINGS.of("settings", host(HostAspect.SETTINGS, HealthLevel.WARNING)));
            probes.add(Rhythm.SWITCHES.of("switches", host(HostAspect.SWITCHES, HealthLevel.CRITICAL)));
            probes.add(Rhythm.USUAL.of("guests", host(HostAspect.GUESTS, HealthLevel.WARNING)));
            folders(hyperv.folders()).forEach(probes::add);
        }
        return probes;
    }

    private static Check.Host host(HostAspect aspect, HealthLevel worst) {
        return new Check.Host(aspect, worst);
    }

    /**
     * Folders of VMs as the host sees them; those that are none for the agent's own system are left out. They warn only:
     * the agent's account may lack rights that the host's own has, and no VM is to be moved for that.
     */
    private static List<ProbeConfig> folders(List<String> names) {
        List<ProbeConfig> probes = new ArrayList<>();
        for (String each : names) {
            Optional<Path> path = own(each);
            if (path.isPresent() && probes.size() < FOLDERS_MAX) {
                Check check =
                        new Check.Disk(path.get(), DEFAULT_DISK_WARNING, DEFAULT_DISK_CRITICAL, HealthLevel.WARNING);
                probes.add(Rhythm.USUAL.of("folder-" + (probes.size() + 1), check));
            }
        }
        return probes;
    }

    private static Optional<Path> own(String folder) {
        try {
            return Optional.of(Path.of(folder)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** When a probe checks, and how soon it believes what it sees. */
    private record Rhythm(Duration interval, Duration timeout, int failures, int window, Duration holdOff) {
        static final Rhythm USUAL =
                new Rhythm(DEFAULT_INTERVAL, DEFAULT_TIMEOUT, DEFAULT_FAILURES, DEFAULT_WINDOW, DEFAULT_HOLD_OFF);
        static final Rhythm SETTINGS = new Rhythm(SETTINGS_INTERVAL, SETTINGS_TIMEOUT, 1, 1, Duration.ZERO);
        static final Rhythm SWITCHES =
                new Rhythm(SWITCHES_INTERVAL, SWITCHES_TIMEOUT, DEFAULT_FAILURES, DEFAULT_WINDOW, DEFAULT_HOLD_OFF);

        static Rhythm of(Check check) {
            if (check instanceof Check.Host host) {
                return switch (host.aspect()) {
                    case SETTINGS -> SETTINGS;
                    case SWITCHES -> SWITCHES;
                    case GUESTS -> USUAL;
                };
            }
            return USUAL;
        }

        ProbeConfig of(String name, Check check) {
            return new ProbeConfig(name, check, interval, timeout, failures, window, holdOff);
        }
    }

    private ProbeConfig probe(Section section) {
        String name = section.required("name", ValueKind.NAME_TEXT);
        Check check = check(section);
        Rhythm usual = Rhythm.of(check);
        Duration interval = section.optional("interval", INTERVAL, usual.interval());
        Duration timeout = timeout(section, interval, usual.timeout());
        int window = section.optional("window", ValueKind.integer(1, WINDOW_MAX), defaultWindow(section, usual));
        int failures =
                section.optional("failures", ValueKind.integer(1, WINDOW_MAX), Math.min(usual.failures(), window));
        if (failures > window) {
            section.reject("failures", failures + " is more than the window " + window, "at most the window");
        }
        Duration holdOff = section.optional("holdOff", HOLD_OFF, usual.holdOff());
        section.finish();
        return new ProbeConfig(name, check, interval, timeout, failures, window, holdOff);
    }

    /** A probe that names only its failures gets a window that can hold them. */
    private static int defaultWindow(Section section, Rhythm usual) {
        int failures = section.has("failures")
                ? section.optional("failures", ValueKind.integer(1, WINDOW_MAX)).orElse(1)
                : usual.failures();
        return Math.max(usual.window(), failures);
    }

    /** The next check may not begin before the last one has ended or been given up. */
    private static Duration timeout(Section section, Duration interval, Duration usual) {
        Duration fallback = interval.compareTo(usual) < 0 ? interval : usual;
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
        } else if (TYPES_OF_HYPERV.contains(type) && !(hypervisor instanceof HypervisorConfig.Hyperv)) {
            section.reject("type", "'" + type + "' is for Hyper-V hosts", "one of command, disk, hypervisor, memory");
        }
        return switch (type) {
            case "disk" -> {
                Path path = section.required("path", ValueKind.path(folder));
                Shares shares = shares(section, DEFAULT_DISK_WARNING, DEFAULT_DISK_CRITICAL);
                yield new Check.Disk(path, shares.warning(), shares.critical(), worst(section));
            }
            case "memory" -> {
                Shares shares = shares(section, DEFAULT_MEMORY_WARNING, DEFAULT_MEMORY_CRITICAL);
                yield new Check.FreeMemory(shares.warning(), shares.critical());
            }
            case "guests" -> host(HostAspect.GUESTS, HealthLevel.WARNING);
            case "settings" -> host(HostAspect.SETTINGS, HealthLevel.WARNING);
            case "switches" -> host(HostAspect.SWITCHES, worst(section));
            case "command" -> new Check.Command(section.requiredCommand("command"));
            default -> new Check.HypervisorAnswers();
        };
    }

    private static HealthLevel worst(Section section) {
        return section.optional("worst", WORST, "critical").equals("warning")
                ? HealthLevel.WARNING
                : HealthLevel.CRITICAL;
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
