package io.drover.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A program for the command checks of the tests: runs wherever Java runs. */
public final class ProbeProgram {
    private ProbeProgram() {}

    /** The command that runs it with some arguments. */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ProbeProgram.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Acts as told: {@code exit CODE TEXT}, {@code flood}, {@code hang PIDFILE}, {@code hang-with-child PIDFILE CHILD'S
     * PIDFILE}, {@code leave-child-behind PIDFILE}.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        switch (arguments[0]) {
            case "exit" -> {
                System.out.print(arguments[2]);
                System.out.flush();
                System.exit(Integer.parseInt(arguments[1]));
            }
            case "flood" -> {
                System.out.println("first line");
                for (int i = 0; i < 20_000; i++) {
                    System.out.println("one more line of a command that has much to say");
                }
                System.exit(1);
            }
            case "hang" -> hang(Path.of(arguments[1]));
            case "hang-with-child" -> {
                start(Path.of(arguments[2]));
                hang(Path.of(arguments[1]));
            }
            case "leave-child-behind" -> {
                start(Path.of(arguments[1]));
                System.out.println("left a child behind");
                System.exit(0);
            }
            default -> System.exit(99);
        }
    }

    private static void start(Path pidFile) throws IOException {
        new ProcessBuilder(command("hang", pidFile.toString())).inheritIO().start();
    }

    private static void hang(Path pidFile) throws IOException, InterruptedException {
        Path written = Files.writeString(
                pidFile.resolveSibling(pidFile.getFileName() + ".new"),
                String.valueOf(ProcessHandle.current().pid()));
        Files.move(written, pidFile, StandardCopyOption.ATOMIC_MOVE);
        new CountDownLatch(1).await();
    }
}
