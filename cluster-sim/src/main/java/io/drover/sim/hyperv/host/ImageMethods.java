package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.InstanceText;
import io.drover.sim.hyperv.schema.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a host says of virtual disks by their paths. That a disk which another host has open cannot be looked at, and how
 * a share that is out of reach shows, is not documented: the numbers of Windows for both stand in the error of a job.
 */
final class ImageMethods {
    private static final Duration LENGTH = Duration.ofMillis(200);
    private static final Set<String> ENDINGS = Set.of("vhd", "vhdx", "avhd", "avhdx", "vhds");
    private static final int DYNAMIC = 3;
    private static final int VHDX = 3;
    private static final long SIZE = 32L << 30;
    private static final long BLOCK = 32L << 20;
    private static final long SECTOR = 512;

    private final EmulatedHost host;

    ImageMethods(EmulatedHost host) {
        this.host = host;
    }

    void addTo(HostMethods methods) {
        methods.add("Msvm_ImageManagementService", "GetVirtualHardDiskSettingData", this::settings);
    }

    private Map<String, Object> settings(CimObject target, Map<String, Object> inputs) {
        String path = HostMethods.text(inputs, "Path");
        String ending = path.substring(path.lastIndexOf('.') + 1);
        Optional<Path> file = ENDINGS.contains(ending) ? file(path) : Optional.empty();
        if (file.isEmpty()) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        if (host.misbehaviours().has(Misbehaviour.STORAGE_GONE)) {
            return failed(Problem.PATH_NOT_FOUND, path, "the system cannot find the path specified");
        }
        if (!Files.isRegularFile(file.get())) {
            return Outcome.of(ReturnCode.FILE_NOT_FOUND);
        }
        if (!host.storage().isFree(host.shape().name(), file.get())) {
            return failed(
                    Problem.SHARING_VIOLATION, path, "the process cannot access the file, because another one uses it");
        }
        return Outcome.done("SettingData", InstanceText.format(data(path)));
    }

    private Optional<Path> file(String path) {
        try {
            return Optional.of(host.file(path));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Map<String, Object> failed(long hresult, String path, String why) {
        Problem problem = Problem.of("", hresult, "Getting the settings of '" + path + "' failed: " + why);
        return Outcome.started(
                host.jobs.run("Msvm_StorageJob", 0, LENGTH, List.of(), job -> host.jobs.fail(job, List.of(problem))));
    }

    private CimObject data(String path) {
        return new CimObject(host.schema().get(Schema.VIRTUALIZATION, "Msvm_VirtualHardDiskSettingData"))
                .with("BlockSize", BLOCK)
                .with("Format", (long) VHDX)
                .with("InstanceID", "Microsoft:" + path)
                .with("LogicalSectorSize", SECTOR)
                .with("MaxInternalSize", SIZE)
                .with("Path", path)
                .with("PhysicalSectorSize", 8 * SECTOR)
                .with("Type", (long) DYNAMIC);
    }
}
