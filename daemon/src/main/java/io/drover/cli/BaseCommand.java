package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command can reach. */
abstract class BaseCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    /** The program that this command belongs to. */
    Drover program() {
        return (Drover) spec().root().userObject();
    }

    /** Its description, as parsed. */
    CommandSpec spec() {
        CommandSpec set = spec;
        if (set == null) {
            throw new IllegalStateException("command used before it was parsed");
        }
        return set;
    }

    @Override
    public final Integer call() {
        return run().number();
    }

    /** Does it. */
    abstract ExitCode run();

    /** A command that asks the cluster. */
    abstract static class Client extends BaseCommand {
        @Override
        final ExitCode run() {
            try (ClusterClient client = program().client()) {
                return run(client);
            }
        }

        /** Does it. */
        abstract ExitCode run(ClusterClient client);
    }
}
