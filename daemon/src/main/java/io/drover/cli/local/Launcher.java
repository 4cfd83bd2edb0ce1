package io.drover.cli.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts this same program as a process of its own that outlives the command and its terminal. */
final class Launcher {
    /**
     * Set by the launching script to the flags for the virtual machines of services, separated by spaces. The agent that
     * is started gets them too, for the services that it starts itself.
     */
    static final String FLAGS_PROPERTY = "drover.jvm.flags";

    /** Stands in these flags for the name of the service. */
    private static final String SERVICE = "{service}";

    private static final List<String> DEFAULT_FLAGS =
            List.of("-XX:+UseSerialGC", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-Xss512k", "-XX:-UsePerfData");
    private static final String MAIN_CLASS = "io.drover.cli.Drover";

    private final Optional<String> searchPath;

    /** A launcher that looks for programs of the system on this search path. */
    Launcher(Optional<String> searchPath) {
        this.searchPath = searchPath;
    }

    /**
     * Starts a service; what it prints goes to the log.
     *
     * @param service {@code agent} or {@code witness}
     */
    Process start(String service, Path config, Path log) throws IOException {
        List<String> command = new ArrayList<>(detachment());
        command.add(java());
        flags().forEach(flag -> command.add(flag.replace(SERVICE, service)));
        command.add("-D" + FLAGS_PROPERTY + "=" + String.join(" ", flags()));
        command.addAll(List.of(MAIN_CLASS, service, "--config", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Not as an argument: systems cut long command lines off when they are asked for those of a process.
        builder.environment().put("CLASSPATH", classPath());
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /**
     * What lets a process leave its parent's session, so that Ctrl-C and the end of the terminal do not reach it: the
     * program {@code setsid} where the system has it. Elsewhere, on Windows above all, a process that was started
     * without a console of its own is not reached anyway once its parent has ended.
     */
    private List<String> detachment() {
        return searchPath.stream()
                .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "setsid"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> List.of(program.toString()))
                .orElse(List.of());
    }

    private static String java() {
        Path bin = Path.of(System.getProperty("java.home"), "bin");
        Path windows = bin.resolve("java.exe");
        return (Files.exists(windows) ? windows : bin.resolve("java")).toString();
    }

    private static List<String> flags() {
        String property = System.getProperty(FLAGS_PROPERTY, "").strip();
        return property.isEmpty() ? DEFAULT_FLAGS : List.of(property.split("\\s+", -1));
    }

    /** Relative entries are made absolute: the class path is then right wherever the process runs. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
