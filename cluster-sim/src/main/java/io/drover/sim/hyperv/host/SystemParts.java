package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.CimClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Disks, services and files of the host's system: those that clients ask about. */
final class SystemParts {
    private static final long FIXED_DISK = 3;

    private final EmulatedHost host;

    SystemParts(EmulatedHost host) {
        this.host = host;
    }

    void addTo(Map<String, Function<CimClass, List<CimObject>>> sources) {
        sources.put("Win32_Volume", this::volumes);
        sources.put("MSFT_Volume", this::storageVolumes);
        sources.put("Win32_LogicalDisk", this::disks);
        sources.put("Win32_Service", this::services);
        sources.put("CIM_DataFile", this::files);
    }

    private String volumePath() {
        return "\\\\?\\Volume{" + Switches.id(host.hostName(), "volume") + "}\\";
    }

    /** The space of the folder that stands for all storage. */
    private CimObject withSpace(CimObject volume, String size, String free) {
        try {
            FileStore store = Files.getFileStore(host.storage().root());
            return volume.with(size, store.getTotalSpace()).with(free, store.getUsableSpace());
        } catch (IOException e) {
            throw new UncheckedIOException("emulated storage", e);
        }
    }

    private List<CimObject> volumes(CimClass type) {
        CimObject volume = new CimObject(type)
                .with("Caption", "C:\\")
                .with("DeviceID", volumePath())
                .with("DriveLetter", "C:")
                .with("DriveType", FIXED_DISK)
                .with("FileSystem", "NTFS")
                .with("Name", "C:\\");
        return List.of(withSpace(volume, "Capacity", "FreeSpace"));
    }

    private List<CimObject> storageVolumes(CimClass type) {
        CimObject volume = new CimObject(type)
                .with("AllocationUnitSize", 4096L)
                .with("DriveLetter", "C")
                .with("DriveType", FIXED_DISK)
                .with("FileSystem", "NTFS")
                .with("HealthStatus", 0L)
                .with("ObjectId", volumePath())
                .with("OperationalStatus", List.of(2L))
                .with("Path", volumePath())
                .with("UniqueId", volumePath());
        return List.of(withSpace(volume, "Size", "SizeRemaining"));
    }

    private List<CimObject> disks(CimClass type) {
        CimObject disk = new CimObject(type)
                .with("Caption", "C:")
                .with("CreationClassName", type.name())
                .with("Description", "Local Fixed Disk")
                .with("DeviceID", "C:")
                .with("DriveType", FIXED_DISK)
                .with("FileSystem", "NTFS")
                .with("Name", "C:")
                .with("SystemCreationClassName", "Win32_ComputerSystem")
                .with("SystemName", host.hostName());
        return List.of(withSpace(disk, "Size", "FreeSpace"));
    }

    private List<CimObject> services(CimClass type) {
        return List.of(
                service(type, "vmms", "Hyper-V Virtual Machine Management", "C:\\Windows\\system32\\vmms.exe"),
                service(
                        type,
                        "WinRM",
                        "Windows Remote Management (WS-Management)",
                        "C:\\Windows\\System32\\svchost.exe -k NetworkService -p"));
    }

    private CimObject service(CimClass type, String name, String displayName, String path) {
        return new CimObject(type)
                .with("AcceptPause", false)
                .with("AcceptStop", true)
                .with("Caption", displayName)
                .with("CreationClassName", type.name())
                .with("DisplayName", displayName)
                .with("ExitCode", 0L)
                .with("Name", name)
                .with("PathName", path)
                .with("StartMode", "Auto")
                .with("Started", true)
                .with("State", "Running")
                .with("Status", "OK")
                .with("SystemCreationClassName", "Win32_ComputerSystem")
                .with("SystemName", host.hostName());
    }

    /** One: by its version a client knows which Hyper-V is here. */
    private List<CimObject> files(CimClass type) {
        return List.of(new CimObject(type)
                .with("Caption", "c:\\windows\\system32\\vmms.exe")
                .with("CreationClassName", "CIM_LogicalFile")
                .with("CSCreationClassName", "Win32_ComputerSystem")
                .with("CSName", host.hostName())
                .with("Drive", "c:")
                .with("Extension", "exe")
                .with("FileName", "vmms")
                .with("FileType", "Application")
                .with("FSName", "NTFS")
                .with("Name", "c:\\windows\\system32\\vmms.exe")
                .with("Path", "\\windows\\system32\\")
                .with("Readable", true)
                .with("Status", "OK")
                .with("Version", SystemObjects.VERSION + ".1"));
    }
}
