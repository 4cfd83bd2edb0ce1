package io.drover.hostsetup;

import io.drover.hostsetup.Finding.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What stands in the way of moves from one host to another one. */
final class PairVerification {
    private static final String TRY_WITH =
            "at the source: New-VM -Name drover-trial -MemoryStartupBytes 64MB -NoVHD -Path"
                    + " FOLDER, a folder that both hosts reach; verify again; Remove-VM -Name drover-trial";

    private final HostView source;
    private final HostView target;
    private final List<Finding> findings = new ArrayList<>();

    private PairVerification(HostView source, HostView target) {
        this.source = source;
        this.target = target;
    }

    /**
     * All findings of the pair.
     *
     * @param trials what was said about moves; those of other pairs are passed over
     */
    static List<Finding> of(HostView source, HostView target, List<Trial> trials) {
        PairVerification pair = new PairVerification(source, target);
        pair.versions();
        pair.vmVersions();
        pair.processors();
        pair.switches();
        pair.domains();
        pair.sharedNetworks();
        trials.stream()
                .filter(each ->
                        each.source().equals(source.fullName()) && each.target().equals(target.fullName()))
                .forEach(pair::trial);
        return pair.findings;
    }

    private void ok(String check, String text) {
        findings.add(Finding.ok(check, source.fullName(), Optional.of(target.fullName()), text));
    }

    private void add(String check, State state, String text, String remedy) {
        findings.add(new Finding(check, source.fullName(), Optional.of(target.fullName()), state, text, remedy));
    }

    private void versions() {
        if (isOlder(target.version(), source.version())) {
            add(
                    "version",
                    State.WARNING,
                    "it has Windows " + target.version() + ", the source " + source.version()
                            + ": a VM of a newer version cannot go there",
                    "Get-VMHostSupportedVersion at the target; do not raise the versions of VMs before all hosts are alike");
        }
    }

    /** Whether a version is lower than another; what is no number counts as 0. */
    static boolean isOlder(String version, String than) {
        int[] left = numbers(version);
        int[] right = numbers(than);
        return Arrays.compare(left, right) < 0;
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.", -1))
                .mapToInt(each -> each.matches("\\d{1,9}") ? Integer.parseInt(each) : 0)
                .toArray();
    }

    private void vmVersions() {
        ConfigurationVersions.newestOf(target.version()).ifPresent(newest -> {
            Set<String> tooNew = source.vmVersions().entrySet().stream()
                    .filter(each -> isOlder(newest, each.getValue()))
                    .map(each -> "'" + each.getKey() + "' (" + each.getValue() + ")")
                    .collect(Collectors.toCollection(TreeSet::new));
            if (tooNew.isEmpty()) {
                ok("VM versions", "it knows the configuration versions of all VMs of the source");
            } else {
                add(
                        "VM versions",
                        State.BLOCKED,
                        "its Windows knows configuration versions up to " + newest
                                + ", and VMs of the source have newer" + " ones: " + String.join(", ", tooNew),
                        "a newer Windows at the target; a version cannot be lowered, only a new VM be made:"
                                + " New-VM -Version " + newest);
            }
        });
    }

    private void processors() {
        if (!source.processorMaker().equals(target.processorMaker())) {
            add(
                    "processors",
                    State.BLOCKED,
                    "its processors are made by " + target.processorMaker() + ", those of the source by "
                            + source.processorMaker() + ": no VM can move while it runs",
                    "a cluster of hosts with processors of one maker; others take VMs that are off");
        }
    }

    private void switches() {
        Set<String> missing = new HashSet<>(source.usedSwitches());
        missing.removeAll(target.switches());
        if (!missing.isEmpty()) {
            add(
                    "switches",
                    State.BLOCKED,
                    "VMs of the source are connected to " + quoted(missing) + ", and it has "
                            + (target.switches().isEmpty() ? "no switch" : quoted(target.switches())),
                    "New-VMSwitch with that name at the target, or hypervisor.switches in the file of its agent names"
                            + " another one (verify sees that with --config)");
        }
    }

    private static String quoted(Set<String> names) {
        return names.stream().sorted().map(each -> "'" + each + "'").collect(Collectors.joining(", "));
    }

    private void domains() {
        boolean isWorkgroup = source.domain().isEmpty() || target.domain().isEmpty();
        if (!isWorkgroup && !source.domain().equals(target.domain())) {
            add(
                    "domain",
                    State.WARNING,
                    "it is in domain '" + target.domain() + "', the source in '" + source.domain() + "'",
                    "both domains have to trust each other; delegation across them is set at the target's account");
        }
    }

    private void sharedNetworks() {
        boolean isShared = source.settings().networks().stream()
                .map(MigrationNetwork::subnet)
                .anyMatch(each -> target.settings().networks().stream()
                        .anyMatch(other -> other.subnet().equals(each)));
        if (!isShared
                && !source.settings().networks().isEmpty()
                && !target.settings().networks().isEmpty()) {
            add(
                    "networks",
                    State.WARNING,
                    "the two have no network of migrations in common: what is sent goes through a router",
                    "drover host setup --network SUBNET, the same for all hosts");
        }
    }

    private void trial(Trial trial) {
        State state = switch (trial.outcome()) {
            case POSSIBLE -> State.OK;
            case OWN_OBSTACLE -> State.WARNING;
            case IMPOSSIBLE -> State.BLOCKED;
            case NOT_TRIED -> State.UNKNOWN;
        };
        String text = switch (trial.outcome()) {
            case POSSIBLE -> "VM '" + trial.vm() + "' could move there: delegation, names, ports and storage are right";
            case OWN_OBSTACLE -> trial.text() + " (of this VM alone; another one was tried)";
            case IMPOSSIBLE -> trial.text();
            case NOT_TRIED ->
                trial.text() + ": not tried is whether the source may act for its caller there"
                        + " (delegation), whether it reaches the target by name and at TCP 6600, and the storage of VMs";
        };
        String remedy = trial.outcome() == Trial.Outcome.NOT_TRIED ? TRY_WITH : trial.remedy();
        findings.add(new Finding("trial move", trial.source(), Optional.of(trial.target()), state, text, remedy));
    }
}
