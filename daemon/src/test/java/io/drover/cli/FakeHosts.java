package io.drover.cli;

import io.drover.proto.v1.HostChange;
import io.drover.proto.v1.HostChangeState;
import io.drover.proto.v1.HostFinding;
import io.drover.proto.v1.HostFindingState;
import io.drover.proto.v1.HostMigrationSettings;
import io.drover.proto.v1.HostNetwork;
import io.drover.proto.v1.HostRequest;
import io.drover.proto.v1.HostState;
import io.drover.proto.v1.HostStates;
import io.drover.proto.v1.HostVerification;
import io.drover.proto.v1.SmokeTestRequest;
import io.drover.proto.v1.SmokeTestResult;
import io.drover.proto.v1.SmokeTestStep;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Consumer;

/** Three hosts: one that differs from what is wanted, one that is as it has to be, and one that does not answer. */
public final class FakeHosts implements HostServices {
    private static final String ONE = "hv1.corp.example";
    private static final String TWO = "hv2.corp.example";
    private static final String THREE = "hv3.corp.example:5986";

    /** Made by the service loader. */
    public FakeHosts() {}

    /** A class loader with which the service loader finds these hosts alone. */
    static ClassLoader loader(ClassLoader parent, URL services) {
        return new ClassLoader(parent) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                return name.equals("META-INF/services/" + HostServices.class.getName())
                        ? Collections.enumeration(List.of(services))
                        : super.getResources(name);
            }
        };
    }

    private static HostMigrationSettings settings(int migrations) {
        return HostMigrationSettings.newBuilder()
                .setEnabled(true)
                .setAuthentication("kerberos")
                .setPerformance("compression")
                .setMigrations(migrations)
                .setStorageMigrations(2)
                .addNetworks(HostNetwork.newBuilder().setSubnet("10.20.0.0/24").setPriority(1))
                .build();
    }

    private static HostChange change(String setting, String is, String wanted, HostChangeState state) {
        return HostChange.newBuilder()
                .setSetting(setting)
                .setIs(is)
                .setWanted(wanted)
                .setState(state)
                .build();
    }

    private static HostStates states(int migrations, HostChangeState limit, HostChangeState startAction) {
        HostState.Builder one = HostState.newBuilder()
                .setAddress(ONE + ":5986")
                .setHost(ONE)
                .setSettings(settings(migrations))
                .addDifferences(change("migrations", "2", "4", limit))
                .addDifferences(change("start action of web", "by the host", "nothing", startAction));
        if (startAction == HostChangeState.HOST_CHANGE_STATE_FAILED) {
            one.setProblem("cannot set the automatic start action of VM 'web' to nothing: access was denied")
                    .setRemedy("put Drover's account into the local Administrators of both hosts");
        }
        return HostStates.newBuilder()
                .addHosts(one)
                .addHosts(HostState.newBuilder()
                        .setAddress(TWO + ":5986")
                        .setHost(TWO)
                        .setSettings(settings(4)))
                .addHosts(HostState.newBuilder()
                        .setAddress(THREE)
                        .setProblem("cannot read the host's name: no connection")
                        .setRemedy("check that the services vmms and WinRM run"))
                .build();
    }

    @Override
    public HostStates settings(HostRequest request) {
        HostChangeState planned = HostChangeState.HOST_CHANGE_STATE_PLANNED;
        return states(2, planned, planned);
    }

    @Override
    public HostStates setUp(HostRequest request) {
        return states(4, HostChangeState.HOST_CHANGE_STATE_DONE, HostChangeState.HOST_CHANGE_STATE_FAILED);
    }

    private static HostFinding finding(
            String check, String host, String target, HostFindingState state, String text, String remedy) {
        return HostFinding.newBuilder()
                .setCheck(check)
                .setHost(host)
                .setTarget(target)
                .setState(state)
                .setText(text)
                .setRemedy(remedy)
                .build();
    }

    @Override
    public HostVerification verify(HostRequest request) {
        return HostVerification.newBuilder()
                .addFindings(finding(
                        "answer",
                        THREE,
                        "",
                        HostFindingState.HOST_FINDING_STATE_BLOCKED,
                        "cannot read the host's name: no connection",
                        "check that the services vmms and WinRM run"))
                .addFindings(finding(
                        "enabled", ONE, "", HostFindingState.HOST_FINDING_STATE_OK, "live migrations are enabled", ""))
                .addFindings(finding(
                        "start action",
                        ONE,
                        "",
                        HostFindingState.HOST_FINDING_STATE_WARNING,
                        "it would start the clustered VM 'web' by itself",
                        "drover host setup, or Set-VM -AutomaticStartAction Nothing"))
                .addFindings(finding(
                        "trial move",
                        ONE,
                        TWO,
                        HostFindingState.HOST_FINDING_STATE_OK,
                        "VM 'web' could move there: delegation, names, ports and storage are right",
                        ""))
                .addFindings(finding(
                        "trial move",
                        TWO,
                        ONE,
                        HostFindingState.HOST_FINDING_STATE_UNKNOWN,
                        "the source has no VM",
                        "make a VM there and verify again"))
                .build();
    }

    @Override
    public SmokeTestResult smokeTest(SmokeTestRequest request, Consumer<SmokeTestStep> progress) {
        List<SmokeTestStep> steps = List.of(
                step("A", "Identify", true, "Microsoft Corporation, OS: 10.0.20348", 12),
                step("C", "Msvm_ComputerSystem", true, "3 objects", 40),
                step("G", "GetSystemCompatibilityVectors", false, "the host has no vectors", 31));
        steps.forEach(progress);
        return SmokeTestResult.newBuilder()
                .setHost(ONE)
                .addAllSteps(steps)
                .setRecords("C:\\Temp\\records.jsonl")
                .build();
    }

    private static SmokeTestStep step(String test, String name, boolean isPassed, String text, int took) {
        return SmokeTestStep.newBuilder()
                .setTest(test)
                .setName(name)
                .setPassed(isPassed)
                .setText(text)
                .setDurationMs(took)
                .build();
    }

    @Override
    public String delegationScript(List<String> hosts) {
        return "# delegation between " + String.join(", ", hosts) + "\n";
    }
}
