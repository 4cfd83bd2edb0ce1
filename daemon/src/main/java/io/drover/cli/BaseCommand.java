package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.ExitCode;
import java.util.Locale;
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

    /** Asks whether to go on; says that nothing was changed if not. */
    final boolean confirmed() {
        String answer = answerTo("do it? [y/N] ").toLowerCase(Locale.ROOT);
        return agreed(answer.equals("y") || answer.equals("yes"));
    }

    /** What the operator types after a question. */
    final String answerTo(String question) {
        program().surroundings().err().print(question);
        program().surroundings().err().flush();
        return program().surroundings().answers().get().orElse("").strip();
    }

    /** The answer to a question; says that nothing was changed if it was no. */
    final boolean agreed(boolean yes) {
        if (!yes) {
            program().note("nothing was changed");
        }
        return yes;
    }

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
