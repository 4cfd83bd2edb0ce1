package io.drover.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The command line with which service managers and agents start a service, {@code SERVICE --config FILE}, recognised
 * without the parser of all other command lines: its classes would stay in a process that runs for months. What is
 * written in any other way is left to that parser.
 */
final class ServiceLine {
    private ServiceLine() {}

    /**
     * The service that a command line starts.
     *
     * @return runs the service until it is told to stop, and returns the exit code of the process; empty if the command
     *     line is another one
     */
    static Optional<ToIntFunction<Services>> of(String... arguments) {
        List<String> line = List.of(arguments);
        if (line.size() != 3 || !line.get(1).equals("--config") || line.get(2).isEmpty()) {
            return Optional.empty();
        }
        Path config = Path.of(line.get(2)).toAbsolutePath().normalize();
        return switch (line.get(0)) {
            case "agent" -> Optional.of(services -> services.agent(config));
            case "witness" -> Optional.of(services -> services.witness(config));
            case "guard" -> Optional.of(services -> services.guard(config));
            case "zookeeper" -> Optional.of(services -> services.zookeeper(config));
            default -> Optional.empty();
        };
    }
}
