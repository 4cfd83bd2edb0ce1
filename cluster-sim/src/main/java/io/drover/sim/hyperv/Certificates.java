package io.drover.sim.hyperv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates for a test: one for all hosts and one for callers, self-signed, made by the JDK's keytool. Their password is
 * no secret.
 */
final class Certificates {
    static final String PASSWORD = "drover-test";
    private static final String VARIABLE = "DROVER_TEST_STORE";
    private static final long KEYTOOL_SECONDS = 60;

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    /** Makes them, unless they are there. */
    static Certificates in(Path folder, List<String> names) {
        Certificates certificates = new Certificates(folder);
        try {
            Files.createDirectories(folder);
            if (!Files.exists(certificates.trustOfHosts())) {
                certificates.make(names);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("certificates in " + folder, e);
        }
        return certificates;
    }

    /** What callers have to trust, as PEM. */
    Path hostsPem() {
        return folder.resolve("hosts.pem");
    }

    /** What callers identify themselves with. */
    Path client() {
        return folder.resolve("client.p12");
    }

    private Path server() {
        return folder.resolve("server.p12");
    }

    private Path trustOfHosts() {
        return folder.resolve("trust-of-hosts.p12");
    }

    /** What callers have to trust. */
    Path trustOfClients() {
        return folder.resolve("trust-of-clients.p12");
    }

    private void make(List<String> names) throws IOException {
        StringBuilder san = new StringBuilder("SAN=ip:127.0.0.1,dns:localhost");
        names.forEach(each -> san.append(",dns:").append(each));
        Path clientPem = folder.resolve("client.pem");
        generate(server(), "CN=emulated hosts", san.toString());
        generate(client(), "CN=drover", "EKU=clientAuth");
        export(server(), hostsPem());
        export(client(), clientPem);
        trust(hostsPem(), trustOfClients());
        trust(clientPem, trustOfHosts());
    }

    private void generate(Path store, String name, String extension) throws IOException {
        keytool(store, "-genkeypair", "-alias", "own", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30",
                "-dname", name, "-ext", extension);
    }

    private void export(Path store, Path pem) throws IOException {
        keytool(store, "-exportcert", "-rfc", "-alias", "own", "-file", pem.toString());
    }

    private void trust(Path pem, Path store) throws IOException {
        keytool(store, "-importcert", "-noprompt", "-alias", "trusted", "-file", pem.toString());
    }

    private void keytool(Path store, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass:env", VARIABLE));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(VARIABLE, PASSWORD);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("keytool " + arguments[0] + ": " + said);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** How hosts answer TLS: with their certificate, and taking that of callers. */
    SSLContext ofHosts() {
        return context(server(), trustOfHosts());
    }

    /** How a caller speaks to them. */
    SSLContext ofClients() {
        return context(client(), trustOfClients());
    }

    private static SSLContext context(Path own, Path trusted) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(own), PASSWORD.toCharArray());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(trusted));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("certificates of emulated hosts", e);
        }
    }

    private static KeyStore load(Path store) throws GeneralSecurityException {
        try (InputStream bytes = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(bytes, PASSWORD.toCharArray());
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException("certificates in " + store, e);
        }
    }
}
