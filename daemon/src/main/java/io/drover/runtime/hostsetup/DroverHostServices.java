package io.drover.runtime.hostsetup;

import io.drover.cli.HostServices;
import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.DelegationScript;
import io.drover.hostsetup.Finding;
import io.drover.hostsetup.HostView;
import io.drover.hostsetup.HypervisorHost;
import io.drover.hostsetup.MigrationSettings;
import io.drover.hostsetup.SettingDifference;
import io.drover.hostsetup.Trial;
import io.drover.hostsetup.Verification;
import io.drover.hostsetup.WantedSettings;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.HostAdministration;
import io.drover.proto.v1.HostChangeState;
import io.drover.proto.v1.HostRequest;
import io.drover.proto.v1.HostState;
import io.drover.proto.v1.HostStates;
import io.drover.proto.v1.HostVerification;
import io.drover.proto.v1.SmokeTestRequest;
import io.drover.proto.v1.SmokeTestResult;
import io.drover.proto.v1.SmokeTestStep;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Gives the command what it must not know: the hosts themselves. */
public final class DroverHostServices implements HostServices {
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private final Clock clock;
    private final Predicate<String> isReachable;

    /** Made by the service loader. */
    public DroverHostServices() {
        this(Clock.systemUTC(), DroverHostServices::isReachable);
    }

    /**
     * With another clock, and another way to tell whether an address takes migrations.
     *
     * @param isReachable asked with addresses at which hosts say that they take migrations
     */
    public DroverHostServices(Clock clock, Predicate<String> isReachable) {
        this.clock = clock;
        this.isReachable = isReachable;
    }

    private static boolean isReachable(String address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, HostAdministration.MIGRATION_PORT), (int) CONNECT.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public HostStates settings(HostRequest request) {
        return states(request, DroverHostServices::look);
    }

    @Override
    public HostStates setUp(HostRequest request) {
        return states(request, DroverHostServices::change);
    }

    /** What is done at one host. */
    private interface Work {
        void at(HostAdministration host, WantedSettings wanted, Set<String> vms, HostState.Builder state);
    }

    private static HostStates states(HostRequest request, Work work) {
        HostStates.Builder states = HostStates.newBuilder();
        for (HypervisorConfig.Hyperv each : HostList.of(request.getAccess())) {
            WantedSettings wanted = HostList.wanted(each.liveMigration(), request.getWanted());
            HostState.Builder state =
                    HostState.newBuilder().setAddress(each.address().getAuthority());
            try (HostAdministration host = HostAdministration.of(each)) {
                state.setHost(host.fullName());
                work.at(host, wanted, Set.copyOf(request.getVmsList()), state);
            } catch (HypervisorException e) {
                state.setProblem(String.valueOf(e.getMessage())).setRemedy(e.remedy());
            }
            states.addHosts(state);
        }
        return states.build();
    }

    private static void look(HostAdministration host, WantedSettings wanted, Set<String> vms, HostState.Builder state) {
        MigrationSettings now = host.settings();
        state.setSettings(HostForms.form(now));
        for (SettingDifference each : differences(host, wanted, now, vms)) {
            state.addDifferences(HostForms.form(each, HostChangeState.HOST_CHANGE_STATE_PLANNED));
        }
    }

    private static List<SettingDifference> differences(
            HostAdministration host, WantedSettings wanted, MigrationSettings now, Set<String> vms) {
        List<SettingDifference> differences = new ArrayList<>(wanted.differences(now));
        for (String vm : host.startingVms(vms)) {
            differences.add(new SettingDifference("start action of " + vm, "by the host", "nothing"));
        }
        return differences;
    }

