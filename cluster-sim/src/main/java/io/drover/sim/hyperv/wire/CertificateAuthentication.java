package io.drover.sim.hyperv.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;

/** A certificate of the caller, which the TLS handshake has checked already. */
public final class CertificateAuthentication implements Authentication {
    /** What callers name in their header Authorization. */
    public static final String SCHEME = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

    /** Takes every certificate that the server's trust takes. */
    public CertificateAuthentication() {}

    @Override
    public boolean isGood(HttpExchange exchange) {
        if (!(exchange instanceof HttpsExchange secure)) {
            return false;
        }
        try {
            return secure.getSSLSession().getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }

    @Override
    public List<String> challenges() {
        return List.of(SCHEME);
    }
}
