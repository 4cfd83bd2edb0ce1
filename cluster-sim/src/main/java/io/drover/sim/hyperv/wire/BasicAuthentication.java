package io.drover.sim.hyperv.wire;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;

/** User and password in clear, as hosts take them only when they are told to. */
public final class BasicAuthentication implements Authentication {
    private static final String SCHEME = "Basic ";

    private final byte[] expected;

    /** For one user. */
    public BasicAuthentication(String user, String password) {
        String pair = user + ":" + password;
        this.expected = Base64.getEncoder().encode(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** The name of the scheme is in any case. */
    @Override
    public boolean isGood(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        return given != null
                && given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        given.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8), expected);
    }

    @Override
    public List<String> challenges() {
        return List.of("Basic realm=\"WSMAN\"");
    }
}
