package io.drover.sim.lab;

import io.drover.api.SettingNames;
import io.drover.coordination.codec.PolicyCodec;
import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.proto.v1.AddRuleRequest;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.SetConfigRequest;
import io.drover.proto.v1.Setting;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.VmStatus;
import io.drover.sim.scenario.Act;
import io.drover.sim.scenario.Result;
import io.drover.sim.scenario.Scenario;
import io.drover.sim.scenario.Stage;
import io.drover.sim.scenario.Verdicts;
import io.drover.sim.shell.ClusterPlan;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Plays a scenario with real processes, and says what came of it. */
final class LabPlay {
    /** An executing guest speaks a hundred times a second; a busy machine takes its time. */
    private static final Duration SPEAKS = Duration.ofSeconds(2);

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    /** After the last thing that happened, at least so long is looked on: leases, sessions and settling are over. */
    private static final Duration QUIET = Duration.ofSeconds(30);

    /** For so long what is expected has to be so before the rest of a quiet scenario is left out. */
    private static final Duration STEADY = Duration.ofSeconds(5);

    private final Scenario scenario;
    private final LabCluster lab;
    private final GuestLedger ledger;
    private final LabStage stage;
    private final Operator operator;
    private final LabTime time;
    private final boolean isWhole;
    private final Consumer<String> tell;
    private final ExecutorService orders = Executors.newSingleThreadExecutor();
    private final List<Stage.Answered> answers = Collections.synchronizedList(new ArrayList<>());
    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private final Set<NodeId> fenced = new TreeSet<>();
    private GetStatusResponse last = GetStatusResponse.getDefaultInstance();
    private long zero;

    private LabPlay(Scenario scenario, LabCluster lab, GuestLedger ledger, boolean isWhole, Consumer<String> tell) {
        this.scenario = scenario;
        this.lab = lab;
        this.ledger = ledger;
        this.stage = new LabStage(lab, scenario.plan().servers());
        this.operator = new Operator(lab, Scale.of(scenario.plan()));
        this.time = LabTime.of(scenario);
        this.isWhole = isWhole;
        this.tell = tell;
    }

    /**
     * Plays a scenario that {@link Refusals} has nothing against.
     *
     * @param root an empty folder for everything
     * @param isWhole whether to play until its end also when all is as expected and nothing more happens
     * @param tell what happens, as it does
     */
    static Result play(Scenario scenario, Path root, boolean isNamespaced, boolean isWhole, Consumer<String> tell) {
        try (LabCluster lab = LabCluster.of(root, layout(scenario.plan(), isNamespaced));
                GuestLedger ledger = new GuestLedger(root)) {
            LabPlay play = new LabPlay(scenario, lab, ledger, isWhole, tell);
            try {
                play.prepare();
                return play.play();
            } finally {
                play.orders.shutdownNow();
            }
        }
    }

    private static LabCluster.Layout layout(ClusterPlan plan, boolean isNamespaced) {
        Scale scale = Scale.of(plan);
        List<Long> memory = new ArrayList<>();
        Set<Integer> devices = new HashSet<>();
        for (int i = 0; i < plan.nodes().size(); i++) {
            ClusterPlan.Node node = plan.nodes().get(i);
            memory.add(scale.scaled(node.memory()) >> 20);
            if (node.hasFencing()) {
                devices.add(i + 1);
            }
        }
        return new LabCluster.Layout(memory, plan.servers(), isNamespaced, devices);
    }

    // ---- the beginning

