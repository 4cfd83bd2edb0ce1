package io.drover.hostsetup;

import io.drover.hostsetup.Finding.State;
import io.drover.hostsetup.MigrationSettings.Authentication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What stands in the way of moves between hosts: of each host, and of each ordered pair. The checks are those that
 * Microsoft's set-up document leaves to the administrator, and what its list of errors comes from.
 */
public final class Verification {
    /** Kerberos refuses a clock that differs by more (default of Active Directory). */
    static final Duration CLOCK_MAX = Duration.ofMinutes(5);

    /** What synchronised hosts never reach. */
    static final Duration CLOCK_NOTICED = Duration.ofSeconds(5);

    private final List<Finding> findings = new ArrayList<>();

    private Verification() {}

    /**
     * All findings: first those of each host, then those of each pair, in the order of the hosts.
     *
     * @param hosts those that answered
     * @param trials what was said about moves between them
     */
    public static List<Finding> of(List<HostView> hosts, List<Trial> trials) {
        Verification verification = new Verification();
        hosts.forEach(verification::host);
        for (HostView source : hosts) {
            for (HostView target : hosts) {
                if (!source.fullName().equals(target.fullName())) {
                    verification.pair(source, target);
                    trials.stream()
                            .filter(each -> each.source().equals(source.fullName())
                                    && each.target().equals(target.fullName()))
                            .forEach(verification::trial);
                }
            }
        }
        return List.copyOf(verification.findings);
    }

    private void add(String check, HostView host, State state, String text, String remedy) {
        findings.add(new Finding(check, host.fullName(), Optional.empty(), state, text, remedy));
    }

    private void ok(String check, HostView host, String text) {
        findings.add(Finding.ok(check, host.fullName(), Optional.empty(), text));
    }

    // ---- one host

    private void host(HostView host) {
        enabled(host);
        authentication(host);
        networks(host);
        settings(host);
        clock(host);
        folders(host);
        startActions(host);
    }

    private void enabled(HostView host) {
        if (host.settings().isEnabled()) {
            ok("enabled", host, "live migrations are enabled");
        } else {
            add("enabled", host, State.BLOCKED, "live migrations are disabled", "drover host setup");
        }
    }

    private void authentication(HostView host) {
        boolean isCredSsp = host.settings().authentication() == Authentication.CREDSSP;
        if (!isCredSsp) {
            ok("authentication", host, "hosts prove by Kerberos for whom they act");
        } else if (host.hasCredentialGuard().orElse(false)) {
            add(
                    "authentication",
                    host,
                    State.BLOCKED,
                    "CredSSP, and Credential Guard keeps credentials from being passed on",
                    "drover host setup --authentication kerberos, and constrained delegation");
        } else {
            add(
                    "authentication",
                    host,
                    State.BLOCKED,
                    "CredSSP: only somebody who is signed in at this host can move VMs, and an agent is not",
                    "drover host setup --authentication kerberos, and constrained delegation");
        }
    }

    private void networks(HostView host) {
        if (host.listeners().isEmpty()) {
            add(
                    "networks",
                    host,
                    State.BLOCKED,
                    "no address of the host is in a network of migrations",
                    "drover host setup --network SUBNET");
            return;
        }
        String listening = "migrations arrive at " + String.join(", ", host.listeners());
        if (host.reachable().isEmpty()) {
            add(
                    "networks",
                    host,
                    State.UNKNOWN,
                    listening + "; port 6600 is not reached from here, which is no fault if that network is apart",
                    "open TCP 6600 between the hosts");
        } else {
            ok("networks", host, listening);
        }
    }

    private void settings(HostView host) {
        if (host.differences().isEmpty()) {
            ok("settings", host, "as they are wanted");
        }
        host.differences().forEach(each -> add("settings", host, State.WARNING, each.text(), "drover host setup"));
    }

    private void clock(HostView host) {
        Duration off = host.clockAhead().abs();
        String text = "its clock differs by " + seconds(off) + " s from that of this machine";
        String remedy = "w32tm /resync; all hosts take the time from their domain";
        if (off.compareTo(CLOCK_MAX) > 0) {
            add("clock", host, State.BLOCKED, text + ", and Kerberos allows 300 s", remedy);
        } else if (off.compareTo(CLOCK_NOTICED) > 0) {
            add("clock", host, State.WARNING, text, remedy);
        } else {
            ok("clock", host, text);
        }
    }

