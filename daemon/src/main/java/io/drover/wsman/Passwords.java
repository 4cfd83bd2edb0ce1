package io.drover.wsman;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Writes passwords for requests. */
final class Passwords {
    private Passwords() {}

    /** RFC 7617. Our own copies are wiped; that of the HTTP client lives as long as its request. */
    static String basic(WsmanAuthentication.Basic who) {
        char[] password = who.password().get();
        CharBuffer pair = CharBuffer.allocate(who.user().length() + 1 + password.length);
        pair.put(who.user()).put(':').put(password).flip();
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(pair);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        String header = "Basic " + Base64.getEncoder().encodeToString(bytes);
        Arrays.fill(bytes, (byte) 0);
        Arrays.fill(encoded.array(), (byte) 0);
        Arrays.fill(pair.array(), '\0');
        Arrays.fill(password, '\0');
        return header;
    }
}
