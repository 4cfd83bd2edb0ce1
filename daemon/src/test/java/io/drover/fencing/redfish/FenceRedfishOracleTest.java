package io.drover.fencing.redfish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the fake service to what a client that we have not written understands of Redfish. */
@Tag("integration")
class FenceRedfishOracleTest {
    @TempDir
    Path folder;

    @Test
    void independentClientUnderstandsTheFakeService() throws Exception {
        Certificates certificate = Certificates.of(folder, "ip:127.0.0.1");
        try (FakeRedfish service = new FakeRedfish(certificate.server())) {
            FakeRedfish.Computer system = service.add("1", UUID.randomUUID());
            Path authority = certificate.pem();

            assertThat(run(service, authority, "status", FakeRedfish.PASSWORD)).isZero();
            assertThat(run(service, authority, "off", FakeRedfish.PASSWORD)).isZero();
            assertThat(system.powered).isFalse();
            assertThat(run(service, authority, "status", FakeRedfish.PASSWORD)).isEqualTo(2);
            assertThat(run(service, authority, "on", FakeRedfish.PASSWORD)).isZero();
            assertThat(system.powered).isTrue();
            assertThat(run(service, authority, "off", "wrong")).isEqualTo(1);
            assertThat(system.powered).isTrue();
        }
    }

    private int run(FakeRedfish service, Path authority, String action, String password)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("/usr/sbin/fence_redfish")
                .redirectErrorStream(true)
                .redirectOutput(Files.createTempFile(folder, "out", "").toFile());
        builder.environment().put("REQUESTS_CA_BUNDLE", authority.toString());
        Process process = builder.start();
        try (OutputStream options = process.getOutputStream()) {
            options.write(
                    "action=%s%nip=127.0.0.1%nipport=%d%nusername=%s%npassword=%s%nssl=1%nssl_secure=1%npower_wait=0%n"
                            .formatted(action, service.port(), FakeRedfish.USER, password)
                            .getBytes(StandardCharsets.UTF_8));
        }
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
