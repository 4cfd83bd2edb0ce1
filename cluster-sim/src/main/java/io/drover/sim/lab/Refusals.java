package io.drover.sim.lab;

import io.drover.model.NodeId;
import io.drover.sim.scenario.Act;
import io.drover.sim.scenario.Scenario;
import io.drover.sim.shell.ClusterPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of a scenario cannot be played with real processes, found before anything is started. */
final class Refusals {
    /** In real time. */
    static final Duration LONGEST = Duration.ofMinutes(30);

    private static final int NODES_MAX = 9;
    private static final int VMS_MAX = 60;
    private static final String VIRTUAL = "'drover-sim run' plays it";

    private final Path file;
    private final Scenario scenario;
    private final boolean isNamespaced;
    private final List<String> found = new ArrayList<>();

    private Refusals(Path file, Scenario scenario, boolean isNamespaced) {
        this.file = file;
        this.scenario = scenario;
        this.isNamespaced = isNamespaced;
    }

    /**
     * All of them, each as {@code file:line: what: why}.
     *
     * @param isNamespaced whether each node has a network of its own
     */
    static List<String> of(Path file, Scenario scenario, boolean isNamespaced) {
        Refusals refusals = new Refusals(file, scenario, isNamespaced);
        refusals.cluster();
        refusals.time();
        scenario.faults()
                .forEach(fault ->
                        refusals.add(fault.line(), "faults", "a real hypervisor does not fail to order; " + VIRTUAL));
        scenario.timeline()
                .forEach(moment -> moment.acts()
                        .forEach(act ->
                                refusals.why(act).ifPresent(why -> refusals.add(moment.line(), words(act), why))));
        return refusals.found;
    }

    private void add(int line, String what, String why) {
        found.add(file + ":" + line + ": " + what + ": " + why);
    }

    private static String words(Act act) {
        String name = act.getClass().getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private void cluster() {
        List<ClusterPlan.Node> nodes = scenario.plan().nodes();
        if (nodes.size() > NODES_MAX) {
            add(1, "nodes", nodes.size() + " of them (expected: at most " + NODES_MAX + " on one machine)");
        }
        if (scenario.plan().vms().size() > VMS_MAX) {
            add(1, "vms", scenario.plan().vms().size() + " of them (expected: at most " + VMS_MAX + ")");
        }
        for (int i = 0; i < nodes.size(); i++) {
            ClusterPlan.Node node = nodes.get(i);
            String name = "node" + (i + 1);
            if (node.isWitness()) {
                add(1, "nodes", "a witness, as every cluster of two has, is not played in the laboratory; " + VIRTUAL);
            } else if (!node.id().equals(new NodeId(name))) {
                add(1, "nodes", "'" + node.id() + "' (expected: nodes of the laboratory are node1, node2 and so on)");
            }
            if (node.hasFencing() && !isNamespaced) {
                add(1, "nodes", "fencing devices need network namespaces: run it as root and without --loopback");
            }
            if (!node.isPowered()) {
                add(1, "nodes", "a node that left before the beginning was never there in the laboratory; " + VIRTUAL);
            }
        }
        if (!scenario.plan().settings().failover().armed()) {
            add(1, "settings", "armed: false (expected: 'disarm' in the timeline)");
        }
    }

    private void time() {
        Duration takes = LabTime.of(scenario).end();
        if (takes.compareTo(LONGEST) > 0) {
            add(
                    1,
                    "until",
                    "takes " + takes.toMinutes() + " minutes in real time (expected: at most " + LONGEST.toMinutes()
                            + "); " + VIRTUAL);
        }
    }

    /** Why something cannot happen here; empty if it can. */
    private Optional<String> why(Act act) {
        boolean isAboutNetwork = act instanceof Act.Network
                || act instanceof Act.Partition
                || act instanceof Act.Link
                || act instanceof Act.Heal;
        if (isAboutNetwork && !isNamespaced) {
            return Optional.of("links are cut between network namespaces: run it as root and without --loopback");
        } else if (act instanceof Act.FreezeBefore) {
            return Optional.of("a real agent is not stopped at an exact place of its program; " + VIRTUAL);
        } else if (act instanceof Act.ExpireSession || act instanceof Act.LeaderChange) {
            return Optional.of("real servers of the coordination service do it only when they fail: use 'server'");
        } else if (act instanceof Act.Storage || act instanceof Act.WipeDisk) {
            return Optional.of("all nodes of the laboratory share one disk; " + VIRTUAL);
        } else if (act instanceof Act.Device) {
            return Optional.of("ipmi_sim has no moods; " + VIRTUAL);
        } else if (act instanceof Act.ClockDrift) {
            return Optional.of("all nodes of the laboratory share one clock; " + VIRTUAL);
        } else if (act instanceof Act.Shutdown || act instanceof Act.Reboot) {
            return Optional.of("hosts of the laboratory have nothing that shuts them down in good order; " + VIRTUAL);
        } else if (act instanceof Act.Server server && server.number() >= servers()) {
            return Optional.of("number " + (server.number() + 1) + " (expected: 1 to " + servers() + ")");
        }
        return Optional.empty();
    }

    private int servers() {
        return scenario.plan().servers();
    }
}
