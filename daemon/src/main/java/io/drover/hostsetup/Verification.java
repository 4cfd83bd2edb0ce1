package io.drover.hostsetup;

import io.drover.hostsetup.Finding.State;
import io.drover.hostsetup.MigrationSettings.Authentication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
                    verification.findings.addAll(PairVerification.of(source, target, trials));
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
        domain(host);
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

    private void domain(HostView host) {
        if (host.domain().isEmpty()) {
            add(
                    "domain",
                    host,
                    State.BLOCKED,
                    "it is in no domain: hosts of a workgroup cannot prove by Kerberos for whom they act, and VMs"
                            + " cannot move live",
                    "join the host to the domain of the others");
        } else {
            ok("domain", host, "it is in domain '" + host.domain() + "'");
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
}
