package io.drover.wsman;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
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
        // At most three bytes for each char, or four for two.
        ByteBuffer encoded = ByteBuffer.allocate(3 * pair.remaining());
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(pair, encoded, true);
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.position());
        String header = "Basic " + Base64.getEncoder().encodeToString(bytes);
        Arrays.fill(bytes, (byte) 0);
        Arrays.fill(encoded.array(), (byte) 0);
        Arrays.fill(pair.array(), '\0');
        Arrays.fill(password, '\0');
        return header;
    }
}
