package io.drover.supervision;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The command line that runs another Java program of this installation in a process of its own. */
public final class JavaCommand {
    /**
     * Small and steady: one collector thread, the quick compiler only. A ZooKeeper 3.9.5 server keeps 7 MB alive before
     * any data, and some 80 MB are resident with these flags; the records of a cluster add a few.
     */
    private static final List<String> SERVER_FLAGS =
            List.of("-XX:+UseSerialGC", "-Xms16m", "-Xmx64m", "-Xss512k", "-XX:TieredStopAtLevel=1");

    /**
     * Set by whatever started this process, to the flags for a service that it starts, separated by spaces: those of a
     * small server, and its archive of class data.
     */
    private static final String FLAGS_PROPERTY = "drover.jvm.flags";

    /** Stands in these flags for the name of the service. */
    private static final String SERVICE = "{service}";

    private static final String ARCHIVE_FLAG = "-XX:SharedArchiveFile=";

    private JavaCommand() {}

    /**
     * The command for a small server.
     *
     * @param flags further flags for the JVM; they overrule those of a small server
     * @param mainClass the class to run, on this process's class path
     * @param arguments its arguments, the name of the service first; nothing secret, since every user can read them
     */
    public static List<String> of(List<String> flags, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(serverFlags(System.getProperty(FLAGS_PROPERTY, ""), arguments));
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(flags);
        command.add("-cp");
        command.add(absolute(System.getProperty("java.class.path")));
        command.add(mainClass);
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /** Without an archive that is not there: Java would then go without its own as well. */
    static List<String> serverFlags(String given, List<String> arguments) {
        if (given.isBlank()) {
            return SERVER_FLAGS;
        }
        String service = arguments.isEmpty() ? "" : arguments.get(0);
        return Stream.of(given.strip().split("\\s+", -1))
                .map(flag -> flag.replace(SERVICE, service))
                .filter(flag ->
                        !flag.startsWith(ARCHIVE_FLAG) || Files.exists(Path.of(flag.substring(ARCHIVE_FLAG.length()))))
                .toList();
    }

    private static String java() {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        return Path.of(System.getProperty("java.home"), "bin", windows ? "java.exe" : "java")
                .toString();
    }

    /** The class path with absolute elements, so that the other process may have another working directory. */
    private static String absolute(String classPath) {
        List<String> elements = new ArrayList<>();
        for (String element : classPath.split(File.pathSeparator, -1)) {
            if (!element.isEmpty()) {
                elements.add(Path.of(element).toAbsolutePath().toString());
            }
        }
        return String.join(File.pathSeparator, elements);
    }
}
