package io.drover.config;

/** A host and a port as people write them: {@code name:port}, {@code 192.0.2.1:port} or {@code [v6 address]:port}. */
public final class HostPortText {
    /** What a host with its port looks like, for messages. */
    public static final String EXPECTED = "host:port or [v6 address]:port";

    private static final int PORT_MAX = 65535;

    private HostPortText() {}

    /**
     * Reads a host and its port. The host is not looked up.
     *
     * @throws IllegalArgumentException if the text is not one
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' has no port");
        }
        return new HostPort(host(text, text.substring(0, colon)), port(text, text.substring(colon + 1)));
    }

    private static String host(String text, String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        if (bare.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' has no host");
        }
        if (bracketed != bare.contains(":")) {
            throw new IllegalArgumentException("'" + text + "' "
                    + (bracketed ? "has brackets around a name" : "has a v6 address without brackets"));
        }
        boolean legal = bare.chars()
                .allMatch(c -> c == '.' || c == '-' || c == '_' || c == ':' || c == '%' || isLetterOrDigit(c));
        if (!legal) {
            throw new IllegalArgumentException("'" + text + "' has an illegal character in its host");
        }
        return bare;
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static int port(String text, String port) {
        boolean digits = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(port) : -1;
        if (number < 0 || number > PORT_MAX) {
            throw new IllegalArgumentException("'" + text + "' has no port between 0 and " + PORT_MAX);
        }
        return number;
    }
}
