package io.drover.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** A subnet as people write it: the first of its addresses and the length of its prefix, {@code 10.20.0.0/24}. */
public final class SubnetText {
    /** What a subnet looks like, for messages. */
    public static final String EXPECTED = "a subnet such as 10.20.0.0/24 or fd00:20::/64";

    /** Nothing of this form is a name, so that nothing is looked up. */
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|(?=.*:)[0-9A-Fa-f:.]{2,45}");

    private SubnetText() {}

    /**
     * Reads a subnet, and gives it in the one spelling that is used here.
     *
     * @throws IllegalArgumentException if it is none, or if the address has bits beyond the prefix
     */
    public static String parse(String text) {
        int slash = text.lastIndexOf('/');
        String number = text.substring(slash + 1);
        if (slash < 0 || !number.matches("\\d{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' has no length of its prefix");
        }
        byte[] address = address(text, text.substring(0, slash));
        int prefix = Integer.parseInt(number);
        if (prefix > address.length * Byte.SIZE) {
            throw new IllegalArgumentException("'" + text + "' has too long a prefix");
        }
        for (int bit = prefix; bit < address.length * Byte.SIZE; bit++) {
            if ((address[bit / Byte.SIZE] >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1) != 0) {
                throw new IllegalArgumentException("'" + text + "' is an address in a subnet, not its first one");
            }
        }
        return spelled(address) + "/" + prefix;
    }

    private static byte[] address(String text, String address) {
        try {
            if (ADDRESS.matcher(address).matches()) {
                return InetAddress.getByName(address).getAddress();
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + text + "' has no address", e);
        }
        throw new IllegalArgumentException("'" + text + "' has no address");
    }

    private static String spelled(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " bytes", e);
        }
    }
}
