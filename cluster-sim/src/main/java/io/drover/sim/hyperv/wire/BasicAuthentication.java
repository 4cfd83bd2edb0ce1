package io.drover.sim.hyperv.wire;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;

/** User and password in clear, as hosts take them only when they are told to. */
public final class BasicAuthentication implements Authentication {
    private final String expected;

    /** For one user. */
    public BasicAuthentication(String user, String password) {
        String pair = user + ":" + password;
        this.expected = "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean isGood(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        return given != null
                && MessageDigest.isEqual(
                        given.strip().getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<String> challenges() {
        return List.of("Basic realm=\"WSMAN\"");
    }
}