    /** With one digit after the point, in no locale. */
    private static String seconds(Duration length) {
        long tenths = length.toMillis() / 100;
        return tenths / 10 + "." + tenths % 10;
    }

    private void folders(HostView host) {
        for (String each : host.folders()) {
            add(
                    "storage",
                    host,
                    State.BLOCKED,
                    each,
                    "give the computer account of the host full control of the share and of the folder");
        }
    }

    private void startActions(HostView host) {
        for (String each : host.startingVms()) {
            add(
                    "start action",
                    host,
                    State.WARNING,
                    "it would start the clustered VM '" + each + "' by itself",
                    "drover host setup, or Set-VM -AutomaticStartAction Nothing");
        }
    }

    // ---- two hosts

    private void add(String check, HostView source, HostView target, State state, String text, String remedy) {
        findings.add(new Finding(check, source.fullName(), Optional.of(target.fullName()), state, text, remedy));
    }

    private void pair(HostView source, HostView target) {
        versions(source, target);
        processors(source, target);
        switches(source, target);
        domains(source, target);
        sharedNetworks(source, target);
    }

    private void versions(HostView source, HostView target) {
        if (isOlder(target.version(), source.version())) {
            add(
                    "version",
                    source,
                    target,
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

    private void processors(HostView source, HostView target) {
        if (!source.processorMaker().equals(target.processorMaker())) {
            add(
                    "processors",
                    source,
                    target,
                    State.BLOCKED,
                    "its processors are made by " + target.processorMaker() + ", those of the source by "
                            + source.processorMaker() + ": no VM can move while it runs",
                    "a cluster of hosts with processors of one maker; others take VMs that are off");
        }
    }

    private void switches(HostView source, HostView target) {
        Set<String> missing = new HashSet<>(source.usedSwitches());
        missing.removeAll(target.switches());
        if (!missing.isEmpty()) {
            add(
                    "switches",
                    source,
                    target,
                    State.BLOCKED,
                    "VMs of the source are connected to " + quoted(missing) + ", and it has "
                            + (target.switches().isEmpty() ? "no switch" : quoted(target.switches())),
                    "New-VMSwitch with that name at the target; for failover, hypervisor.switches can name another");
        }
    }

    private static String quoted(Set<String> names) {
        return names.stream().sorted().map(each -> "'" + each + "'").collect(Collectors.joining(", "));
    }

    private void domains(HostView source, HostView target) {
        if (!source.domain().equals(target.domain())) {
            add(
                    "domain",
                    source,
                    target,
                    State.WARNING,
                    "it is in domain '" + target.domain() + "', the source in '" + source.domain() + "'",
                    "both domains have to trust each other; delegation across them is set at the target's account");
        }
    }

    private void sharedNetworks(HostView source, HostView target) {
        boolean isShared = source.settings().networks().stream()
                .map(MigrationNetwork::subnet)
                .anyMatch(each -> target.settings().networks().stream()
                        .anyMatch(other -> other.subnet().equals(each)));
        if (!isShared
                && !source.settings().networks().isEmpty()
                && !target.settings().networks().isEmpty()) {
            add(
                    "networks",
                    source,
                    target,
                    State.WARNING,
                    "the two have no network of migrations in common: what is sent goes through a router",
                    "drover host setup --network SUBNET, the same for all hosts");
        }
    }

    private void trial(Trial trial) {
        State state = switch (trial.outcome()) {
            case POSSIBLE -> State.OK;
            case IMPOSSIBLE -> State.BLOCKED;
            case NOT_TRIED -> State.UNKNOWN;
        };
        String text = switch (trial.outcome()) {
            case POSSIBLE -> "VM '" + trial.vm() + "' could move there: delegation, names, ports and storage are right";
            case IMPOSSIBLE -> trial.text();
            case NOT_TRIED -> "delegation could not be tried: the source has no VM";
        };
        String remedy = trial.outcome() == Trial.Outcome.NOT_TRIED
                ? "make a VM there and verify again; what is needed prints: drover host setup --delegation-script"
                : trial.remedy();
        findings.add(new Finding("trial move", trial.source(), Optional.of(trial.target()), state, text, remedy));
    }
}
