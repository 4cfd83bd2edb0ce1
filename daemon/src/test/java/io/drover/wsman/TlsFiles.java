package io.drover.wsman;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key with a certificate that signs itself, made by the JDK's keytool. */
final class TlsFiles {
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    private final KeyStore store;

    private TlsFiles(KeyStore store) {
        this.store = store;
    }

    /**
     * Makes a new one.
     *
     * @param names the names that it is for, such as {@code dns:localhost}
     */
    static TlsFiles of(Path parent, String names) throws IOException, GeneralSecurityException {
        Path file = Files.createTempDirectory(parent, "tls").resolve("store.p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "host",
                "-keyalg",
                "EC",
                "-dname",
                "CN=host",
                "-validity",
                "2"));
        command.addAll(List.of("-ext", "san=" + names, "-storetype", "PKCS12", "-keystore", file.toString()));
        command.addAll(List.of("-storepass", new String(STORE_PASSWORD)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("keytool failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return load(file);
    }

    static TlsFiles load(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, STORE_PASSWORD);
        }
        return new TlsFiles(store);
    }

    /** TLS for one who has this key and trusts another's certificate, or this one. */
    SSLContext having(Optional<TlsFiles> trusted) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, STORE_PASSWORD);
        return context(keys.getKeyManagers(), trusted.orElse(this));
    }

    /** TLS for one who trusts this certificate, and has none. */
    SSLContext trusting() throws GeneralSecurityException {
        return context(null, this);
    }

    private static SSLContext context(KeyManager[] keys, TlsFiles trusted) throws GeneralSecurityException {
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        try {
            authorities.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        authorities.setCertificateEntry("one", trusted.store.getCertificate("host"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return context;
    }
}
