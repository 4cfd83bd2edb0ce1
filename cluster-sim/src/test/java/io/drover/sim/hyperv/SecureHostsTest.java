package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts over HTTPS take callers that have a certificate, and nobody else. */
class SecureHostsTest {
    @TempDir
    private Path directory;

    @Test
    void certificateOpensTheDoorAndNothingElseDoes() throws Exception {
        try (EmulatedHosts hosts = EmulatedHosts.start(
                EmulatedHostsSettings.usual(directory).secure().of(1, 1))) {
            String request = Caller.envelope(
                    Caller.TRANSFER + "/Get",
                    Caller.VIRTUALIZATION + "Msvm_ComputerSystem",
                    Caller.selectors("Msvm_ComputerSystem", "HV1"),
                    "");
            HttpClient known = HttpClient.newBuilder()
                    .sslContext(hosts.clientTls().orElseThrow())
                    .build();
            HttpClient unknown = HttpClient.newBuilder().sslContext(trustOnly()).build();
            assertThat(hosts.endpoint("HV1").getScheme()).isEqualTo("https");
            assertThat(new Caller(hosts.endpoint("HV1"), known)
                            .send(request, "")
                            .status())
                    .isEqualTo(200);
            assertThat(new Caller(hosts.endpoint("HV1"), unknown)
                            .send(request, "")
                            .status())
                    .isEqualTo(401);
            assertThat(new Caller(hosts.endpoint("HV1"), unknown).send(request).status())
                    .as("Basic, which is off")
                    .isEqualTo(401);
            assertThat(hosts.trustedPem())
                    .hasValueSatisfying(each -> assertThat(each).content().contains("BEGIN"));
        }
    }

    @Test
    void plainHttpWithoutBasicLetsNobodyIn() throws Exception {
        EmulatedHostsSettings usual = EmulatedHostsSettings.usual(directory);
        EmulatedHostsSettings closed = new EmulatedHostsSettings(
                1,
                0,
                directory,
                0,
                true,
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                usual.language(),
                false,
                false,
                1,
                usual.tickEvery());
        try (EmulatedHosts hosts = EmulatedHosts.start(closed)) {
            String request = Caller.envelope(Caller.TRANSFER + "/Get", Caller.VIRTUALIZATION + "X", Map.of(), "");
            assertThat(new Caller(hosts.endpoint("HV1")).send(request).status()).isEqualTo(401);
        }
    }

    private SSLContext trustOnly() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try (InputStream bytes = Files.newInputStream(directory.resolve("tls/trust-of-clients.p12"))) {
            trusted.load(bytes, Certificates.PASSWORD.toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
