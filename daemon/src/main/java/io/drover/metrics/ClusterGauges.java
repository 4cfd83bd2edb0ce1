package io.drover.metrics;

import io.drover.model.HealthLevel;
import io.drover.model.ProbeStatus;
import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.DrainStatus;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.OperationKind;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.VmStatus;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Gauges over the cluster as this agent sees it: all of one scrape from one picture. Each state is a gauge of its own
 * with the value 1 or 0, so that a rule can ask for it by name.
 */
final class ClusterGauges {
    private final PrometheusRegistry registry;
    private final Supplier<GetStatusResponse> picture;
    private final Supplier<List<ProbeStatus>> probes;

    /**
     * Registers the gauges.
     *
     * @param picture the picture of the present scrape: the same for all gauges
     * @param probes verdicts of this node's own probes
     */
    ClusterGauges(
            PrometheusRegistry registry, Supplier<GetStatusResponse> picture, Supplier<List<ProbeStatus>> probes) {
        this.registry = registry;
        this.picture = picture;
        this.probes = probes;
        registerCluster();
        registerNodes();
        registerProbes();
    }

    private void registerCluster() {
        gauge(
                "drover_quorate",
                "Whether the coordination service answers.",
                List.of(),
                callback -> callback.call(picture.get().getQuorate() ? 1 : 0));
        gauge("drover_cluster_health", "The verdict over the cluster.", List.of("health"), callback -> {
            for (ClusterHealth health : Labels.known(ClusterHealth.class)) {
                boolean is = picture.get().getHealth() == health;
                callback.call(is ? 1 : 0, Labels.of(health, "cluster_health_"));
            }
        });
        gauge("drover_vms", "VMs by what they are doing.", List.of("state"), callback -> {
            Map<VmState, Long> counts = counts(picture.get().getVmsList(), VmStatus::getState);
            for (VmState state : Labels.known(VmState.class)) {
                callback.call(counts.getOrDefault(state, 0L), Labels.of(state, "vm_state_"));
            }
        });
        gauge("drover_operations", "Operations that run or ended lately.", List.of("kind", "state"), callback -> {
            Map<List<String>, Long> counts =
                    counts(picture.get().getOperationsList(), operation -> operationLabels(operation));
            for (OperationKind kind : Labels.known(OperationKind.class)) {
                for (OperationState state : Labels.known(OperationState.class)) {
                    List<String> labels = operationLabels(kind, state);
                    callback.call(counts.getOrDefault(labels, 0L), labels.toArray(String[]::new));
                }
            }
        });
    }

    private void registerNodes() {
        gauge("drover_node_state", "What the coordinator takes the node for.", List.of("node", "state"), callback -> {
            for (NodeStatus node : picture.get().getNodesList()) {
                for (NodeState state : Labels.known(NodeState.class)) {
                    callback.call(node.getState() == state ? 1 : 0, node.getName(), Labels.of(state, "node_state_"));
                }
            }
        });
        gauge("drover_node_heartbeat_age_seconds", "Time since the node's last report.", List.of("node"), callback -> {
            for (NodeStatus node : picture.get().getNodesList()) {
                if (node.hasHeardAgo()) {
                    double age =
                            node.getHeardAgo().getSeconds() + node.getHeardAgo().getNanos() / 1e9;
                    callback.call(age, node.getName());
                }
            }
        });
        gauge("drover_drain_remaining", "VMs that a drain still has to move off.", List.of("node"), callback -> {
            for (NodeStatus node : picture.get().getNodesList()) {
                boolean draining = node.getDrainStatus() == DrainStatus.DRAIN_STATUS_IN_PROGRESS;
                callback.call(draining ? node.getVmsCount() : 0, node.getName());
            }
        });
    }

    private void registerProbes() {
        gauge(
                "drover_probe_level",
                "Verdict of this node's probe: 0 healthy, 1 warning, 2 critical, 3 fatal.",
                List.of("probe"),
                callback -> {
                    for (ProbeStatus probe : probes.get()) {
                        callback.call(figure(probe.level()), probe.name());
                    }
                });
    }

    private static int figure(HealthLevel level) {
        return switch (level) {
            case HEALTHY -> 0;
            case WARNING -> 1;
            case CRITICAL -> 2;
            case FATAL -> 3;
        };
    }

    private void gauge(String name, String help, List<String> labels, Consumer<GaugeWithCallback.Callback> callback) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(callback)
                .register(registry);
    }

    private static List<String> operationLabels(OperationRecord operation) {
        return operationLabels(operation.getKind(), operation.getState());
    }

    private static List<String> operationLabels(OperationKind kind, OperationState state) {
        return List.of(Labels.of(kind, "operation_kind_"), Labels.of(state, "operation_state_"));
    }

    private static <T, K> Map<K, Long> counts(List<T> things, Function<T, K> key) {
        return things.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
    }
}
