package io.drover.supervision;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The command line that runs another Java program of this installation in a process of its own. */
public final class JavaCommand {
    /**
     * Small and steady: one collector thread, the quick compiler only. A ZooKeeper 3.9.5 server keeps 7 MB alive before
     * any data, and some 75 MB are resident with these flags; the records of a cluster add a few.
     */
    private static final List<String> SERVER_FLAGS =
            List.of("-XX:+UseSerialGC", "-Xms16m", "-Xmx64m", "-Xss512k", "-XX:TieredStopAtLevel=1");

    /**
     * Set by whatever started this process, to the flags that it gave the virtual machine, separated by spaces: those of
     * a small server, and the archive of class data that all processes of this host share.
     */
    private static final String FLAGS_PROPERTY = "drover.jvm.flags";

    private JavaCommand() {}

    /**
     * The command for a small server.
     *
     * @param flags further flags for the JVM; they overrule those of a small server
     * @param mainClass the class to run, on this process's class path
     * @param arguments its arguments; nothing secret, since every user can read them
     */
    public static List<String> of(List<String> flags, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(serverFlags());
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(flags);
        command.add("-cp");
        command.add(absolute(System.getProperty("java.class.path")));
        command.add(mainClass);
        command.addAll(arguments);
        return List.copyOf(command);
    }

    private static List<String> serverFlags() {
        String given = System.getProperty(FLAGS_PROPERTY, "").strip();
        return given.isEmpty() ? SERVER_FLAGS : List.of(given.split("\\s+", -1));
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
