package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.config.HypervisorConfig;
import io.drover.model.DiskSpec;
import io.drover.model.VmSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * With which arguments QEMU is started. Source and target of a migration must have the same machine, so nothing here
 * depends on the host.
 */
final class QemuCommandLine {
    /** The one versioned machine type of every guest. */
    static final String MACHINE = "pc-i440fx-7.2";

    /** The one processor model of every guest. */
    static final String PROCESSOR = "qemu64";

    private static final Set<String> FORMATS = Set.of("raw", "qcow2", "vhdx");

    /** The machine has two disk controllers with two disks each. */
    private static final int DISKS_MAX = 4;

    private QemuCommandLine() {}

    /**
     * Arguments for a guest.
     *
     * @param held made ready to receive its state, and does not run before it is told to
     * @throws io.drover.hypervisor.HypervisorException if this machine type cannot have what the guest is made of
     */
    static List<String> guest(HypervisorConfig.Qemu config, VmSpec vm, GuestFolder folder, Path serial, boolean held) {
        check(vm);
        List<String> line = base(config, folder.pidFile(), folder.sockets());
        add(line, "-name", "guest=" + vm.id());
        add(line, "-machine", MACHINE, "-cpu", PROCESSOR, "-vga", "none", "-rtc", "base=utc");
        add(line, "-m", "size=" + vm.memory() + "B", "-smp", Integer.toString(vm.cpus()));
        add(line, "-chardev", "file,id=serial0,path=" + serial, "-serial", "chardev:serial0");
        if (!vm.bootImage().isEmpty()) {
            ObjectNode image = Json.object().put("driver", "raw").put("node-name", "boot");
            image.put("read-only", true).putObject("file").put("driver", "file").put("filename", vm.bootImage());
            add(line, "-blockdev", Json.text(image), "-device", "floppy,drive=boot");
        }
        add(line, "-boot", vm.bootImage().isEmpty() ? "c" : "a");
        for (int i = 0; i < vm.disks().size(); i++) {
            addDisk(line, i, vm.disks().get(i));
        }
        if (held) {
            add(line, "-S", "-incoming", "defer");
        }
        return line;
    }

    /** Arguments for a QEMU without a machine, that only answers questions. */
    static List<String> probe(HypervisorConfig.Qemu config, Path pidFile, Path socket) {
        List<String> line = base(config, pidFile, List.of(socket));
        add(line, "-machine", "none", "-S");
        return line;
    }

    private static List<String> base(HypervisorConfig.Qemu config, Path pidFile, List<Path> sockets) {
        List<String> line = new ArrayList<>(List.of(config.binary(), "-daemonize", "-pidfile", pidFile.toString()));
        sockets.forEach(socket -> add(line, "-qmp", "unix:" + socket + ",server=on,wait=off"));
        add(line, "-nodefaults", "-no-user-config", "-display", "none");
        add(line, "-accel", config.accelerator().equals("tcg") ? "tcg,thread=single" : config.accelerator());
        return line;
    }

    /**
     * QEMU's own lock on the image is what makes a second execution impossible. It goes to the target of a migration
     * only when that runs. A guest whose disk fails is held rather than shown the failure.
     */
    private static void addDisk(List<String> line, int number, DiskSpec disk) {
        String name = "disk" + number;
        ObjectNode drive = Json.object().put("driver", disk.format()).put("node-name", name);
        drive.putObject("file")
                .put("driver", "file")
                .put("filename", disk.path())
                .put("locking", "on");
        add(line, "-blockdev", Json.text(drive));
        String place = ",bus=ide." + number / 2 + ",unit=" + number % 2;
        add(line, "-device", "ide-hd,drive=" + name + place + ",werror=stop,rerror=stop");
    }

    private static void check(VmSpec vm) {
        String what = "make a QEMU guest of VM '" + vm.id() + "'";
        if (vm.disks().size() > DISKS_MAX) {
            throw QemuFailure.refused(
                    what, vm.disks().size() + " disks (expected: at most " + DISKS_MAX + ")", "remove disks from it");
        }
        if (!vm.networks().isEmpty()) {
            throw QemuFailure.refused(
                    what,
                    "networks " + vm.networks() + " (expected: none, this host has no virtual switches)",
                    "remove the networks from it");
        }
        for (DiskSpec disk : vm.disks()) {
            if (!FORMATS.contains(disk.format())) {
                throw QemuFailure.refused(
                        what,
                        "format '" + disk.format() + "' of disk '" + disk.path() + "' (expected: raw, qcow2 or vhdx)",
                        "correct the format");
            }
        }
    }

    private static void add(List<String> line, String... arguments) {
        line.addAll(List.of(arguments));
    }
}
