package io.drover.cli.output;

import com.google.protobuf.ProtocolMessageEnum;
import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.FailoverPolicy;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.QuorumStatus;
import io.drover.proto.v1.VmStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The cluster at a glance: the verdict, what is going on, then nodes and VMs. */
public final class StatusView {
    private final GetStatusResponse status;
    private final Instant at;
    private final boolean colours;

    /** A view of this status, coloured or not. Ages are counted by the clock that made the status. */
    public StatusView(GetStatusResponse status, boolean colours) {
        this.status = status;
        this.at = Quantities.instant(status.getAt());
        this.colours = colours;
    }

    /** Everything. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(verdict());
        lines.add("");
        lines.addAll(nodes());
        if (status.getVmsCount() > 0) {
            lines.add("");
            lines.addAll(vms());
        }
        return lines;
    }

    /** One row a node. */
    public List<String> nodes() {
        Table table = new Table()
                .column("NODE")
                .column("STATE")
                .column("DRAIN")
                .column("LEASE")
                .column("VOTE")
                .column("HEARD")
                .numbers("VMS")
                .numbers("CPU")
                .numbers("MEMORY")
                .column("MESSAGE");
        for (NodeStatus node : status.getNodesList()) {
            boolean known = node.getMemoryTotal() > 0;
            table.row(
                    node.getName(),
                    Words.state(node.getState()),
                    Words.drain(node.getDrainStatus()),
                    Words.lease(node.getLease()),
                    node.getVoter() ? (node.getWitness() ? "witness" : "yes") : "no",
                    node.hasHeardAgo() ? Quantities.age(node.getHeardAgo()) : "",
                    node.getWitness() ? "" : node.getVmsCount(),
                    known ? Quantities.percent(node.getCpuLoad()) : "",
                    known
                            ? Quantities.share(node.getMemoryTotal() - node.getMemoryAvailable(), node.getMemoryTotal())
                            : "",
                    node.getMessage());
        }
        return table.lines(colours);
    }

    /** One row a VM. */
    public List<String> vms() {
        Table table = new Table()
                .column("VM")
                .column("STATE")
                .column("NODE")
                .numbers("MEMORY")
                .numbers("CPUS")
                .column("PRIORITY")
                .column("SINCE")
                .column("MESSAGE");
        for (VmStatus vm : status.getVmsList()) {
            table.row(
                    vm.getName(),
                    Words.state(vm.getState()),
                    vm.hasMove()
                            ? vm.getMove().getSource() + " -> " + vm.getMove().getTarget()
                            : vm.getNode(),
                    Quantities.bytes(vm.getMemory()),
                    vm.getCpus(),
                    Words.of(vm.getPriority()),
                    vm.hasSince() ? Quantities.duration(Quantities.between(vm.getSince(), at)) : "",
                    message(vm));
        }
        return table.lines(colours);
    }

    private static String message(VmStatus vm) {
        String percent = vm.hasMove() ? vm.getMove().getPercent() + " %" : "";
        if (vm.getMessage().isEmpty() || percent.isEmpty()) {
            return vm.getMessage() + percent;
        }
        return vm.getMessage() + ", " + percent;
    }

    private List<String> verdict() {
        List<String> lines = new ArrayList<>();
        lines.add(line("cluster", status.getCluster() + "   " + health()));
        lines.add(line("coordinator", coordinator()));
        if (status.getQuorum().getVotersCount() > 0) {
            lines.add(line("voters", voters(status.getQuorum())));
        }
        lines.add(line(
                "nodes",
                counts(status.getNodesList().stream().map(NodeStatus::getState).toList())));
        lines.add(line(
                "vms",
                counts(status.getVmsList().stream().map(VmStatus::getState).toList())));
        String label = "now";
        OperationRecord last = OperationRecord.getDefaultInstance();
        for (OperationRecord operation : status.getOperationsList()) {
            if (operation.getState() == OperationState.OPERATION_STATE_RUNNING) {
                lines.add(line(label, OperationView.summary(operation, at)));
                label = "";
            } else if (later(operation, last)) {
                last = operation;
            }
        }
        if (last.hasFinishedAt()) {
            lines.add(line("last", ended(last)));
        }
        label = status.getProblemsCount() == 1 ? "problem" : "problems";
        for (String problem : status.getProblemsList()) {
            lines.add(line(label, Colour.RED.paint(problem, colours)));
            label = "";
        }
        return lines;
    }

    private String health() {
        ClusterHealth health = status.getHealth();
        String quorum = (status.getQuorate() ? ", quorate" : ", no quorum") + disarmed();
        return switch (health) {
            case CLUSTER_HEALTH_HEALTHY -> Colour.GREEN.paint("Healthy", colours) + quorum;
            case CLUSTER_HEALTH_DEGRADED -> Colour.YELLOW.paint("Degraded", colours) + quorum;
            case CLUSTER_HEALTH_NO_COORDINATOR ->
                Colour.RED.paint("NoCoordinator", colours) + quorum + "; shown is what was last stored";
            case CLUSTER_HEALTH_UNSPECIFIED, UNRECOGNIZED -> "unknown" + quorum;
        };
    }

    private String disarmed() {
        FailoverPolicy policy = status.getSettings().getFailover();
        boolean over = policy.hasArmedAgainAt()
                && !Quantities.instant(policy.getArmedAgainAt()).isAfter(at);
        return policy.getDisarmed() && !over ? ", " + Colour.YELLOW.paint("disarmed", colours) : "";
    }

    private String voters(QuorumStatus quorum) {
        String answering = quorum.getAlive() + " of " + quorum.getVotersCount() + " answer";
        Colour colour = quorum.getSpare() < 0 ? Colour.RED : quorum.getSpare() == 0 ? Colour.YELLOW : Colour.GREEN;
        return colour.paint(answering, colours) + ", " + quorum.getMajority() + " needed"
                + (quorum.getChange().isEmpty() ? "" : "; next: " + quorum.getChange());
    }

    private String coordinator() {
        if (status.getCoordinator().isEmpty()) {
            return Colour.RED.paint("none", colours) + " (answered by " + status.getAnsweredBy() + ")";
        }
        String since = status.hasCoordinatorSince()
                ? ", since " + Quantities.duration(Quantities.between(status.getCoordinatorSince(), at))
                : "";
        return status.getCoordinator() + "   epoch " + Long.toUnsignedString(status.getEpoch()) + since;
    }

    private String ended(OperationRecord operation) {
        String who = operation.getActor().isEmpty() ? "" : " by " + operation.getActor();
        String why = operation.getReason().isEmpty() ? "" : " (\"" + operation.getReason() + "\")";
        return Words.title(operation) + who + why + " " + Words.of(operation.getState()) + " "
                + Quantities.duration(Quantities.between(operation.getFinishedAt(), at)) + " ago   see: drover op show "
                + operation.getId();
    }

    private static boolean later(OperationRecord one, OperationRecord other) {
        return one.hasFinishedAt()
                && (!other.hasFinishedAt()
                        || Quantities.instant(one.getFinishedAt()).isAfter(Quantities.instant(other.getFinishedAt())));
    }

    private static String counts(List<? extends ProtocolMessageEnum> states) {
        if (states.isEmpty()) {
            return "none";
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        states.forEach(state -> counts.merge(Words.of(state), 1, Integer::sum));
        String parts = counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
        return states.size() + ": " + parts;
    }

    private static String line(String label, String text) {
        return (label + " ".repeat(Math.max(1, 13 - label.length())) + text).stripTrailing();
    }
}
