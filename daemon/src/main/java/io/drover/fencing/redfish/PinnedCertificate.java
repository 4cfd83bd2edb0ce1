package io.drover.fencing.redfish;

import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts one certificate and no other. Its names and dates do not matter: controllers sign their own, for names that
 * nobody uses. That the other side has the certificate's key is proved by the handshake.
 */
final class PinnedCertificate extends X509ExtendedTrustManager {
    private final byte[] sha256;

    /**
     * Pins a certificate.
     *
     * @param sha256 its SHA-256, 64 hexadecimal digits
     */
    PinnedCertificate(String sha256) {
        this.sha256 = HexFormat.of().parseHex(sha256);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("the service shows no certificate");
        }
        byte[] shown = digest(chain[0]);
        if (!MessageDigest.isEqual(shown, sha256)) {
            throw new CertificateException("the service's certificate has the fingerprint "
                    + HexFormat.of().formatHex(shown) + " (expected: "
                    + HexFormat.of().formatHex(sha256) + ")");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("clients are not trusted here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private static byte[] digest(X509Certificate certificate) throws CertificateException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
