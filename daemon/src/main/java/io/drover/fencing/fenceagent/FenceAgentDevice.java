package io.drover.fencing.fenceagent;

import io.drover.config.FencingConfig;
import io.drover.fencing.Deadline;
import io.drover.fencing.FencingDevice;
import io.drover.fencing.FencingException;
import io.drover.fencing.PasswordFile;
import io.drover.fencing.PowerReading;
import io.drover.fencing.PowerReading.Power;
import io.drover.fencing.Secret;
import io.drover.fencing.fenceagent.AgentRun.Result;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A node's power by a program of the fence-agents project, or one like it: it reads lines {@code name=value} from its
 * standard input, {@code action} among them, and ends with 0 when it has done what it should (or the power is on), with
 * 2 when it was asked for the status and the power is off, and with anything else when it does not know.
 */
public final class FenceAgentDevice implements FencingDevice {
    private static final int INPUT_MAX = 3072;
    private static final int WORDS_MAX = 300;
    private static final int OFF = 2;
    private static final Pattern SAYS_OFF = Pattern.compile("\\boff\\b", Pattern.CASE_INSENSITIVE);

    private final FencingConfig.FenceAgent config;
    private final Optional<PasswordFile> password;
    private final String address;
    private final SpareAgent spare;

    /** A device of the configuration; nothing is run yet. */
    public FenceAgentDevice(FencingConfig.FenceAgent config) {
        this.config = config;
        password = config.passwordFile().map(PasswordFile::new);
        address = Optional.ofNullable(config.options().get("ip"))
                .or(() -> Optional.ofNullable(config.options().get("ipaddr")))
                .map(ip -> " " + ip)
                .orElse("");
        spare = new SpareAgent(config.program());
    }

    @Override
    public String name() {
        return config.program().getFileName() + address;
    }

    @Override
    public PowerReading read(Deadline deadline) {
        try {
            Answer answer = run("status", deadline);
            Power power = power(answer.result());
            if (power != Power.UNKNOWN) {
                spare.prepare();
            }
            return new PowerReading(power, answer.words());
        } catch (FencingException e) {
            return new PowerReading(Power.UNKNOWN, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The exit code of off is also that of a shell or an interpreter that does not understand its script. It counts only
     * from a program that says the word as well, or that complains of nothing.
     */
    private static Power power(Result status) {
        boolean meantOff =
                SAYS_OFF.matcher(status.output()).find() || status.errors().isBlank();
        if (status.code() == OFF && meantOff) {
            return Power.OFF;
        }
        return status.code() == 0 ? Power.ON : Power.UNKNOWN;
    }

    @Override
    public void requestOff(Deadline deadline) {
        order("off", deadline);
    }

    @Override
    public void requestOn(Deadline deadline) {
        order("on", deadline);
    }

    private void order(String action, Deadline deadline) {
        Answer answer = run(action, deadline);
        if (answer.result().code() != 0) {
            throw new FencingException(answer.words() + " (expected: exit code 0)");
        }
    }

    /** How a run ended, and the same in words. */
    private record Answer(Result result, String words) {}

    private Answer run(String action, Deadline deadline) {
        Optional<Secret> secret = password.map(PasswordFile::read);
        try {
            // Bad options are found before anything runs.
            String input = input(action, secret);
            Result result = AgentRun.of(spare.take(), input, deadline);
            // The errors come first: they say why, and the output, if there is any, only that.
            String said = hide(secret, oneLine(result.errors() + "\n" + result.output()));
            String words = "action " + action + " ended with exit code " + result.code();
            return new Answer(result, said.isEmpty() ? words : words + ": " + said);
        } catch (FencingException e) {
            // Without its cause, whose words may hold what is hidden here.
            throw new FencingException("action " + action + ": " + hide(secret, oneLine(e.getMessage() + "")));
        }
    }

    /** What the program reads. Nothing of it stands in the list of processes. */
    private String input(String action, Optional<Secret> secret) {
        String options = config.options().entrySet().stream()
                .map(option -> line(option.getKey(), option.getValue()))
                .collect(Collectors.joining());
        String input = options
                + secret.map(each -> line("password", each.reveal())).orElse("")
                // Last, so that no option could have the last word.
                + line("action", action);
        if (input.length() > INPUT_MAX) {
            throw new FencingException(
                    "its options are " + input.length() + " characters (expected: at most " + INPUT_MAX + ")");
        }
        return input;
    }

    /** A line break in a value would be an option more. */
    private static String line(String name, String value) {
        if (name.isEmpty()
                || name.contains("=")
                || name.chars().anyMatch(Character::isISOControl)
                || value.chars().anyMatch(Character::isISOControl)) {
            throw new FencingException(
                    "option '" + name.replaceAll("\\p{Cntrl}", "?") + "' is not one line name=value");
        }
        return name + "=" + value + "\n";
    }

    private static String hide(Optional<Secret> secret, String text) {
        String hidden = secret.map(each -> each.hideIn(text)).orElse(text);
        return hidden.length() > WORDS_MAX ? hidden.substring(0, WORDS_MAX) : hidden;
    }

    private static String oneLine(String text) {
        return text.lines()
                .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
                .filter(line -> !line.isEmpty())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        // Each run has ended with its request.
        spare.close();
    }

    @Override
    public String toString() {
        return name();
    }
}
