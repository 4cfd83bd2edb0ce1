package io.drover.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover zookeeper}. */
@Command(
        name = "zookeeper",
        description = "Runs one server of the cluster's own ZooKeeper ensemble; started and supervised by the agent.")
final class ZooKeeperCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The server's configuration file.")
    private @Nullable Path config;

    @Override
    public Integer call() {
        return Drover.services().zookeeper(RequiredPath.of(config));
    }
}
