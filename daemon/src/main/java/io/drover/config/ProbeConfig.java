package io.drover.config;

import io.drover.model.HealthLevel;
import io.drover.model.HostAspect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A health probe of the node.
 *
 * @param name unique on the node
 * @param check what it looks at
 * @param interval from the begin of one check to the begin of the next
 * @param timeout a check that takes longer counts as critical, or as the worst that it may say
 * @param failures this many of the last {@code window} checks must agree on something worse before the verdict worsens
 * @param window number of checks looked back on; at least {@code failures}
 * @param holdOff for this long every check must be better before the verdict gets better
 */
public record ProbeConfig(
        String name, Check check, Duration interval, Duration timeout, int failures, int window, Duration holdOff) {

    /** What a probe looks at. */
    public sealed interface Check {
        /** Whether the hypervisor answers in time. */
        record HypervisorAnswers() implements Check {}

        /**
         * Free memory of the host.
         *
         * @param warningBelow share of the memory, 0 to 1
         * @param criticalBelow share of the memory, 0 to 1
         */
        record FreeMemory(double warningBelow, double criticalBelow) implements Check {}

        /**
         * Whether a file can be written in a folder, and the free share of its volume.
         *
         * @param path the folder
         * @param warningBelow share of the volume, 0 to 1
         * @param criticalBelow share of the volume, 0 to 1
         * @param worst what it says at most: {@link HealthLevel#WARNING} keeps it from emptying the node
         */
        record Disk(Path path, double warningBelow, double criticalBelow, HealthLevel worst) implements Check {
            /** One that may empty the node. */
            public Disk(Path path, double warningBelow, double criticalBelow) {
                this(path, warningBelow, criticalBelow, HealthLevel.CRITICAL);
            }
        }

        /**
         * What the hypervisor says of its host.
         *
         * @param aspect which side of it
         * @param worst what it says at most
         */
        record Host(HostAspect aspect, HealthLevel worst) implements Check {}

        /**
         * A program of the user: exit code 0 healthy, 1 warning, 2 critical, 3 fatal; its first line of output is the
         * evidence.
         *
         * @param command program and arguments; no shell
         */
        record Command(List<String> command) implements Check {
            /** Copies the command. */
            public Command {
                command = List.copyOf(command);
            }
        }
    }
}
