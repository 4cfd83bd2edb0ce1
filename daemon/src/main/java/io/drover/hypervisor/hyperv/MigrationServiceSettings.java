package io.drover.hypervisor.hyperv;

import io.drover.config.SubnetText;
import io.drover.hostsetup.MigrationNetwork;
import io.drover.hostsetup.MigrationSettings;
import io.drover.hostsetup.MigrationSettings.Authentication;
import io.drover.hostsetup.MigrationSettings.Performance;
import io.drover.hostsetup.WantedSettings;
import io.drover.hypervisor.HypervisorException;
import io.drover.wsman.CimClass;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import io.drover.wsman.InstanceText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a host takes part in migrations: read, and written. Nothing is believed to have been written: hosts are known to say
 * that they have, and to have not, so that callers read again.
 */
final class MigrationServiceSettings {
    private static final CimClass SETTINGS = HostCalls.type("Msvm_VirtualSystemMigrationServiceSettingData");
    private static final CimClass NETWORK = HostCalls.type("Msvm_VirtualSystemMigrationNetworkSettingData");
    private static final CimClass COMPONENT = HostCalls.type("Msvm_VirtualSystemMigrationServiceSettingDataComponent");

    /** What hosts write at networks that administrators have set, rather than clusters. */
    private static final String BY_USERS = "Microsoft:UserManaged";

    private static final String WHAT = "the settings of live migration";
    private static final Duration CHANGE = Duration.ofMinutes(1);

    private final HostCalls calls;

    MigrationServiceSettings(HostCalls calls) {
        this.calls = calls;
    }

    /**
     * The settings as they are.
     *
     * @throws HypervisorException if the host does not tell them
     */
    MigrationSettings read() {
        CimInstance settings = instance();
        return settings(settings, networks(settings));
    }

    private static MigrationSettings settings(CimInstance settings, List<CimInstance> networks) {
        return new MigrationSettings(
                settings.bool("EnableVirtualSystemMigration").orElse(false),
                settings.uint32("AuthenticationType").orElse(0) == 0 ? Authentication.CREDSSP : Authentication.KERBEROS,
                performance(settings),
                (int) settings.uint32("MaximumActiveVirtualSystemMigration").orElse(0),
                (int) settings.uint32("MaximumActiveStorageMigration").orElse(0),
                networks.stream().map(MigrationServiceSettings::network).toList());
    }

    private CimInstance instance() {
        return calls.list(WHAT, CimQuery.all(SETTINGS)).stream()
                .findFirst()
                .orElseThrow(() -> Failures.exception(
                        "cannot read " + WHAT, HypervProblem.NOT_HYPERV, "there is no " + SETTINGS.name()));
    }

    /** SMB makes the other of the two settings meaningless. */
    private static Performance performance(CimInstance settings) {
        if (settings.bool("EnableSmbTransport").orElse(false)) {
            return Performance.SMB;
        }
        return settings.bool("EnableCompression").orElse(true) ? Performance.COMPRESSION : Performance.TCPIP;
    }

    private List<CimInstance> networks(CimInstance settings) {
        CimReference from = settings.reference(List.of("InstanceID"));
        return calls.list("the networks of migrations", CimQuery.associators(from, COMPONENT, NETWORK));
    }

    private static MigrationNetwork network(CimInstance network) {
        String subnet = network.text("SubnetNumber").orElse("") + "/"
                + network.uint16("PrefixLength").orElse(0);
        return new MigrationNetwork(canonical(subnet), network.uint32("Metric").orElse(0));
    }

    /** A host may say what is no subnet, "any network" for one: it is shown as it is. */
    private static String canonical(String subnet) {
        try {
            return SubnetText.parse(subnet);
        } catch (IllegalArgumentException e) {
            return subnet;
        }
    }

    /**
     * Asks for what is wanted; what is so already is not touched.
     *
     * @throws HypervisorException if the host refuses; then a part may have been done
     */
    void write(WantedSettings wanted) {
        CimInstance now = instance();
        List<CimInstance> networks = networks(now);
        boolean isOther = wanted.differences(settings(now, networks)).stream()
                .anyMatch(each -> !each.setting().startsWith("network "));
        if (isOther) {
            calls.run(
                    "cannot change " + WHAT,
                    CimInvocation.of(HostCalls.migrations(), "ModifyServiceSettings")
                            .instance("ServiceSettingData", text(now.requiredText("InstanceID"), wanted))
                            .build(),
                    CHANGE);
        }
        wanted.networks().ifPresent(each -> writeNetworks(networks, each));
    }

