package io.drover.hypervisor.hyperv;

import io.drover.config.HypervisorConfig;
import io.drover.config.HypervisorConfig.Hyperv.Login;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.wsman.CimException;
import io.drover.wsman.CimSession;
import io.drover.wsman.WsmanAuthentication;
import io.drover.wsman.WsmanExchange;
import io.drover.wsman.WsmanLimits;
import io.drover.wsman.WsmanSession;
import io.drover.wsman.WsmanSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
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
    private static final int TRUST_MAX = 1 << 20;
    private static final int CONNECTIONS = 6;
    private static final String PKCS12 = "PKCS12";
    private static final char[] NO_PASSWORD = {};

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
                    "the connection to Hyper-V cannot be set up: " + reason(e),
                    "check the files that the section hypervisor names",
                    e);
        }
    }

    private static WsmanAuthentication authentication(Login login) {
        if (login instanceof Login.Basic basic) {
            return new WsmanAuthentication.Basic(basic.user(), () -> password(basic.passwordFile()));
        } else if (login instanceof Login.Certificate) {
            return new WsmanAuthentication.ClientCertificate();
        } else if (login instanceof Login.Keytab keytab) {
            return WsmanAuthentication.Kerberos.with(
                    new WsmanAuthentication.Ticket.Keytab(keytab.principal(), keytab.file()));
        }
        boolean isWindows = System.getProperty("os.name").startsWith("Windows");
        return WsmanAuthentication.Kerberos.with(WsmanAuthentication.Ticket.ofProcess(isWindows));
    }

    /** Read for each request, so that it can change; and so the file can be gone while the agent runs. */
    private static char[] password(Path file) {
        try {
            return secret(file);
        } catch (IOException e) {
            throw CimException.of(CimException.Kind.UNAUTHORIZED, reason(e))
                    .remedy(
                            "expected: the password in the file that hypervisor.passwordFile names, readable for the account"
                                    + " that runs this process")
                    .cause(e)
                    .build();
        }
    }

    private static char[] secret(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(SECRET_MAX + 1);
            if (bytes.length > SECRET_MAX) {
                throw new IOException("more than " + SECRET_MAX + " bytes");
            }
            CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
            int end = text.limit();
            while (end > 0 && (text.get(end - 1) == '\n' || text.get(end - 1) == '\r')) {
                end--;
            }
            char[] secret = new char[end];
            text.get(secret);
            return secret;
        } catch (IOException e) {
            throw unreadable("password file", file, e);
        }
    }

    /** Names the file once, which Java's own message may or may not do, and never what is in it. */
    private static IOException unreadable(String what, Path file, Exception cause) {
        return new IOException(what + " " + file + " cannot be read", cause);
    }

    private static String reason(Exception failure) {
        Throwable cause = failure.getCause();
        return failure.getMessage() + (cause == null ? "" : " (" + kind(cause) + ")");
    }

    private static String kind(Throwable cause) {
        return cause instanceof FileSystemException
                ? cause.getClass().getSimpleName()
                : String.valueOf(cause.getMessage());
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
        char[] password = certificate.passwordFile().isPresent()
                ? secret(certificate.passwordFile().get())
                : NO_PASSWORD;
        KeyStore store = KeyStore.getInstance(PKCS12);
        try (InputStream in = Files.newInputStream(certificate.keyStore())) {
            store.load(in, password);
        } catch (IOException e) {
            throw unreadable("key store", certificate.keyStore(), e);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        return keys.getKeyManagers();
    }

    /** The system's own authorities unless a file names others. */
    private static TrustManager[] trust(Optional<Path> file) throws IOException, GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (file.isEmpty()) {
            trust.init((KeyStore) null);
            return trust.getTrustManagers();
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            trust.init(authorities(in.readNBytes(TRUST_MAX)));
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable("trusted certificates", file.get(), e);
        }
        return trust.getTrustManagers();
    }

    /** Certificates as they are exported, in PEM or in binary, or a PKCS12 that needs no password. */
    private static KeyStore authorities(byte[] file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(PKCS12);
        try {
            store.load(new ByteArrayInputStream(file), NO_PASSWORD);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new CertificateException("it has a password (expected: PEM, or PKCS12 without one)", e);
            }
            store.load(null, null);
            int number = 0;
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(file))) {
                store.setCertificateEntry("trusted" + number++, each);
            }
        }
        if (store.size() == 0) {
            throw new CertificateException("there is no certificate in it (expected: PEM)");
        }
        return store;
    }
}
