package io.drover.fencing.redfish;

import io.drover.config.FencingConfig.Trust;
import io.drover.fencing.FencingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Makes the TLS of one service from the way in which it proves who it is. There is no way to trust everybody. */
final class ServiceTrust {
    private static final int CA_BYTES_MAX = 1 << 20;

    private ServiceTrust() {}

    /**
     * The certificates of the file, as bytes; empty for a fingerprint. They change when the TLS has to be made anew.
     *
     * @throws FencingException if the file cannot be read
     */
    static byte[] authorities(Trust trust) {
        if (!(trust instanceof Trust.CaFile ca)) {
            return new byte[0];
        }
        try (var in = Files.newInputStream(ca.file())) {
            return in.readNBytes(CA_BYTES_MAX);
        } catch (IOException e) {
            throw new FencingException("CA file " + ca.file() + ": cannot be read: " + e, e);
        }
    }

    /**
     * The TLS of a service.
     *
     * @throws FencingException if the authorities are no certificates
     */
    static SSLContext tls(Trust trust, byte[] authorities) {
        try {
            TrustManager[] managers = trust instanceof Trust.CaFile ca
                    ? byAuthority(ca.file(), authorities)
                    : new TrustManager[] {new PinnedCertificate(((Trust.Fingerprint) trust).sha256())};
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new FencingException("TLS is not available: " + e, e);
        }
    }

    private static TrustManager[] byAuthority(Path file, byte[] pem) throws GeneralSecurityException, IOException {
        Collection<? extends Certificate> certificates;
        try {
            certificates = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
        } catch (CertificateException e) {
            throw new FencingException(
                    "CA file " + file + ": has no certificates that can be read (expected: PEM): " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new FencingException("CA file " + file + ": has no certificates (expected: PEM)");
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("ca" + number++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