    private void prepare() {
        tell.accept("starting " + scenario.plan().nodes().size() + " nodes");
        lab.nodes().forEach(lab::powerOn);
        lab.awaitAllWell(new TreeSet<>(lab.nodes()));
        ClusterSettings settings = scenario.plan().settings();
        Map<String, String> texts = SettingNames.of(settings).stream()
                .filter(setting -> !setting.getValue().equals(setting.getDefaultValue()))
                .collect(Collectors.toMap(Setting::getName, Setting::getValue));
        if (!texts.isEmpty()) {
            var unused = lab.ask(stub -> stub.setConfig(SetConfigRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .putAllValues(texts)
                    .build()));
        }
        // Before there are rules, or the first of those that are to be together could not be added alone.
        scenario.plan().vms().forEach(vm -> operator.add(vm.spec(), vm.owner(), vm.isRunning()));
        settings.rules().forEach(rule -> {
            var unused = lab.ask(stub -> stub.addRule(AddRuleRequest.newBuilder()
                    .setContext(LabCluster.context())
                    .setRule(PolicyCodec.toProto(rule))
                    .build()));
        });
        lab.awaitAllWell(new TreeSet<>(lab.nodes()));
        for (ClusterPlan.Vm vm : scenario.plan().vms()) {
            if (vm.isRunning()) {
                String name = vm.spec().id().value();
                Waits.until(
                        name + " counts",
                        LabCluster.LIMIT,
                        () -> ledger.executes(name, SPEAKS).isPresent());
            }
        }
    }

    // ---- what happens

