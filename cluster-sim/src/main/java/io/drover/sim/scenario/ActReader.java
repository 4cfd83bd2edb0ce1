package io.drover.sim.scenario;

import io.drover.config.Section;
import io.drover.config.ValueKind;
import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.world.Baseboard;
import io.drover.sim.world.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads what happens at one moment. */
final class ActReader {
    private final ValueKind<NodeId> node;
    private final ValueKind<VmId> vm;
    private final VmReader vms;
    private final Map<String, Function<Section, Act>> readers = new LinkedHashMap<>();

    /** For a scenario that has these nodes and VMs. */
    ActReader(Collection<NodeId> nodes, Collection<VmId> knownVms, VmReader vms) {
        this.node = Words.node(nodes);
        this.vm = Words.vm(knownVms);
        this.vms = vms;
        faults();
        faultsOfParts();
        commandsAboutNodes();
        commandsAboutVms();
    }

    /** What happens at a moment, in the order of the file. */
    List<Act> read(Section entry) {
        List<Act> acts = new ArrayList<>();
        for (String key : entry.keys()) {
            Function<Section, Act> reader = readers.get(key);
            if (reader == null) {
                continue;
            }
            if (entry.isList(key)) {
                entry.sections(key).forEach(section -> acts.add(read(section, reader)));
            } else {
                entry.section(key).ifPresent(section -> acts.add(read(section, reader)));
            }
        }
        readers.keySet().forEach(entry::has);
        if (acts.isEmpty()) {
            entry.reject("nothing happens", "one of " + String.join(", ", readers.keySet()));
        }
        return acts;
    }

    private static Act read(Section section, Function<Section, Act> reader) {
        Act act = reader.apply(section);
        section.finish();
        return act;
    }

    private NodeId node(Section section) {
        return section.required("node", node);
    }

    private VmId vm(Section section) {
        return section.required("vm", vm);
    }

    private Act freeze(Section section, Machine.Step step) {
        return new Act.FreezeBefore(node(section), step, section.optional("for", Words.MOMENT, Duration.ofSeconds(20)));
    }

    private static boolean flag(Section section, String key, boolean usual) {
        return section.optional(key, ValueKind.TRUTH, usual);
    }

    private static boolean requiredFlag(Section section, String key) {
        return section.required(key, ValueKind.TRUTH);
    }

    private void faults() {
        readers.put("power", section -> new Act.Power(node(section), requiredFlag(section, "on")));
        readers.put("network", section -> new Act.Network(node(section), requiredFlag(section, "up")));
        readers.put("partition", this::partition);
        readers.put(
                "link",
                section -> new Act.Link(
                        section.required("from", node), section.required("to", node), requiredFlag(section, "up")));
        readers.put(
                "oneWay",
                section ->
                        new Act.OneWay(node(section), requiredFlag(section, "outgoing"), requiredFlag(section, "up")));
        readers.put("coordinationLink", section -> new Act.StoreLink(node(section), requiredFlag(section, "up")));
        readers.put("heal", section -> new Act.Heal());
        readers.put(
                "process",
                section -> new Act.ProcessFault(
                        node(section),
                        section.required("action", Words.constant(Act.ProcessAct.KILL, Act.ProcessAct.values()))));
        readers.put("freezeBeforeCall", section -> freeze(section, Machine.Step.CALL));
        readers.put("freezeBeforeCheck", section -> freeze(section, Machine.Step.CHECK));
        readers.put("freezeBeforeWrite", section -> freeze(section, Machine.Step.WRITE));
        readers.put(
                "hangNextCall",
                section -> new Act.HangNextCall(
                        node(section), section.optional("for", Words.MOMENT, Duration.ofSeconds(20))));
        readers.put("coordination", section -> new Act.Coordination(requiredFlag(section, "up")));
        readers.put("storage", section -> new Act.Storage(node(section), requiredFlag(section, "up")));
        readers.put("shutdown", section -> new Act.Shutdown(node(section)));
        readers.put("reboot", section -> new Act.Reboot(node(section)));
    }