    /**
     * Asks for another limit of migrations, and for all else as it is now, also where that is nothing that anybody would ask
     * for.
     *
     * @throws HypervisorException if the host refuses
     */
    void writeLimit(long migrations) {
        CimInstance now = instance();
        calls.run(
                "cannot change " + WHAT,
                CimInvocation.of(HostCalls.migrations(), "ModifyServiceSettings")
                        .instance(
                                "ServiceSettingData",
                                InstanceText.of(SETTINGS.name())
                                        .uint32(
                                                "AuthenticationType",
                                                now.uint32("AuthenticationType").orElse(0))
                                        .bool(
                                                "EnableCompression",
                                                now.bool("EnableCompression").orElse(true))
                                        .bool(
                                                "EnableSmbTransport",
                                                now.bool("EnableSmbTransport").orElse(false))
                                        .bool(
                                                "EnableVirtualSystemMigration",
                                                now.bool("EnableVirtualSystemMigration")
                                                        .orElse(false))
                                        .string("InstanceID", now.requiredText("InstanceID"))
                                        .uint32(
                                                "MaximumActiveStorageMigration",
                                                now.uint32("MaximumActiveStorageMigration")
                                                        .orElse(0))
                                        .uint32("MaximumActiveVirtualSystemMigration", migrations)
                                        .build())
                        .build(),
                CHANGE);
    }

    private static InstanceText text(String instanceId, WantedSettings wanted) {
        return InstanceText.of(SETTINGS.name())
                .uint32("AuthenticationType", wanted.authentication() == Authentication.KERBEROS ? 1 : 0)
                .bool("EnableCompression", wanted.performance() == Performance.COMPRESSION)
                .bool("EnableSmbTransport", wanted.performance() == Performance.SMB)
                .bool("EnableVirtualSystemMigration", true)
                .string("InstanceID", instanceId)
                .uint32("MaximumActiveStorageMigration", wanted.storageMigrations())
                .uint32("MaximumActiveVirtualSystemMigration", wanted.migrations())
                .build();
    }

    /** New ones are there before old ones go, so that the host can be reached all the while. */
    private void writeNetworks(List<CimInstance> now, List<MigrationNetwork> wanted) {
        List<InstanceText> added = new ArrayList<>();
        List<InstanceText> changed = new ArrayList<>();
        for (MigrationNetwork each : wanted) {
            Optional<CimInstance> known = now.stream()
                    .filter(other -> network(other).subnet().equals(each.subnet()))
                    .findFirst();
            if (known.isEmpty()) {
                added.add(text(each).strings("Tags", List.of(BY_USERS)).build());
            } else if (!network(known.get()).equals(each)) {
                changed.add(text(each)
                        .string("InstanceID", known.get().requiredText("InstanceID"))
                        .build());
            }
        }
        List<CimReference> removed = now.stream()
                .filter(each -> wanted.stream()
                        .noneMatch(other -> other.subnet().equals(network(each).subnet())))
                .map(each -> each.reference(List.of("InstanceID")))
                .toList();
        change("AddNetworkSettings", added);
        change("ModifyNetworkSettings", changed);
        if (!removed.isEmpty()) {
            calls.run(
                    "cannot remove networks of migrations",
                    CimInvocation.of(HostCalls.migrations(), "RemoveNetworkSettings")
                            .references("NetworkSettings", removed)
                            .build(),
                    CHANGE);
        }
    }

    private void change(String method, List<InstanceText> networks) {
        if (!networks.isEmpty()) {
            calls.run(
                    "cannot change the networks of migrations",
                    CimInvocation.of(HostCalls.migrations(), method)
                            .instances("NetworkSettings", networks)
                            .build(),
                    CHANGE);
        }
    }

    private static InstanceText.Builder text(MigrationNetwork network) {
        int slash = network.subnet().lastIndexOf('/');
        return InstanceText.of(NETWORK.name())
                .uint32("Metric", network.priority())
                .uint8("PrefixLength", Integer.parseInt(network.subnet().substring(slash + 1)))
                .string("SubnetNumber", network.subnet().substring(0, slash));
    }
}
