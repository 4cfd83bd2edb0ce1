package io.drover.hypervisor.hyperv;

import io.drover.config.HypervisorConfig;
import io.drover.config.HypervisorConfig.Hyperv.Login;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.wsman.CimSession;
import io.drover.wsman.WsmanAuthentication;
import io.drover.wsman.WsmanExchange;
import io.drover.wsman.WsmanLimits;
import io.drover.wsman.WsmanSession;
import io.drover.wsman.WsmanSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Makes the session that a configuration describes. Secrets are read when they are needed and never told. */
final class HypervConnection {
    private static final int SECRET_MAX = 4096;
    private static final int CONNECTIONS = 6;

    private HypervConnection() {}

    static CimSession open(HypervisorConfig.Hyperv config) {
        return open(config, exchange -> {});
    }

    /** A session of which everything that goes over the wire is shown to a listener. */
    static CimSession open(HypervisorConfig.Hyperv config, Consumer<? super WsmanExchange> listener) {
        try {
            boolean isPlain = config.address().getScheme().equals("http");
            Optional<SSLContext> tls = isPlain ? Optional.empty() : Optional.of(tls(config));
            WsmanLimits limits = WsmanLimits.USUAL.withConnections(CONNECTIONS);
            return WsmanSession.of(
                    new WsmanSettings(config.address(), authentication(config.login()), tls, isPlain, limits),
                    listener);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new HypervisorException(
                    Kind.FAILED,
                    "the connection to Hyper-V cannot be set up: " + e.getMessage(),
                    "check the files that the section hypervisor names",
                    e);
        }
    }

    private static WsmanAuthentication authentication(Login login) {
        if (login instanceof Login.Basic basic) {
            return new WsmanAuthentication.Basic(basic.user(), () -> secret(basic.passwordFile()));
        } else if (login instanceof Login.Certificate) {
            return new WsmanAuthentication.ClientCertificate();
        } else if (login instanceof Login.Keytab keytab) {
            return WsmanAuthentication.Kerberos.with(
                    new WsmanAuthentication.Ticket.Keytab(keytab.principal(), keytab.file()));
        }
        return WsmanAuthentication.Kerberos.with(new WsmanAuthentication.Ticket.OfSystem());
    }

    private static char[] secret(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(in.readNBytes(SECRET_MAX)));
            int end = text.limit();
            while (end > 0 && (text.get(end - 1) == '\n' || text.get(end - 1) == '\r')) {
                end--;
            }
            char[] secret = new char[end];
            text.get(secret);
            return secret;
        } catch (IOException e) {
            throw new UncheckedIOException("password file " + file + " cannot be read", e);
        }
    }

    private static SSLContext tls(HypervisorConfig.Hyperv config) throws IOException, GeneralSecurityException {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys(config.login()), trust(config.trustedCertificates()), null);
        return tls;
    }

    private static KeyManager[] keys(Login login) throws IOException, GeneralSecurityException {
        if (!(login instanceof Login.Certificate certificate)) {
            return new KeyManager[0];
        }
        char[] password =
                certificate.passwordFile().map(HypervConnection::secret).orElse(new char[0]);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificate.keyStore())) {
            store.load(in, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        return keys.getKeyManagers();
    }

    /** The system's own authorities unless a file names others. */
    private static TrustManager[] trust(Optional<Path> file) throws IOException, GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        if (file.isEmpty()) {
            trust.init((KeyStore) null);
            return trust.getTrustManagers();
        }
        int number = 0;
        try (InputStream in = Files.newInputStream(file.get())) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("trusted" + number++, each);
            }
        }
        trust.init(store);
        return trust.getTrustManagers();
    }
}
