package io.drover.cli.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Emulated Hyper-V hosts, as the program {@code drover-sim hyperv-hosts} beside this one. */
final class HypervHosts {
    static final String USER = "drover";

    /** Also the name of its process among those of the cluster. */
    static final String NAME = "hyperv-hosts";

    private static final String PROGRAM_PROPERTY = "drover.command";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(100).toNanos();

    private HypervHosts() {}

    /** Starts it; its addresses come into a file. */
    static Process start(Path directory, int hosts, int guests, Optional<String> locale, Optional<String> searchPath)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program(searchPath).toString(),
                NAME,
                "--hosts",
                Integer.toString(hosts),
                "--vms",
                Integer.toString(guests),
                "--http",
                "--basic",
                // An agent that joins has no lease yet: what runs before Drover has started it would be held.
                "--off",
                "--storage",
                directory.resolve(NAME).toString(),
                "-o",
                "json"));
        locale.ifPresent(language -> command.addAll(List.of("--locale", language)));
        Process process = new ProcessBuilder(command)
                .redirectOutput(addressFile(directory).toFile())
                .redirectError(directory.resolve(NAME + ".log").toFile())
                .start();
        process.getOutputStream().close();
        return process;
    }

    /** Where this program's own launcher is, so is the other; else on the path. */
    private static Path program(Optional<String> searchPath) {
        Optional<Path> named = Optional.ofNullable(System.getProperty(PROGRAM_PROPERTY))
                .map(command -> Path.of(command).resolveSibling("drover-sim"));
        return Stream.concat(
                        named.stream(),
                        searchPath.stream()
                                .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
                                .filter(folder -> !folder.isEmpty())
                                .map(folder -> Path.of(folder, "drover-sim")))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> CommandException.of(
                        ExitCode.USAGE,
                        "the program drover-sim, which emulates Hyper-V hosts, was not found",
                        "nothing was started",
                        "install drover-sim into the folder of this program, or put its folder on the PATH"));
    }

    private static Path addressFile(Path directory) {
        return directory.resolve(NAME + ".json");
    }

    /** Waits until it has said where its hosts are. */
    static Map<String, String> addresses(Path directory, Process process) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            String text = Files.readString(addressFile(directory));
            if (text.strip().endsWith("}")) {
                return read(new ObjectMapper().readTree(text).path("hosts"));
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        throw CommandException.of(
                ExitCode.FAILED,
                "the emulated Hyper-V hosts did not come up",
                process.isAlive() ? "they said nothing for " + PATIENCE.toSeconds() + " s" : "the program ended",
                "read its log: " + directory.resolve(NAME + ".log"));
    }

    private static Map<String, String> read(JsonNode hosts) {
        Map<String, String> addresses = new LinkedHashMap<>();
        hosts.properties()
                .forEach(host -> addresses.put(host.getKey(), host.getValue().asText()));
        return addresses;
    }
}