    private Result play() {
        zero = System.nanoTime();
        note("all nodes are up and all guests count; " + Verdicts.seconds(time.skipped()) + " before are left out");
        for (Scenario.Moment moment : scenario.timeline()) {
            lookOnUntil(time.at(moment.at()));
            moment.acts().forEach(this::perform);
        }
        Duration over = elapsed();
        Optional<Duration> goodSince = Optional.empty();
        while (elapsed().compareTo(time.end()) < 0) {
            look();
            goodSince = broken().isEmpty() ? goodSince.or(() -> Optional.of(elapsed())) : Optional.empty();
            boolean isSteady = goodSince
                    .filter(since -> elapsed().minus(since).compareTo(STEADY) >= 0)
                    .isPresent();
            if (!isWhole && isSteady && elapsed().minus(over).compareTo(QUIET) >= 0) {
                note("all is as expected and nothing more happens; the rest until " + Verdicts.seconds(scenario.until())
                        + " is left out");
                break;
            }
            Waits.pass(LOOK_EVERY);
        }
        // The end may fall into a change of coordinators, which says nothing about anything else.
        last = lab.awaitStatus("a coordinator at the end", GetStatusResponse::getQuorate);
        return result();
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - zero);
    }

    private void lookOnUntil(Duration moment) {
        while (elapsed().compareTo(moment) < 0) {
            Duration left = moment.minus(elapsed());
            // A look may take long when nobody answers: not just before something has to happen in time.
            if (left.compareTo(LOOK_EVERY.multipliedBy(20)) > 0) {
                look();
            }
            Duration pause = left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY;
            Waits.pass(pause.isNegative() ? Duration.ZERO : pause);
        }
    }

    private void note(String text) {
        String line = String.format(
                Locale.ROOT, "%9.3f %s", elapsed().plus(time.skipped()).toMillis() / 1e3, text);
        journal.add(line);
        tell.accept(line);
    }

    private void perform(Act act) {
        note("* " + act);
        if (act instanceof Act.Command command) {
            orders.execute(() -> order(command));
        } else {
            stage.perform(act);
        }
    }

    private void order(Act.Command command) {
        long at = elapsed().toNanos();
        String refusal = "";
        try {
            operator.order(command);
        } catch (StatusRuntimeException e) {
            refusal = String.valueOf(e.getStatus().getDescription());
        } catch (IllegalStateException e) {
            refusal = String.valueOf(e.getMessage());
        }
        answers.add(new Stage.Answered(at, command.toString(), refusal));
        note("  " + command + (refusal.isEmpty() ? " is accepted" : " is refused: " + refusal));
    }

    /** Asks the cluster how it stands, and remembers what passes. */
    private void look() {
        lab.tryStatus().ifPresent(status -> {
            String change = summary(status);
            if (!change.equals(summary(last))) {
                note(change);
            }
            last = status;
        });
        last.getNodesList().stream()
                .filter(node -> node.getFencing() == io.drover.proto.v1.FencingState.FENCING_STATE_FENCED)
                .forEach(node -> fenced.add(new NodeId(node.getName())));
        for (VmStatus vm : last.getVmsList()) {
            ledger.wanted(
                    vm.getName(),
                    vm.getDesired() == DesiredState.DESIRED_STATE_RUNNING && vm.getState() != VmState.VM_STATE_FAILED);
        }
    }

    /** How it stands, in one line. */
    private static String summary(GetStatusResponse status) {
        String nodes = status.getNodesList().stream()
                .map(node -> node.getName() + " " + word(node.getState(), "NODE_STATE_"))
                .collect(Collectors.joining(", "));
        String vms = status.getVmsList().stream()
                .map(vm -> vm.getName() + " " + vmState(vm) + (vm.getNode().isEmpty() ? "" : " on " + vm.getNode()))
                .collect(Collectors.joining(", "));
        return "coordinator " + status.getCoordinator() + (status.getQuorate() ? "" : ", not quorate") + "; " + nodes
                + "; " + vms;
    }

    private static String word(Enum<?> constant, String prefix) {
        return constant.name().replace(prefix, "").toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String vmState(VmStatus vm) {
        boolean waits = vm.getState() == VmState.VM_STATE_OFF && vm.getDesired() == DesiredState.DESIRED_STATE_RUNNING;
        return waits ? "waiting" : word(vm.getState(), "VM_STATE_");
    }

    // ---- what came of it

    private List<String> broken() {
        List<String> broken = new ArrayList<>(Verdicts.of(scenario.expectations(), vms(), nodes(), fenced));
        ledger.doubles().forEach(text -> broken.add("broken promise 'never two': " + text));
        return broken;
    }

    private Result result() {
        lab.events().stream()
                .filter(event -> event.getText().startsWith("is fenced: "))
                .forEach(event -> fenced.add(new NodeId(event.getSubject())));
        SortedMap<VmId, Result.OfVm> vms = vms();
        List<String> broken = new ArrayList<>(broken());
        vms.forEach((vm, found) -> broken.addAll(disk(vm.value(), found)));
        return new Result(
                scenario.name(),
                vms,
                nodes(),
                List.copyOf(fenced),
                answers.stream().filter(answer -> !answer.refusal().isEmpty()).toList(),
                broken,
                List.copyOf(journal),
                Result.UNREPEATABLE);
    }

    private SortedMap<NodeId, Result.OfNode> nodes() {
        TreeMap<NodeId, Result.OfNode> nodes = new TreeMap<>();
        scenario.plan().nodes().forEach(node -> nodes.put(node.id(), new Result.OfNode("unknown")));
        last.getNodesList()
                .forEach(node ->
                        nodes.put(new NodeId(node.getName()), new Result.OfNode(word(node.getState(), "NODE_STATE_"))));
        return nodes;
    }

    private SortedMap<VmId, Result.OfVm> vms() {
        TreeMap<VmId, Result.OfVm> vms = new TreeMap<>();
        for (VmStatus vm : last.getVmsList()) {
            String name = vm.getName();
            Optional<String> executes = ledger.executes(name, SPEAKS);
            String state = vmState(vm);
            boolean isLie = state.equals("running") && executes.isEmpty();
            vms.put(
                    new VmId(name),
                    new Result.OfVm(
                            executes.or(() -> Optional.of(vm.getNode()).filter(node -> !node.isEmpty()))
                                    .map(NodeId::new),
                            isLie ? "not running" : state,
                            vm.getMessage(),
                            ledger.restarts(name),
                            ledger.migrations(name),
                            ledger.longestSilence(name)));
        }
        return vms;
    }

    /** What the guest's own disk says against what was found. */
    private List<String> disk(String vm, Result.OfVm found) {
        List<String> faults = new ArrayList<>();
        GuestTruth truth = lab.truth(vm);
        // A sector that was written while the disk was read may look like a gap.
        List<String> gaps =
                truth.diskGaps().isEmpty() ? List.of() : lab.truth(vm).diskGaps();
        gaps.forEach(gap -> faults.add("VM " + vm + ": its disk lacks what it wrote between ticks " + gap));
        boolean isRunning = found.state().equals("running");
        if (isRunning != truth.diskHeld() && (isRunning || found.state().equals("off"))) {
            faults.add("VM " + vm + ": is " + found.state() + ", and its disk is "
                    + (truth.diskHeld() ? "in use" : "not in use"));
        }
        return faults;
    }
}
