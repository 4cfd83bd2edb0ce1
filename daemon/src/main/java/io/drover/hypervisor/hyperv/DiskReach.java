package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimResult;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the host reaches a virtual disk, by the host's own word: paths on shares and drives mean what they mean to it,
 * and nothing to the system of whoever asks. Only that a file or a folder is not there counts as out of reach. A disk that
 * somebody has open is there, and that the caller may not look at it says nothing of the host's own rights; the check
 * before a move and the start itself look with those.
 */
final class DiskReach {
    private static final Logger LOG = LoggerFactory.getLogger(DiskReach.class);
    private static final Duration LOOK = Duration.ofSeconds(10);

    /** As the service of images returns it; an import calls a file that is in use so. */
    private static final long FILE_NOT_FOUND = 32779;

    private static final Set<String> VIRTUAL_DISKS = Set.of("vhd", "vhdx", "avhd", "avhdx", "vhds");

    private final HostCalls calls;

    DiskReach(HostCalls calls) {
        this.calls = calls;
    }

    /** Whether a path leads to a virtual disk; true for whatever is none, and where nobody can say. */
    boolean reaches(String path) {
        String ending = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (!VIRTUAL_DISKS.contains(ending)) {
            return true;
        }
        String what = "cannot look at the disk " + path;
        try {
            CimResult result = calls.call(
                    what,
                    CimInvocation.of(HostCalls.images(), "GetVirtualHardDiskSettingData")
                            .text("Path", path)
                            .build());
            if (result.returnValue() == FILE_NOT_FOUND) {
                return false;
            }
            HostCalls.JobEnd unused = calls.end(what, result, LOOK);
            return true;
        } catch (HypervisorException e) {
            LOG.debug("{}", e.getMessage());
            return e.kind() != Kind.STORAGE_UNREACHABLE;
        }
    }
}