    private void faultsOfParts() {
        readers.put(
                "server",
                section -> new Act.Server(
                        section.required("number", ValueKind.integer(1, 99)) - 1, requiredFlag(section, "up")));
        readers.put("leaderChange", section -> new Act.LeaderChange());
        readers.put("expireSession", section -> new Act.ExpireSession(node(section)));
        readers.put(
                "slowDisk",
                section -> new Act.SlowDisk(node(section), section.optional("by", Words.MOMENT, Duration.ZERO)));
        readers.put("wipeDisk", section -> new Act.WipeDisk(node(section)));
        readers.put(
                "device",
                section -> new Act.Device(
                        node(section),
                        section.required("mood", Words.constant(Baseboard.Mood.WELL, Baseboard.Mood.values()))));
        readers.put(
                "clock",
                section -> new Act.ClockDrift(
                        node(section), section.required("driftPpm", ValueKind.integer(-100_000, 100_000))));
        readers.put("crash", section -> new Act.GuestCrash(vm(section)));
        readers.put("repairAll", section -> new Act.RepairAll());
    }

    private void commandsAboutNodes() {
        readers.put(
                "drain",
                section -> new Act.Drain(
                        node(section),
                        section.optional("to", node),
                        section.optional("deadline", Words.MOMENT),
                        flag(section, "force", false)));
        readers.put(
                "resume",
                section -> new Act.Resume(
                        node(section),
                        section.optional(
                                "failback",
                                Words.constant(FailbackMode.POLICY, FailbackMode.values()),
                                FailbackMode.POLICY)));
        readers.put("evacuate", section -> new Act.Evacuate(node(section)));
        readers.put("fence", section -> new Act.Fence(node(section)));
        readers.put("confirmDead", section -> new Act.ConfirmDead(node(section)));
        readers.put("clearQuarantine", section -> new Act.ClearQuarantine(node(section)));
        readers.put("vote", section -> new Act.Vote(node(section), requiredFlag(section, "voter")));
        readers.put(
                "disarm",
                section -> new Act.Disarm(
                        section.optional("for", Words.MOMENT),
                        section.optional("reason", ValueKind.TEXT, "planned work")));
        readers.put("arm", section -> new Act.Arm());
    }

    private void commandsAboutVms() {
        readers.put("start", section -> new Act.Start(vm(section)));
        readers.put("stop", section -> new Act.Stop(vm(section), flag(section, "off", false)));
        readers.put(
                "migrate",
                section -> new Act.Migrate(
                        vm(section),
                        section.optional("to", node),
                        section.optional("type", Words.constant(MoveKind.LIVE, MoveKind.values()), MoveKind.LIVE)));
        readers.put("cancel", section -> new Act.Cancel(vm(section)));
        readers.put("add", section -> {
            Optional<NodeId> wanted = section.optional("node", node);
            boolean isRunning = VmReader.isRunning(section);
            return new Act.Add(vms.spec(section, "vm"), wanted, isRunning);
        });
        readers.put("remove", section -> new Act.Remove(vm(section)));
        readers.put("set", section -> new Act.Treat(vm(section), vms.changes(section)));
    }

    private Act partition(Section section) {
        List<Set<NodeId>> groups = new ArrayList<>();
        Map<NodeId, Integer> seen = new HashMap<>();
        for (List<NodeId> group : section.lists("groups", node)) {
            Set<NodeId> members = new HashSet<>(group);
            for (NodeId member : members) {
                if (seen.put(member, groups.size()) != null) {
                    section.reject("groups", "node '" + member + "' is in two groups", "each node in one group");
                }
            }
            groups.add(members);
        }
        if (groups.isEmpty()) {
            section.reject("groups", "missing", "lists of nodes");
        }
        return new Act.Partition(groups);
    }
}
