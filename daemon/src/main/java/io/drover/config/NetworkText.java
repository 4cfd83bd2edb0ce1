package io.drover.config;

import io.drover.hostsetup.MigrationNetwork;

/** A network of migrations as people write it: {@code SUBNET} or {@code SUBNET=PRIORITY}. */
public final class NetworkText {
    /** What one looks like, for messages. */
    public static final String EXPECTED = SubnetText.EXPECTED + ", with =PRIORITY if there are several; each once";

    private NetworkText() {}

    /**
     * Reads one. Without a priority it has 0, the highest.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static MigrationNetwork parse(String text) {
        int equals = text.indexOf('=');
        String subnet = SubnetText.parse(equals < 0 ? text : text.substring(0, equals));
        String priority = equals < 0 ? "0" : text.substring(equals + 1);
        if (!priority.matches("\\d{1,10}")) {
            throw new IllegalArgumentException("'" + text + "' has no number as its priority");
        }
        return new MigrationNetwork(subnet, Long.parseLong(priority));
    }
}
