package io.drover.cli.client;

import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an agent's gRPC services are reached.
 *
 * @param host name or address; an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record AgentAddress(String host, int port) {
    /** The port where none is named. */
    public static final int DEFAULT_PORT = 7101;

    private static final Pattern WRITTEN =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\s:\\[\\]]+))(?::(\\d{1,5}))?");
    private static final int GREATEST_PORT = 65_535;

    /**
     * Reads {@code host}, {@code host:port}, {@code [ipv6]} or {@code [ipv6]:port}.
     *
     * @param origin where it was written, for the error
     * @throws CommandException if it is not an address
     */
    public static AgentAddress parse(String text, String origin) {
        Matcher matcher = WRITTEN.matcher(text.strip());
        if (matcher.matches()) {
            String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            String digits = matcher.group(3);
            int port = digits == null ? DEFAULT_PORT : Integer.parseInt(digits);
            if (port >= 1 && port <= GREATEST_PORT) {
                return new AgentAddress(host, port);
            }
        }
        throw CommandException.of(
                ExitCode.USAGE,
                "agent address '" + text.strip() + "' makes no sense",
                "it comes from " + origin,
                "write HOST:PORT, such as hv1:" + DEFAULT_PORT + " (ports 1 to 65535; an IPv6 address in brackets)");
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
