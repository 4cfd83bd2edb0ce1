package io.drover.sim.scenario;

import io.drover.config.Problems;
import io.drover.config.Section;
import io.drover.config.SizeText;
import io.drover.config.ValueKind;
import io.drover.config.YamlNode;
import io.drover.config.YamlReader;
import io.drover.model.AffinityRule;
import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.shell.ClusterPlan;
import io.drover.sim.world.GuestFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads a scenario from YAML. Every mistake is found in one reading, with its line and column. */
public final class ScenarioReader {
    private static final long USUAL_MEMORY = SizeText.parse("64GiB");
    private static final int USUAL_CPUS = 16;
    private static final int MOST_NODES = 64;
    private static final int DRIFT_PPM = 200;
    private static final Duration USUAL_END = Duration.ofMinutes(10);
    private static final Duration AFTER_THE_LAST = Duration.ofMinutes(10);
    private static final ValueKind<String> FENCING =
            ValueKind.oneOf("none", "device", "redfish", "fenceagent", "fence-agent");

    private final Section root;
    private final Map<NodeId, ClusterPlan.Node> nodes = new LinkedHashMap<>();
    private final Map<VmId, ClusterPlan.Vm> vms = new LinkedHashMap<>();
    private final Set<VmId> knownVms = new TreeSet<>();

    private ScenarioReader(YamlNode document, Problems problems) {
        this.root = Section.root(document, problems);
    }

    /**
     * Reads a scenario.
     *
     * @param file named in messages; the scenario is called like it unless it has a name
     * @throws io.drover.config.ConfigException with every mistake
     */
    public static Scenario read(String text, Path file) {
        Problems problems = new Problems(file);
        YamlNode document = YamlReader.read(text, problems);
        problems.throwIfAny();
        Scenario scenario = new ScenarioReader(document, problems).scenario(file);
        problems.throwIfAny();
        return scenario;
    }

    private Scenario scenario(Path file) {
        Path fileName = file.getFileName();
        String name = root.optional("name", ValueKind.TEXT, fileName == null ? "scenario" : fileName.toString());
        nodes();
        ValueKind<NodeId> node = Words.node(nodes.keySet());
        VmReader reader = new VmReader(node);
        vms(reader);
        List<Section> entries = root.sections("timeline");
        addedLater(entries);
        ValueKind<VmId> vm = Words.vm(knownVms);
        List<AffinityRule> rules = rules();
        ClusterSettings settings = SettingsReader.read(root.section("settings"), rules);
        List<Scenario.GuestFault> faults = faults(vm, node);
        List<Scenario.Moment> timeline = timeline(entries, new ActReader(nodes.keySet(), knownVms, reader));
        Duration until = root.optional("until", Words.MOMENT, usualEnd(timeline));
        Expectations expectations = root.section("expect")
                .map(section -> expectations(section, vm, node))
                .orElse(Expectations.NONE);
        ClusterPlan plan = plan(settings);
        root.finish();
        return new Scenario(name, plan, faults, timeline, until, expectations);
    }

    private static Duration usualEnd(List<Scenario.Moment> timeline) {
        return timeline.stream()
                .map(moment -> moment.at().plus(AFTER_THE_LAST))
                .max(Duration::compareTo)
                .orElse(USUAL_END);
    }

    private ClusterPlan plan(ClusterSettings settings) {
        List<ClusterPlan.Node> all = new ArrayList<>(nodes.values());
        if (all.size() == 2) {
            // A cluster of two has a witness on a third machine.
            NodeId witness = new NodeId("witness");
            all.add(new ClusterPlan.Node(witness, USUAL_MEMORY, USUAL_CPUS, true, false, true));
        }
        return new ClusterPlan(
                all,
                List.copyOf(vms.values()),
                settings,
                ClusterPlan.usualServers(all.size()),
                DRIFT_PPM,
                root.optional("registrations", ValueKind.TRUTH, false));
    }

    // ---- nodes

    private void nodes() {
        if (root.isList("nodes")) {
            for (Section section : root.sections("nodes")) {
                node(section, section.required("name", ValueKind.NODE));
                section.finish();
            }
        } else {
            Section section = root.requiredSection("nodes");
            int count = section.required("count", ValueKind.integer(1, MOST_NODES));
            for (int number = 1; number <= count; number++) {
                node(section, new NodeId("node" + number));
            }
            section.finish();
        }
        if (nodes.isEmpty()) {
            root.reject("nodes", "is empty", "at least one node");
        }
    }

    private void node(Section section, NodeId name) {
        ClusterPlan.Node node = new ClusterPlan.Node(
                name,
                section.optional("memory", Words.MEMORY, USUAL_MEMORY),
                section.optional("cpus", ValueKind.integer(1, 4096), USUAL_CPUS),
                section.optional("power", ValueKind.TRUTH, true),
                !section.optional("fencing", FENCING, "none").equals("none"),
                section.optional("witness", ValueKind.TRUTH, false));
        if (nodes.put(name, node) != null) {
            section.reject("name", "node '" + name + "' is there twice", "each name once");
        }
    }

    // ---- VMs

    private void vms(VmReader reader) {
        for (Section section : root.sections("vms")) {
            ClusterPlan.Vm vm = reader.read(section);
            if (vms.put(vm.spec().id(), vm) != null) {
                section.reject("name", "VM '" + vm.spec().id() + "' is there twice", "each name once");
            }
        }
        knownVms.addAll(vms.keySet());
    }

