package io.drover.hypervisor.qemu;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this host keeps of one guest, readable by its user only:
 *
 * <pre>
 * spec.json        what it is made of; while this is there, the guest belongs to this host
 * qmp, pid         socket of its QEMU for the agent, and its process number
 * guard            socket of its QEMU for the guard: an agent that hangs keeps its own
 * serial-N.log     what it said on its serial port, one file for each process; outlives {@link #forget}
 * memory           its memory while it is saved; memory.partial: not complete yet; memory.used: being restored
 * start.log        what QEMU said at its start
 * </pre>
 */
final class GuestFolder {
    /** Serial logs that are kept of one guest. */
    static final int SERIAL_LOGS_KEPT = 16;

    private static final Pattern SERIAL_LOG = Pattern.compile("serial-([0-9]{1,9})\\.log");
    private static final Pattern VM_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final String SPEC = "spec.json";

    /** Of the address of a Unix socket on Linux (unix(7)), without the closing zero. */
    private static final int SOCKET_PATH_BYTES_MAX = 107;

    private static final String AGENTS_SOCKET = "qmp";
    private static final String GUARDS_SOCKET = "guard";

    private final VmId vm;
    private final Path path;
    private final String socket;

    private GuestFolder(Path root, VmId vm, String socket) {
        this.vm = vm;
        this.path = root.resolve(vm.value());
        this.socket = socket;
    }

    /** As the agent sees it. */
    static GuestFolder ofAgent(Path root, VmId vm) {
        return new GuestFolder(root, vm, AGENTS_SOCKET);
    }

    /** As the guard sees it. */
    static GuestFolder ofGuard(Path root, VmId vm) {
        return new GuestFolder(root, vm, GUARDS_SOCKET);
    }

    /**
     * Checks and makes the folder of all guests.
     *
     * @return its absolute path
     * @throws IllegalArgumentException if it has characters other than letters, digits and {@code . _ - /}, for the
     *     paths below it stand in a shell's command, or is too long for a Unix socket below it
     */
    static Path root(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        if (!root.toString().matches("[A-Za-z0-9._/-]+")) {
            throw new IllegalArgumentException(
                    "hypervisor directory: '" + root + "' (expected: only letters, digits, '.', '_', '-' and '/')");
        }
        checkSocket(root.resolve("x").resolve(GUARDS_SOCKET), "hypervisor directory");
        try {
            makePrivate(root);
        } catch (IOException e) {
            throw new HypervisorException(
                    Kind.STORAGE_UNREACHABLE,
                    "hypervisor directory: cannot make '" + root + "': " + e.getMessage(),
                    "choose a directory that the agent may write to",
                    e);
        }
        return root;
    }

    /** Every guest that belongs to this host, in the order of names. */
    static List<VmId> guests(Path root) {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder ->
                            VM_NAME.matcher(folder.getFileName().toString()).matches())
                    .filter(folder -> Files.exists(folder.resolve(SPEC)))
                    .map(folder -> new VmId(folder.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new HypervisorException(
                    Kind.STORAGE_UNREACHABLE,
                    "cannot list the guests in '" + root + "': " + e.getMessage(),
                    "check the hypervisor directory",
                    e);
        }
    }

    /** Socket of its QEMU, for whoever this is. */
    Path socket() {
        return path.resolve(socket);
    }

    /** Every socket of its QEMU: it speaks to one at a time on each. */
    List<Path> sockets() {
        return List.of(path.resolve(AGENTS_SOCKET), path.resolve(GUARDS_SOCKET));
    }

    /** Process number of its QEMU. */
    Path pidFile() {
        return path.resolve("pid");
    }

    /** What QEMU said at its start. */
    Path startLog() {
        return path.resolve("start.log");
    }

    /** Its memory, while it is saved. */
    Path memory() {
        return path.resolve("memory");
    }

    /** Its memory, while it is being saved. */
    Path partialMemory() {
        return path.resolve("memory.partial");
    }

    /** Whether it is saved here. */
    boolean isSaved() {
        return Files.exists(memory());
    }

    /** Whether any saved memory is here, complete or not. */
    boolean hasMemory() {
        return isSaved() || Files.exists(partialMemory());
    }

    /** Before a restored guest runs: from then on its saved memory does not fit its disks any more. */
    void setMemoryAside() {
        attempt("set the saved memory aside", () -> Files.move(memory(), usedMemory(), REPLACE_EXISTING));
    }

    /** Undoes {@link #setMemoryAside}, because the guest has not run. */
    void putMemoryBack() {
        attempt("put the saved memory back", () -> Files.move(usedMemory(), memory(), ATOMIC_MOVE));
    }

    /** Deletes saved memory, complete or not. */
    void dropMemory() {
        attempt("delete the saved memory", () -> {
            Files.deleteIfExists(memory());
            Files.deleteIfExists(partialMemory());
            Files.deleteIfExists(usedMemory());
        });
    }

    private Path usedMemory() {
        return path.resolve("memory.used");
    }

    /** What the guest is made of; empty if it does not belong to this host. */
    Optional<VmSpec> spec() {
        Path file = path.resolve(SPEC);
        try {
            return Files.exists(file) ? Optional.of(SpecFile.read(Files.readAllBytes(file))) : Optional.empty();
        } catch (IOException e) {
            throw failure("read '" + file + "'", e);
        }
    }

    /** Makes it a guest of this host. */
    void keep(VmSpec spec, Instant since) {
        checkSocket(path.resolve(GUARDS_SOCKET), "VM '" + vm + "'");
        attempt("write '" + SPEC + "'", () -> {
            makePrivate(path);
            Path written = path.resolve(SPEC + ".new");
            Files.write(written, SpecFile.write(spec, since));
            Files.move(written, path.resolve(SPEC), ATOMIC_MOVE, REPLACE_EXISTING);
        });
    }

    /** It does not belong to this host any more. Its serial logs stay. */
    void forget() {
        attempt("forget it", () -> {
            for (Path file :
                    List.of(path.resolve(SPEC), memory(), partialMemory(), usedMemory(), pidFile(), startLog())) {
                Files.deleteIfExists(file);
            }
            for (Path each : sockets()) {
                Files.deleteIfExists(each);
            }
            if (Files.isDirectory(path) && serialLogs().isEmpty()) {
                Files.delete(path);
            }
        });
    }

    /** Its serial logs, the oldest first. */
    List<Path> serialLogs() {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return new ArrayList<>(files.filter(file -> serialNumber(file) > 0)
                    .sorted(Comparator.comparingInt(GuestFolder::serialNumber))
                    .toList());
        } catch (IOException e) {
            throw failure("list its serial logs", e);
        }
    }

    /** The log for a new process; surplus old ones are deleted. */
    Path nextSerialLog() {
        List<Path> logs = serialLogs();
        int last = logs.isEmpty() ? 0 : serialNumber(logs.get(logs.size() - 1));
        attempt("delete old serial logs", () -> {
            while (logs.size() >= SERIAL_LOGS_KEPT) {
                Files.deleteIfExists(logs.remove(0));
            }
        });
        return path.resolve("serial-" + (last + 1) + ".log");
    }

    private static int serialNumber(Path file) {
        Matcher matcher = SERIAL_LOG.matcher(file.getFileName().toString());
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static void checkSocket(Path socket, String what) {
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > SOCKET_PATH_BYTES_MAX) {
            throw new IllegalArgumentException(
                    what + ": the path of its QMP socket '" + socket + "' has " + bytes + " bytes (expected: at most "
                            + SOCKET_PATH_BYTES_MAX + "; choose a shorter hypervisor directory)");
        }
    }

    private static void makePrivate(Path folder) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private void attempt(String what, FileAction action) {
        try {
            action.run();
        } catch (IOException e) {
            throw failure(what, e);
        }
    }

    private HypervisorException failure(String what, IOException cause) {
        return new HypervisorException(
                Kind.STORAGE_UNREACHABLE,
                "cannot " + what + " of VM '" + vm + "' in '" + path + "': " + cause,
                "check the hypervisor directory",
                cause);
    }

    /** Something done to files. */
    private interface FileAction {
        void run() throws IOException;
    }
}
