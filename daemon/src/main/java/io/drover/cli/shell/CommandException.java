package io.drover.cli.shell;

import io.drover.proto.v1.Problem;
import java.util.List;

/** Ends a command with an exit code and an error that says what happened, why, and what to do. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final String why;
    private final transient List<String> remedies;

    /**
     * An error.
     *
     * @param code what the process exits with
     * @param what what happened, naming the thing and the value
     * @param why why; empty if there is nothing to add
     * @param remedies what to do about it, best first
     */
    public CommandException(ExitCode code, String what, String why, List<String> remedies) {
        super(what);
        this.code = code;
        this.why = why;
        this.remedies = List.copyOf(remedies);
    }

    /** An error with its remedies listed. */
    public static CommandException of(ExitCode code, String what, String why, String... remedies) {
        return new CommandException(code, what, why, List.of(remedies));
    }

    /** An error as an agent reported it. */
    public static CommandException of(Problem problem) {
        return new CommandException(
                ExitCode.of(problem.getKind()), problem.getWhat(), problem.getWhy(), problem.getRemediesList());
    }

    /** What the process exits with. */
    public ExitCode code() {
        return code;
    }

    /** Why it happened; empty if there is nothing to add. */
    public String why() {
        return why;
    }

    /** The error as an operator reads it; several lines. */
    public String text() {
        StringBuilder text = new StringBuilder("drover: ").append(getMessage());
        if (!why.isEmpty()) {
            text.append("\n  why:   ").append(why.replace("\n", "\n         "));
        }
        String label = "\n  to do: ";
        for (String remedy : remedies) {
            text.append(label).append(remedy);
            label = "\n         ";
        }
        return text.toString();
    }
}