    /** VMs that the timeline adds may be named everywhere. */
    private void addedLater(List<Section> entries) {
        for (Section entry : entries) {
            List<Section> added = entry.isList("add")
                    ? entry.sections("add")
                    : entry.section("add").stream().toList();
            added.forEach(section -> section.optional("vm", Words.NEW_VM).ifPresent(knownVms::add));
        }
    }

    private List<AffinityRule> rules() {
        List<AffinityRule> rules = new ArrayList<>();
        ValueKind<VmId> vm = Words.vm(knownVms);
        for (Section section : root.sections("rules")) {
            AffinityRule.Kind kind =
                    section.required("type", Words.constant(AffinityRule.Kind.TOGETHER, AffinityRule.Kind.values()));
            List<VmId> members = section.list("vms", vm);
            boolean isEnforced = section.optional("enforced", ValueKind.TRUTH, true);
            String name = section.optional("name", ValueKind.TEXT, "rule" + (rules.size() + 1));
            try {
                rules.add(new AffinityRule(name, kind, members, isEnforced));
            } catch (IllegalArgumentException e) {
                section.reject("vms", String.valueOf(e.getMessage()), "at least two VMs, each once");
            }
            section.finish();
        }
        return rules;
    }

    // ---- what happens

    private List<Scenario.GuestFault> faults(ValueKind<VmId> vm, ValueKind<NodeId> node) {
        List<Scenario.GuestFault> faults = new ArrayList<>();
        for (Section section : root.sections("faults")) {
            VmId subject = section.required("vm", vm);
            Set<NodeId> onlyOn = new HashSet<>(section.list("onlyOn", node));
            int before = faults.size();
            fault(section, "startFails", GuestFaults.Act.START, subject, onlyOn, faults);
            fault(section, "migrateFails", GuestFaults.Act.MIGRATE, subject, onlyOn, faults);
            fault(section, "stopFails", GuestFaults.Act.STOP, subject, onlyOn, faults);
            if (faults.size() == before) {
                section.reject("nothing fails", "startFails, migrateFails or stopFails");
            }
            section.finish();
        }
        return faults;
    }

    private static void fault(
            Section section,
            String key,
            GuestFaults.Act act,
            VmId vm,
            Set<NodeId> onlyOn,
            List<Scenario.GuestFault> faults) {
        section.optional(key, Words.COUNT)
                .ifPresent(times ->
                        faults.add(new Scenario.GuestFault(vm, act, times, Set.copyOf(onlyOn), section.line())));
    }

    private static List<Scenario.Moment> timeline(List<Section> entries, ActReader reader) {
        List<Scenario.Moment> timeline = new ArrayList<>();
        for (Section entry : entries) {
            Duration at = entry.required("at", Words.MOMENT);
            timeline.add(new Scenario.Moment(at, reader.read(entry), entry.line()));
            entry.finish();
        }
        return timeline;
    }

    // ---- what is expected

    private static Expectations expectations(Section section, ValueKind<VmId> vm, ValueKind<NodeId> node) {
        Map<VmId, Expectations.OfVm> ofVms = new TreeMap<>();
        section.section("vms").ifPresent(all -> keys(all, vm).forEach((id, of) -> ofVms.put(id, ofVm(of, node))));
        Map<NodeId, String> ofNodes = new TreeMap<>();
        section.section("nodes")
                .ifPresent(all -> keys(all, node).forEach((id, of) -> {
                    ofNodes.put(id, of.required("state", oneOf(Expectations.NODE_STATES)));
                    of.finish();
                }));
        Map<VmId, Duration> outages = new TreeMap<>();
        section.section("maxOutage").ifPresent(all -> {
            for (String key : all.keys()) {
                all.named(key, vm)
                        .ifPresent(id -> all.optional(key, Words.MOMENT).ifPresent(outage -> outages.put(id, outage)));
            }
        });
        Optional<Set<NodeId>> fenced = section.has("fenced") || section.isList("fenced")
                ? Optional.of(new TreeSet<>(section.list("fenced", node)))
                : Optional.empty();
        Expectations expectations = new Expectations(
                ofVms, ofNodes, fenced, outages, section.lists("separate", vm), section.lists("together", vm));
        section.finish();
        return expectations;
    }

    /** A mapping whose keys are names. */
    private static <K extends Comparable<K>> Map<K, Section> keys(Section section, ValueKind<K> kind) {
        Map<K, Section> found = new TreeMap<>();
        for (String key : section.keys()) {
            section.named(key, kind).ifPresent(name -> section.section(key).ifPresent(of -> found.put(name, of)));
        }
        return found;
    }

    private static Expectations.OfVm ofVm(Section section, ValueKind<NodeId> node) {
        Expectations.OfVm expected = new Expectations.OfVm(
                new TreeSet<>(section.oneOrMore("node", node)),
                section.optional("state", oneOf(Expectations.VM_STATES)),
                count(section, "restarts"),
                count(section, "migrations"));
        section.finish();
        return expected;
    }

    private static OptionalInt count(Section section, String key) {
        return section.optional(key, Words.COUNT).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private static ValueKind<String> oneOf(List<String> words) {
        return ValueKind.oneOf(words.toArray(String[]::new));
    }
}
