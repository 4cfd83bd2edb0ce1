package io.drover.hypervisor.hyperv;

import io.drover.wsman.CimInstance;
import io.drover.wsman.CimType;
import io.drover.wsman.InstanceText;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The types of the properties of settings that are sent back to a host whole. What is not listed, because only newer
 * versions of Windows have it, is left out: hosts refuse a wrong type, and take an absent property for unchanged.
 */
final class SettingTypes {
    private static final Set<String> ARRAYS =
            Set.of("BootOrder", "BootSourceOrder", "Connection", "HostResource", "Notes");

    private static final Map<String, CimType> TYPES = new HashMap<>();

    static {
        put(
                CimType.STRING,
                "AdditionalRecoveryInformation Address AddressOnParent AllocationUnits Architecture BIOSGUID"
                        + " BIOSSerialNumber BaseBoardSerialNumber BootSourceOrder Caption ChassisAssetTag"
                        + " ChassisSerialNumber ConfigurationDataRoot ConfigurationFile ConfigurationID Connection"
                        + " Description ElementName GuestStateDataRoot GuestStateFile HostExtentName HostResource"
                        + " IOPSAllocationUnits InstanceID LogDataRoot Notes OtherHostExtentNameFormat"
                        + " OtherHostExtentNameNamespace OtherResourceType Parent PoolID RecoveryFile ResourceSubType"
                        + " SecureBootTemplateId SnapshotDataRoot SnapshotId StorageQoSPolicyID SuspendDataRoot"
                        + " SwapFileDataRoot Version VirtualQuantityUnits VirtualSystemIdentifier VirtualSystemSubType"
                        + " VirtualSystemType");
        put(
                CimType.BOOLEAN,
                "AllowFullSCSICommandSet AllowReducedFcRedundancy AutomaticAllocation AutomaticDeallocation"
                        + " AutomaticSnapshotsEnabled BIOSNumLock GuestControlledCacheTypes IgnoreFlushes"
                        + " IncrementalBackupEnabled IsAutomaticSnapshot IsSaved LockOnDisconnect PauseAfterBootFailure"
                        + " PersistentReservationsSupported SecureBootEnabled VirtualNumaEnabled");
        put(
                CimType.UINT16,
                "Access AutomaticCriticalErrorAction AutomaticRecoveryAction AutomaticShutdownAction"
                        + " AutomaticStartupAction AutomaticStartupActionSequenceNumber BootOrder CachingMode"
                        + " ConsoleMode ConsumerVisibility DebugPortEnabled EnhancedSessionTransportType"
                        + " HostExtentNameFormat HostExtentNameNamespace MappingBehavior NetworkBootPreferredProtocol"
                        + " ResourceType UserSnapshotType WriteHardeningMethod");
        put(CimType.UINT32, "DebugChannelId DebugPort Weight");
        put(
                CimType.UINT64,
                "HighMmioGapSize HostExtentStartingAddress HostResourceBlockSize IOPSLimit IOPSReservation Limit"
                        + " LowMmioGapSize Reservation VirtualQuantity VirtualResourceBlockSize");
        put(CimType.DATETIME, "AutomaticCriticalErrorActionTimeout AutomaticStartupActionDelay CreationTime");
    }

    private SettingTypes() {}

    private static void put(CimType type, String names) {
        for (String name : names.split(" ", -1)) {
            TYPES.put(name, type);
        }
    }

    /** Begins with a VM's settings, or those of one of its disks, as the host described them. */
    static InstanceText.Builder whole(CimInstance settings) {
        return InstanceText.of(settings, name -> Optional.ofNullable(TYPES.get(name)), ARRAYS::contains);
    }
}
