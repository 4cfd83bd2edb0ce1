package io.drover.sim.lab;

import io.drover.model.NodeId;
import io.drover.sim.scenario.Act;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Has faults happen to the cluster of the laboratory. */
final class LabStage {
    private final LabCluster lab;
    private final Set<Integer> servers;

    LabStage(LabCluster lab, int servers) {
        this.lab = lab;
        this.servers = IntStream.rangeClosed(1, servers).boxed().collect(Collectors.toSet());
    }

    /** Has a fault happen, or end. */
    void perform(Act act) {
        if (act instanceof Act.Power power) {
            if (power.isOn()) {
                lab.powerOn(power.node().value());
            } else {
                lab.powerOff(power.node().value());
            }
        } else if (act instanceof Act.ProcessFault fault) {
            process(fault);
        } else if (act instanceof Act.Network network) {
            lab.plug(network.node().value(), network.isUp());
        } else if (act instanceof Act.Partition partition) {
            partition(partition);
        } else if (act instanceof Act.Link link) {
            lab.cut(link.from().value(), link.to().value(), !link.isUp());
        } else if (act instanceof Act.Heal) {
            lab.heal();
        } else if (act instanceof Act.Coordination coordination) {
            lab.setServersDown(servers, !coordination.isUp());
        } else if (act instanceof Act.Server server) {
            lab.setServersDown(Set.of(server.number() + 1), !server.isUp());
        } else if (act instanceof Act.GuestCrash crash) {
            lab.killGuest(crash.vm().value());
        } else if (act instanceof Act.RepairAll) {
            repairAll();
        } else {
            throw new AssertionError("unhandled act: " + act);
        }
    }

    private void process(Act.ProcessFault fault) {
        String node = fault.node().value();
        switch (fault.act()) {
            case KILL -> lab.killAgent(node);
            case FREEZE -> lab.freezeAgent(node, true);
            case THAW -> lab.freezeAgent(node, false);
            case RESTART -> lab.restartAgent(node);
        }
    }

    /** A node that is in no group reaches everybody. */
    private void partition(Act.Partition partition) {
        Map<String, Integer> groupOf = new HashMap<>();
        for (int group = 0; group < partition.groups().size(); group++) {
            for (NodeId node : partition.groups().get(group)) {
                groupOf.put(node.value(), group);
            }
        }
        for (String from : lab.nodes()) {
            for (String to : lab.nodes()) {
                Integer group = groupOf.get(from);
                Integer other = groupOf.get(to);
                lab.cut(from, to, group != null && other != null && !group.equals(other));
            }
        }
    }

    private void repairAll() {
        lab.heal();
        lab.setServersDown(servers, false);
        for (String node : new TreeSet<>(lab.nodes())) {
            lab.plug(node, true);
            lab.freezeAgent(node, false);
            lab.powerOn(node);
        }
    }
}
