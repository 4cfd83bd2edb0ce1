package io.drover.config;

import io.drover.model.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the file's keys into {@link AgentConfig}: the top level and the hypervisor. */
final class AgentReader {
    static final HostPort DEFAULT_GRPC = new HostPort("0.0.0.0", 7443);
    static final HostPort DEFAULT_HTTP = new HostPort("127.0.0.1", 7480);
    static final long DEFAULT_MEMORY_RESERVE = 512L << 20;
    static final String DEFAULT_BINARY = "qemu-system-x86_64";
    static final int DEFAULT_CPUS = 4;
    static final Path DEFAULT_WATCHDOG = Path.of("/dev/watchdog");

    private static final ValueKind<Duration> WATCHDOG_TIMEOUT =
            ValueKind.duration(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private static final int CPUS_MAX = 4096;
    private static final long HYPERVISOR_MEMORY_LEAST = 1 << 20;

    private static final Set<String> KEYS_OF_TYPES = Stream.concat(
                    Stream.of("binary", "directory", "accelerator", "migrationHost", "memory", "cpus"),
                    HypervReader.KEYS.stream())
            .collect(Collectors.toUnmodifiableSet());

    private static final ValueKind<String> ROLE = ValueKind.oneOf("node", "witness");

    /** What only makes sense where VMs run, or where a coordinator may be. */
    private static final List<String> KEYS_OF_HOSTS = List.of("hypervisor", "memoryReserve", "fencing", "watchdog");

    private final Section root;
    private final Path folder;
    private final Supplier<Optional<String>> hostName;

    AgentReader(Section root, Path folder, Supplier<Optional<String>> hostName) {
        this.root = root;
        this.folder = folder;
        this.hostName = hostName;
    }

    /** Reads everything. The result is worth something only if no problem was reported. */
    AgentConfig read() {
        String cluster = root.required("cluster", ValueKind.NAME_TEXT);
        NodeId node = root.required("node", ValueKind.NODE);
        Path dataDirectory = root.required("dataDirectory", ValueKind.path(folder));
        HostPort grpc = root.optional("grpc", ValueKind.HOST_PORT, DEFAULT_GRPC);
        HostPort advertisedGrpc = advertised("advertisedGrpc", grpc);
        HostPort http = root.optional("http", ValueKind.HOST_PORT, DEFAULT_HTTP);
        HostPort advertisedHttp = advertised("advertisedHttp", http);
        ZooKeeperConfig zookeeper = new ZooKeeperReader(root.requiredSection("zookeeper")).read();
        Optional<String> role = root.optional("role", ROLE);
        boolean isWitness = role.equals(Optional.of("witness"));
        Host host = host(role, advertisedGrpc.host());
        List<ProbeConfig> probes = new ProbeReader(root, folder, host.hypervisor, isWitness).read(dataDirectory);
        root.finish();
        return new AgentConfig(
                cluster,
                node,
                dataDirectory,
                grpc,
                advertisedGrpc,
                http,
                advertisedHttp,
                zookeeper,
                host.hypervisor,
                host.memoryReserve,
                probes,
                host.fencing,
                host.watchdog);
    }

    /** What an agent is told about the VMs of its host, and about those of others. */
    private record Host(
            HypervisorConfig hypervisor,
            long memoryReserve,
            FencingConfig fencing,
            Optional<WatchdogConfig> watchdog) {}

    private Host host(Optional<String> role, String advertisedHost) {
        if (root.has("role") && !role.equals(Optional.of("node"))) {
            return withoutVms(role);
        }
        HypervisorConfig hypervisor = hypervisor(root.requiredSection("hypervisor"), advertisedHost);
        long reserve = root.optional("memoryReserve", ValueKind.size(0), DEFAULT_MEMORY_RESERVE);
        checkReserve(reserve, hypervisor);
        FencingConfig fencing =
                root.section("fencing").map(new FencingReader(folder)::read).orElse(FencingReader.NONE);
        return new Host(hypervisor, reserve, fencing, root.section("watchdog").map(this::watchdog));
    }

    /** A file of a host that was copied is found out here, rather than half of it ignored. */
    private Host withoutVms(Optional<String> role) {
        for (String key : KEYS_OF_HOSTS) {
            // Of an unknown role nobody can tell which keys it has.
            if (root.has(key) && role.isPresent()) {
                root.reject(key, "a witness runs no VMs and fences nobody", "no such key, or role: node");
            }
        }
        return new Host(new HypervisorConfig.Absent(), 0, FencingReader.NONE, Optional.empty());
    }

    private WatchdogConfig watchdog(Section section) {
        WatchdogConfig watchdog = new WatchdogConfig(
                section.optional("device", ValueKind.path(folder), DEFAULT_WATCHDOG),
                section.required("timeout", WATCHDOG_TIMEOUT));
        section.finish();
        return watchdog;
    }

    /** Others cannot connect to a wildcard: it is replaced by the machine's own name. */
    private HostPort advertised(String key, HostPort listening) {
        Optional<HostPort> given = root.optional(key, ValueKind.HOST_PORT);
        if (given.isPresent()) {
            if (AgentConfig.WILDCARDS.contains(given.get().host())) {
                root.reject(key, "'" + given.get() + "' is a wildcard", "an address that the other nodes can reach");
            }
            return given.get();
        }
        if (!AgentConfig.WILDCARDS.contains(listening.host())) {
            return listening;
        }
        Optional<String> name = hostName.get();
        if (name.isEmpty()) {
            root.reject(key, "missing, and the machine's own name cannot be found out", ValueKind.HOST_PORT.expected());
        }
        return new HostPort(name.orElse("localhost"), listening.port());
    }

    private HypervisorConfig hypervisor(Section section, String advertisedHost) {
        Optional<String> type = section.choice("type", ValueKind.oneOf("qemu", "simulated", "hyperv"), KEYS_OF_TYPES);
        if (type.isEmpty()) {
            section.finish();
            return new HypervisorConfig.Simulated(folder, HYPERVISOR_MEMORY_LEAST, DEFAULT_CPUS);
        }
        HypervisorConfig hypervisor = switch (type.get()) {
            case "simulated" -> simulated(section);
            case "hyperv" -> new HypervReader(section, folder, hostName).read();
            default -> qemu(section, advertisedHost);
        };
        section.finish();
        return hypervisor;
    }

    private HypervisorConfig qemu(Section section, String advertisedHost) {
        return new HypervisorConfig.Qemu(
                section.optional("binary", ValueKind.PROGRAM, DEFAULT_BINARY),
                section.required("directory", ValueKind.path(folder)),
                section.optional("accelerator", ValueKind.oneOf("tcg", "kvm"), "tcg"),
                section.optional("migrationHost", ValueKind.TEXT, advertisedHost),
                section.optional("memory", ValueKind.size(HYPERVISOR_MEMORY_LEAST)));
    }

    private HypervisorConfig simulated(Section section) {
        return new HypervisorConfig.Simulated(
                section.required("directory", ValueKind.path(folder)),
                section.required("memory", ValueKind.size(HYPERVISOR_MEMORY_LEAST)),
                section.optional("cpus", ValueKind.integer(1, CPUS_MAX), DEFAULT_CPUS));
    }

    private void checkReserve(long reserve, HypervisorConfig hypervisor) {
        Optional<Long> memory = Optional.empty();
        if (hypervisor instanceof HypervisorConfig.Simulated simulated) {
            memory = Optional.of(simulated.memory());
        } else if (hypervisor instanceof HypervisorConfig.Qemu qemu) {
            memory = qemu.memory();
        }
        // The stand-in of a missing size is the least one: its own mistake is reported already.
        memory.filter(bytes -> bytes > HYPERVISOR_MEMORY_LEAST && reserve >= bytes)
                .ifPresent(bytes -> root.reject(
                        "memoryReserve",
                        SizeText.format(reserve) + " leaves nothing for VMs",
                        "less than hypervisor.memory, " + SizeText.format(bytes)));
    }
}