    private static void change(
            HostAdministration host, WantedSettings wanted, Set<String> vms, HostState.Builder state) {
        MigrationSettings before = host.settings();
        List<SettingDifference> differences = differences(host, wanted, before, vms);
        List<HypervisorException> failures = new ArrayList<>();
        try {
            host.apply(wanted);
        } catch (HypervisorException e) {
            failures.add(e);
        }
        failures.addAll(host.neverByThemselves(vms));
        // What has come of it is read, also after a failure: a part may have been done.
        MigrationSettings after = host.settings();
        List<String> left = differences(host, wanted, after, vms).stream()
                .map(SettingDifference::setting)
                .toList();
        state.setSettings(HostForms.form(after));
        for (SettingDifference each : differences) {
            boolean isLeft = left.contains(each.setting());
            state.addDifferences(HostForms.form(
                    each, isLeft ? HostChangeState.HOST_CHANGE_STATE_FAILED : HostChangeState.HOST_CHANGE_STATE_DONE));
        }
        if (!failures.isEmpty()) {
            state.setProblem(joined(failures, each -> String.valueOf(each.getMessage())))
                    .setRemedy(joined(failures, HypervisorException::remedy));
        } else if (!left.isEmpty()) {
            state.setProblem("the host accepted " + String.join(", ", left) + ", and has not kept it")
                    .setRemedy("set it at the host, and look for a policy that sets it back");
        }
    }

    private static String joined(List<HypervisorException> failures, Function<HypervisorException, String> part) {
        return failures.stream()
                .map(part)
                .filter(each -> !each.isEmpty())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    @Override
    public HostVerification verify(HostRequest request) {
        List<Finding> findings = new ArrayList<>();
        List<HostView> views = new ArrayList<>();
        List<HypervisorConfig.Hyperv> answering = new ArrayList<>();
        for (HypervisorConfig.Hyperv each : HostList.of(request.getAccess())) {
            WantedSettings wanted = HostList.wanted(each.liveMigration(), request.getWanted());
            try (HostAdministration host = HostAdministration.of(each)) {
                views.add(host.view(wanted, Set.copyOf(request.getVmsList()), clock, isReachable));
                answering.add(each);
            } catch (HypervisorException e) {
                findings.add(new Finding(
                        "answer",
                        each.address().getAuthority(),
                        Optional.empty(),
                        Finding.State.BLOCKED,
                        String.valueOf(e.getMessage()),
                        e.remedy()));
            }
        }
        findings.addAll(Verification.of(views, trials(views, answering)));
        HostVerification.Builder verification = HostVerification.newBuilder();
        findings.forEach(each -> verification.addFindings(HostForms.form(each)));
        return verification.build();
    }

    private static List<Trial> trials(List<HostView> views, List<HypervisorConfig.Hyperv> hosts) {
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            HostView source = views.get(i);
            try (HostAdministration host = HostAdministration.of(hosts.get(i))) {
                for (HostView target : views) {
                    if (!target.fullName().equals(source.fullName())) {
                        trials.addAll(trials(host, source, target));
                    }
                }
            }
        }
        return trials;
    }

    /** A host that has answered a moment ago may be gone: what was found of the others counts nevertheless. */
    private static List<Trial> trials(HostAdministration host, HostView source, HostView target) {
        try {
            return host.trials(source, target);
        } catch (HypervisorException e) {
            String text = "the source could not be asked: " + e.getMessage();
            return List.of(
                    new Trial(source.fullName(), target.fullName(), Trial.Outcome.IMPOSSIBLE, "", text, e.remedy()));
        }
    }

    @Override
    public SmokeTestResult smokeTest(SmokeTestRequest request, Consumer<SmokeTestStep> progress) throws IOException {
        List<HypervisorConfig.Hyperv> hosts = HostList.of(request.getAccess());
        if (hosts.size() != 1) {
            throw new IllegalArgumentException(hosts.size() + " hosts are named (expected: one)");
        }
        return new RecordedSmokeTest(hosts.get(0), Path.of(request.getOutputFolder()), clock, progress)
                .run(request.getChangeSettings());
    }

    @Override
    public String delegationScript(List<String> hosts) {
        return DelegationScript.of(hosts.stream()
                .map(each -> each.replaceFirst("^https://", "").replaceFirst(":\\d+$", ""))
                .map(HypervisorHost::ofFullName)
                .toList());
    }
}
