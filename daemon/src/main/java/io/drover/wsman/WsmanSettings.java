package io.drover.wsman;

import io.drover.answer.Words;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a session reaches its host.
 *
 * @param endpoint such as {@code https://hv1.corp.example:5986/wsman}
 * @param authentication who asks
 * @param tls whom to trust, and the certificate to show if there is one; without it the JDK's default. The host's
 *     certificate must be for the name in the endpoint
 * @param unsafePlainHttp for tests only: allows HTTP without TLS, and Basic over it, so that everyone on the way reads
 *     the password
 * @param limits what is taken at most
 */
public record WsmanSettings(
        URI endpoint,
        WsmanAuthentication authentication,
        Optional<SSLContext> tls,
        boolean unsafePlainHttp,
        WsmanLimits limits) {
    /** The path under which Windows listens. */
    public static final String PATH = "/wsman";

    /** Refuses what could not work, or would not be safe. */
    public WsmanSettings {
        String scheme = endpoint.getScheme();
        boolean http = "http".equals(scheme);
        String host = endpoint.getHost();
        if ((!http && !"https".equals(scheme)) || host == null || endpoint.getUserInfo() != null) {
            throw new IllegalArgumentException("endpoint " + Words.of(String.valueOf(endpoint.getHost()))
                    + " (expected: https://<host>:5986/wsman)");
        }
        if (http && !(unsafePlainHttp && authentication instanceof WsmanAuthentication.Basic)) {
            throw new IllegalArgumentException(
                    "endpoint " + endpoint + " would send what it sends in the clear (expected: https)");
        }
        if (authentication instanceof WsmanAuthentication.Kerberos && isAddress(host)) {
            throw new IllegalArgumentException(
                    "endpoint " + endpoint + " has an address, for which Kerberos has no service"
                            + " (expected: the host's full name, such as hv1.corp.example)");
        }
    }

    /** Over HTTPS with the usual limits. */
    public static WsmanSettings of(URI endpoint, WsmanAuthentication authentication, SSLContext tls) {
        return new WsmanSettings(endpoint, authentication, Optional.of(tls), false, WsmanLimits.USUAL);
    }

    /** The same with other limits. */
    public WsmanSettings withLimits(WsmanLimits other) {
        return new WsmanSettings(endpoint, authentication, tls, unsafePlainHttp, other);
    }

    private static boolean isAddress(String host) {
        return host.startsWith("[") || host.matches("[0-9.]+");
    }
}
