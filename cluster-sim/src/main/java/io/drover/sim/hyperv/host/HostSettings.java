package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.Schema;
import java.util.ArrayList;
import java.util.List;

/** What administrators set at a host. Not for many threads. */
final class HostSettings {
    static final String USER_MANAGED = "Microsoft:UserManaged";

    final CimObject migration;
    final CimObject management;
    final List<CimObject> networks = new ArrayList<>();
    private final Schema schema;
    private final HostShape shape;

    HostSettings(Schema schema, HostShape shape) {
        this.schema = schema;
        this.shape = shape;
        migration = object("Msvm_VirtualSystemMigrationServiceSettingData")
                .with("AuthenticationType", 1L)
                .with("ElementName", "Migration Service Setting Data")
                .with("EnableCompression", true)
                .with("EnableSmbTransport", false)
                .with("EnableVirtualSystemMigration", true)
                .with("InstanceID", "Microsoft:MigrationServiceSettingData")
                .with("MaximumActiveStorageMigration", 2L)
                .with("MaximumActiveVirtualSystemMigration", 2L);
        management = object("Msvm_VirtualSystemManagementServiceSettingData")
                .with("DefaultExternalDataRoot", "C:\\ProgramData\\Microsoft\\Windows\\Hyper-V")
                .with("DefaultVirtualHardDiskPath", "C:\\Users\\Public\\Documents\\Hyper-V\\Virtual Hard Disks")
                .with("ElementName", "Hyper-V Virtual System Management Service")
                .with("EnhancedSessionModeEnabled", false)
                .with("HbaLunTimeout", 30L)
                .with("HypervisorRootSchedulerEnabled", false)
                .with("InstanceID", "Microsoft:" + shape.name())
                .with("MaximumMacAddress", "00155D0A0BFF")
                .with("MinimumMacAddress", "00155D0A0B00")
                .with("NumaSpanningEnabled", true);
        networks.add(network(subnetOf(shape.migrationAddress()), 24, 0));
    }

    private CimObject object(String className) {
        return new CimObject(schema.get(Schema.VIRTUALIZATION, className));
    }

    private CimObject network(String subnet, int prefix, long metric) {
        return object("Msvm_VirtualSystemMigrationNetworkSettingData")
                .with("ElementName", "Migration Network Setting Data")
                .with("InstanceID", "Microsoft:" + VmForms.newGuid())
                .with("Metric", metric)
                .with("PrefixLength", (long) prefix)
                .with("SubnetNumber", subnet)
                .with("Tags", List.of(USER_MANAGED));
    }

    private static String subnetOf(String address) {
        return address.substring(0, address.lastIndexOf('.')) + ".0";
    }

    /** A network as an administrator adds it. */
    CimObject added(CimObject given) {
        CimObject added = network("0.0.0.0", 0, 0).takeFrom(given.copy().without("InstanceID"));
        networks.add(added);
        return added;
    }

    boolean isMigrationOn() {
        return migration.truth("EnableVirtualSystemMigration");
    }

    /** Addresses at which migrations are taken: the host's, if one of the networks has it. */
    List<String> listeners() {
        boolean isIn = networks.stream().anyMatch(this::hasAddress);
        return isMigrationOn() && isIn ? List.of(shape.migrationAddress()) : List.of();
    }

    private boolean hasAddress(CimObject network) {
        long prefix = network.number("PrefixLength");
        long mask = prefix == 0 ? 0 : (0xFFFF_FFFFL << (32 - prefix)) & 0xFFFF_FFFFL;
        return (bits(shape.migrationAddress()) & mask) == (bits(network.text("SubnetNumber")) & mask);
    }

    private static long bits(String address) {
        long bits = 0;
        for (String part : address.split("\\.")) {
            bits = (bits << 8) | (part.matches("\\d{1,3}") ? Long.parseLong(part) : 0);
        }
        return bits & 0xFFFF_FFFFL;
    }
}
