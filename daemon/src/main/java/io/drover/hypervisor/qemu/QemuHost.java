package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the host is and how busy it is. */
final class QemuHost {
    private final HypervisorConfig.Qemu config;
    private final Path root;
    private final OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    QemuHost(HypervisorConfig.Qemu config, Path root) {
        this.config = config;
        this.root = root;
    }

    /** Bytes that guests may have together. */
    long memory() {
        return config.memory().orElseGet(machine::getTotalMemorySize);
    }

    /** Share of the processors that is in use, 0 to 1. */
    double cpuLoad() {
        double load = machine.getCpuLoad(); // Negative or not a number until it has been measured once.
        return load >= 0 ? Math.min(1, load) : 0;
    }

    /** Asks the QEMU program itself, by starting one without a machine. */
    HostFacts facts() {
        // Names of VMs do not begin with a dot.
        Path socket = root.resolve(".probe");
        Path pidFile = root.resolve(".probe.pid");
        String what = "ask '" + config.binary() + "' what it can do";
        QemuProcess.start(what, QemuCommandLine.probe(config, pidFile, socket), root.resolve(".probe.log"));
        try (QmpConnection connection = QmpConnection.open("probe", socket)) {
            HostFacts facts = facts(connection);
            connection.ask("quit", QemuGuest.ANSWER_DEADLINE);
            return facts;
        } finally {
            QemuProcess.of(pidFile).ifPresent(process -> QemuProcess.kill(what, process, pidFile));
        }
    }

    private HostFacts facts(QmpConnection connection) {
        JsonNode version =
                connection.ask("query-version", QemuGuest.ANSWER_DEADLINE).path("qemu");
        checkMachine(connection.ask("query-machines", QemuGuest.ANSWER_DEADLINE));
        return new HostFacts(
                memory(),
                Runtime.getRuntime().availableProcessors(),
                features(connection),
                QemuCommandLine.MACHINE,
                "qemu/tcp",
                List.of(),
                "QEMU " + version.path("major").asText() + "."
                        + version.path("minor").asText() + "."
                        + version.path("micro").asText());
    }

    private void checkMachine(JsonNode machines) {
        for (JsonNode known : machines) {
            if (known.path("name").asText().equals(QemuCommandLine.MACHINE)) {
                return;
            }
        }
        throw new HypervisorException(
                Kind.FAILED,
                "'" + config.binary() + "' does not know the machine type " + QemuCommandLine.MACHINE,
                "install QEMU 7.2 or newer");
    }

    private static List<String> features(QmpConnection connection) {
        ObjectNode arguments = QmpConnection.arguments().put("type", "static");
        arguments.putObject("model").put("name", QemuCommandLine.PROCESSOR);
        JsonNode properties = connection
                .ask("query-cpu-model-expansion", arguments, QemuGuest.ANSWER_DEADLINE)
                .path("model")
                .path("props");
        List<String> features = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            if (property.getValue().isBoolean() && property.getValue().asBoolean()) {
                features.add(property.getKey());
            }
        }
        return features.stream().sorted().toList();
    }
}
