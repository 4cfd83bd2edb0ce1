package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drover.config.HypervisorConfig;
import io.drover.config.HypervisorConfig.Hyperv.Login;
import io.drover.hostsetup.WantedSettings;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.wsman.CimException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapter and hosts that speak HTTPS: who trusts whom, and by what it is let in. */
@Tag("integration")
class EncryptedHostsTest {
    /** That of all files which the emulated hosts make for callers. */
    private static final String STORE_PASSWORD = "drover-test";

    @TempDir
    static Path folder;

    private static EmulatedHosts hosts;
    private static Path password;

    @BeforeAll
    static void start() throws IOException {
        hosts = EmulatedHosts.start(OneMove.overHttps(folder, 3));
        password = Files.writeString(folder.resolve("password"), EmulatedHosts.USER + "\n");
    }

    @AfterAll
    static void end() {
        hosts.close();
        assertThat(hosts.truth().doubles()).isEmpty();
    }

    private static HypervisorConfig.Hyperv config(String host, Login login, Optional<Path> trusted) {
        return new HypervisorConfig.Hyperv(
                hosts.endpoint(host),
                login,
                trusted,
                Optional.of(host.toLowerCase(Locale.ROOT) + "." + EmulatedHosts.DOMAIN),
                List.of(EmulatedHosts.SHARE),
                Map.of(),
                Optional.of(WantedSettings.DEFAULTS));
    }

    private static HypervHypervisor open(String host, Login login) {
        return HypervHypervisor.of(config(host, login, hosts.trustedPem()));
    }

    private static Login basic() {
        return new Login.Basic(EmulatedHosts.USER, password);
    }

    private static Login certificate(String secret) throws IOException {
        Path file = Files.writeString(folder.resolve("store-password-" + secret.length()), secret + "\r\n");
        return new Login.Certificate(hosts.clientStore().orElseThrow(), Optional.of(file));
    }

    @Test
    void aVmIsMovedByAPasswordOverHttpsToHostsWhoseCertificateIsInAFile() throws Exception {
        try (Hypervisor one = open("HV1", basic());
                Hypervisor two = open("HV2", basic())) {
            assertThat(OneMove.guests(one)).contains("vm01=RUNNING");

            assertThat(OneMove.move(one, two, OneMove.vm(1))).isEqualTo("departed");

            assertThat(OneMove.guests(one)).doesNotContain("vm01");
            assertThat(OneMove.guests(two)).contains("vm01=RUNNING");
        }
    }

    @Test
    void aVmIsMovedByTheCertificateOfTheCaller() throws Exception {
        try (Hypervisor one = open("HV1", certificate(STORE_PASSWORD));
                Hypervisor two = open("HV2", certificate(STORE_PASSWORD))) {
            assertThat(OneMove.guests(one)).contains("vm03=RUNNING");

            assertThat(OneMove.move(one, two, OneMove.vm(3))).isEqualTo("departed");

            assertThat(OneMove.guests(one)).doesNotContain("vm03");
            assertThat(OneMove.guests(two)).contains("vm03=RUNNING");
        }
    }

    @Test
    void trustedCertificatesMayBeInAStoreWithoutAPassword() throws Exception {
        Path store = trustStore("trust.p12", null);
        try (Hypervisor two = HypervHypervisor.of(config("HV2", basic(), Optional.of(store)))) {
            assertThat(OneMove.guests(two)).contains("vm02=RUNNING");
        }
    }

    @Test
    void aStoreWithAPasswordIsRefusedWithWhatWouldBeRight() throws Exception {
        Path store = trustStore("closed.p12", "secret-of-the-store".toCharArray());

        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> HypervHypervisor.of(config("HV2", basic(), Optional.of(store))))
                .withMessageContaining(store.toString())
                .withMessageContaining("it has a password (expected: PEM");
    }

    @Test
    void aFileThatIsNoCertificateIsNamed() throws Exception {
        Path wrong = Files.writeString(folder.resolve("no-certificate.pem"), "nothing of the kind\n");

        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> HypervHypervisor.of(config("HV2", basic(), Optional.of(wrong))))
                .withMessageContaining("trusted certificates " + wrong + " cannot be read");
    }

    private static Path trustStore(String name, char @org.jspecify.annotations.Nullable [] secret) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(hosts.trustedPem().orElseThrow())) {
            store.setCertificateEntry(
                    "hosts", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, secret);
        }
        return file;
    }

    @Test
    void aHostThatNobodyVouchesForIsNotAsked() {
        try (Hypervisor one = HypervHypervisor.of(config("HV1", basic(), Optional.empty()))) {
            HypervisorException failure = failureOf(one);
            assertThat(causeOf(failure)).isEqualTo(CimException.Kind.TLS);
            assertThat(failure.remedy()).contains("a certificate for localhost");
        }
    }

    @Test
    void whoHasNeitherPasswordNorCertificateIsRefused() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong-password"), "guessed-in-vain");
        try (Hypervisor one = open("HV1", new Login.Basic(EmulatedHosts.USER, wrong))) {
            HypervisorException failure = failureOf(one);
            assertThat(causeOf(failure)).isEqualTo(CimException.Kind.UNAUTHORIZED);
            assertThat(failure).hasMessageNotContaining("guessed-in-vain");
        }
    }

    @Test
    void aPasswordFileThatIsGoneWhileTheAgentRunsIsNamedAndReadAgainWhenItIsBack() throws Exception {
        Path mine = Files.copy(password, folder.resolve("gone-password"));
        try (Hypervisor two = open("HV2", new Login.Basic(EmulatedHosts.USER, mine))) {
            assertThat(OneMove.guests(two)).contains("vm02=RUNNING");
            Files.delete(mine);

            HypervisorException failure = failureOf(two);

            assertThat(causeOf(failure)).isEqualTo(CimException.Kind.UNAUTHORIZED);
            assertThat(failure).hasMessageContaining("password file " + mine);
            assertThat(failure.remedy()).contains("hypervisor.passwordFile");
            Files.copy(password, mine);
            assertThat(OneMove.guests(two)).contains("vm02=RUNNING");
        }
    }

    @Test
    void aStoreOfTheCallerThatCannotBeOpenedIsNamedWithoutItsPassword() throws Exception {
        String wrong = "not-the-password-of-this-store";
        Path store = hosts.clientStore().orElseThrow();

        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> open("HV1", certificate(wrong)))
                .withMessageContaining("key store " + store)
                .satisfies(each -> assertThat(each.getMessage()).doesNotContain(wrong));
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> open("HV1", new Login.Certificate(folder.resolve("no-store"), Optional.empty())))
                .withMessageContaining("key store " + folder.resolve("no-store"));
    }

    private static HypervisorException failureOf(Hypervisor host) {
        return catchThrowableOfType(HypervisorException.class, host::guests);
    }

    private static CimException.Kind causeOf(HypervisorException failure) {
        assertThat(failure).hasCauseInstanceOf(CimException.class);
        return ((CimException) failure.getCause()).kind();
    }
}
