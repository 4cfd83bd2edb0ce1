package io.drover.cli.local;

import io.drover.cli.client.AgentAddress;
import io.drover.cli.client.AgentList;
import io.drover.cli.client.YamlFile;
import io.drover.cli.shell.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of a local cluster. Only a folder that bears the sign of one is ever emptied. */
final class LocalDirectory {
    private static final String SIGN = "cluster.yaml";
    private static final Set<String> KEYS = Set.of("agents", "directory");
    private static final String PID = ".pid";
    private static final String CHILDREN = ".children";

    private final Path path;
    private final Path pointer;

    private LocalDirectory(Path path, Path pointer) {
        this.path = path;
        this.pointer = pointer;
    }

    /** The named folder; else that of the cluster that was brought up last; else the default one. */
    static LocalDirectory find(Optional<Path> named, Surroundings surroundings) {
        Path pointer = surroundings.folder().resolve(AgentList.LOCAL_FILE);
        Path path = named.orElseGet(
                () -> pointed(pointer).orElse(surroundings.folder().resolve("local")));
        return new LocalDirectory(path.toAbsolutePath().normalize(), pointer);
    }

    Path path() {
        return path;
    }

    /** Whether it holds a local cluster, running or not. */
    boolean holdsCluster() {
        return Files.isRegularFile(path.resolve(SIGN));
    }

    /** Whether it holds anything that is not a local cluster. */
    boolean holdsOther() throws IOException {
        if (!Files.exists(path) || holdsCluster()) {
            return false;
        }
        if (!Files.isDirectory(path)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isPresent();
        }
    }

    /** The agents of the cluster that it holds. */
    AgentList agents() {
        Path sign = path.resolve(SIGN);
        List<AgentAddress> agents = new ArrayList<>();
        for (String text : YamlFile.read(sign, KEYS).list("agents")) {
            agents.add(AgentAddress.parse(text, sign.toString()));
        }
        return new AgentList(agents, sign.toString());
    }

    /** The agents' processes by the names of their nodes, as far as they were written down. */
    List<LocalProcess> processes() {
        return files(PID).stream()
                .map(LocalProcess::read)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The processes that the agents had started when the cluster had come up. */
    List<LocalProcess> children() {
        return files(CHILDREN).stream()
                .flatMap(file -> LocalProcess.readAll(file, "").stream())
                .toList();
    }

    /** Writes down which processes the agents have started by now, should an agent die before them. */
    void noteChildren() throws IOException {
        for (LocalProcess agent : processes()) {
            String lines = agent.alive().stream()
                    .flatMap(ProcessHandle::descendants)
                    .map(child -> LocalProcess.of(agent.node(), child).line())
                    .collect(Collectors.joining());
            Files.writeString(path.resolve(agent.node() + CHILDREN), lines);
        }
    }

    private List<Path> files(String suffix) {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("folder " + path + " cannot be listed", e);
        }
    }

    /** Puts the sign up; from here on the folder is a local cluster's. */
    void claim(LocalPlan plan) throws IOException {
        Files.createDirectories(path);
        Files.writeString(path.resolve(SIGN), plan.clientFile());
    }

    /** Lets the commands of this account find the cluster. */
    void point(LocalPlan plan) throws IOException {
        Files.createDirectories(pointer.getParent());
        Files.writeString(pointer, plan.clientFile());
    }

    /** Commands no longer find the cluster, if it was this one that they found. */
    void unpoint() throws IOException {
        if (pointed(pointer).filter(path::equals).isPresent()) {
            Files.delete(pointer);
        }
    }

    /** Removes the folder with the cluster that it holds. */
    void remove() throws IOException {
        if (!holdsCluster()) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Optional<Path> pointed(Path pointer) {
        if (!Files.exists(pointer)) {
            return Optional.empty();
        }
        return YamlFile.read(pointer, KEYS).value("directory").map(Path::of);
    }
}
