package io.drover.hypervisor.simulated;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.DiskSpec;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The files of all simulated hosts of one machine: a folder for each node with a file for each guest, and one with a
 * lock for each disk. Everything is done under one lock that holds between processes too.
 */
final class SharedFolder {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final String ENDING = ".json";

    /** A file lock holds between processes only; this one holds between threads of this process. */
    private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private final Path root;
    private final Path disks;
    private final ReentrantLock inProcess;

    SharedFolder(Path directory) {
        this.root = directory.toAbsolutePath().normalize();
        this.disks = root.resolve(".disks");
        this.inProcess = IN_PROCESS.computeIfAbsent(root, path -> new ReentrantLock());
        try {
            Files.createDirectories(disks);
        } catch (IOException e) {
            throw failure("make", disks, e);
        }
    }

    /** Something that reads or writes files. */
    interface FileAction<T> {
        /** Does it. */
        T run() throws IOException;
    }

    /** Does something while nobody else, in this process or another, does anything in this folder. */
    <T> T locked(FileAction<T> action) {
        inProcess.lock();
        try {
            if (inProcess.getHoldCount() > 1) {
                return action.run();
            }
            try (FileChannel channel = FileChannel.open(root.resolve(".lock"), CREATE, WRITE);
                    FileLock lock = channel.lock()) {
                assert lock.isValid();
                return action.run();
            }
        } catch (IOException e) {
            throw failure("use", root, e);
        } finally {
            inProcess.unlock();
        }
    }

    /** The guests of a node, in the order of names. */
    List<SimulatedGuest> guests(NodeId node) throws IOException {
        Path folder = root.resolve(node.value());
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        }
        List<SimulatedGuest> guests = new ArrayList<>();
        for (Path file : files) {
            guests.add(JSON.readValue(Files.readAllBytes(file), SimulatedGuest.class));
        }
        guests.sort(Comparator.comparing(guest -> guest.spec().id()));
        return guests;
    }

    /** One guest of a node. */
    Optional<SimulatedGuest> guest(NodeId node, VmId vm) throws IOException {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file(node, vm)), SimulatedGuest.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Writes a guest's file, whole or not at all. */
    void keep(NodeId node, SimulatedGuest guest) throws IOException {
        Path file = file(node, guest.spec().id());
        Files.createDirectories(file.getParent());
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.write(written, JSON.writeValueAsBytes(guest));
        Files.move(written, file, ATOMIC_MOVE, REPLACE_EXISTING);
    }

    /** Deletes a guest's file. */
    void forget(NodeId node, VmId vm) throws IOException {
        Files.deleteIfExists(file(node, vm));
    }

    /**
     * Locks all disks of a guest for a node, or none.
     *
     * @throws HypervisorException with {@link Kind#STORAGE_LOCKED} if another node or guest has one of them open
     */
    void lockDisks(NodeId node, VmSpec vm) throws IOException {
        String owner = owner(node, vm);
        for (DiskSpec disk : vm.disks()) {
            Optional<String> holder = holder(disk).filter(other -> !other.equals(owner));
            if (holder.isPresent()) {
                throw new HypervisorException(
                        Kind.STORAGE_LOCKED,
                        "cannot open disk '" + disk.path() + "' of VM '" + vm.id() + "' on '" + node + "': "
                                + holder.get() + " has it open",
                        "end the guest that has the disk open");
            }
        }
        for (DiskSpec disk : vm.disks()) {
            if (holder(disk).isEmpty()) {
                Files.writeString(lock(disk), owner, StandardCharsets.UTF_8, CREATE_NEW, WRITE);
            }
        }
    }

    /** Unlocks the disks that a guest of this node has open. */
    void unlockDisks(NodeId node, VmSpec vm) throws IOException {
        for (DiskSpec disk : vm.disks()) {
            if (holder(disk).filter(owner(node, vm)::equals).isPresent()) {
                Files.deleteIfExists(lock(disk));
            }
        }
    }

    private Optional<String> holder(DiskSpec disk) throws IOException {
        try {
            return Optional.of(Files.readString(lock(disk), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static String owner(NodeId node, VmSpec vm) {
        return "VM '" + vm.id() + "' of node '" + node + "'";
    }

    private Path lock(DiskSpec disk) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(disk.path().getBytes(StandardCharsets.UTF_8));
            return disks.resolve(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private Path file(NodeId node, VmId vm) {
        return root.resolve(node.value()).resolve(vm.value() + ENDING);
    }

    private static HypervisorException failure(String act, Path path, IOException cause) {
        return new HypervisorException(
                Kind.STORAGE_UNREACHABLE,
                "cannot " + act + " '" + path + "': " + cause,
                "check the folder of the simulated hosts",
                cause);
    }
}
