package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.sim.DroverSim;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code drover-sim hyperv-hosts} as a process. */
@Tag("integration")
class HypervHostsCommandTest {
    @TempDir
    private Path directory;

    @Test
    void hostsAnswerAreControlledAndEndWhenTheyAreTold() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                DroverSim.class.getName(),
                "hyperv-hosts",
                "--hosts",
                "2",
                "--vms",
                "3",
                "--http",
                "--basic",
                "--speed",
                "20",
                "--storage",
                directory.toString(),
                "--misbehave",
                "invalid-state@hv2",
                "-o",
                "json");
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        try (BufferedReader said = process.inputReader()) {
            JsonNode addresses = json(said);
            Caller hv1 = new Caller(URI.create(addresses.at("/hosts/hv1").asText()));
            Caller hv2 = new Caller(URI.create(addresses.at("/hosts/hv2").asText()));
            assertThat(hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE Name <> __SERVER"))
                    .hasSize(2);
            String second = EmulatedHosts.spec(2).id();
            assertThat(hv2.requestState(second, 9).returnValue()).isEqualTo(32775);
            URI control = URI.create(addresses.at("/control").asText());
            assertThat(control(control, "misbehave?name=invalid-state&host=hv2&on=false"))
                    .isEqualTo(200);
            assertThat(hv2.requestState(second, 9).returnValue()).isEqualTo(4096);
            assertThat(control(control, "misbehave?name=nothing")).isEqualTo(400);
            assertThat(control(control, "fail-next?host=hv2&work=start&message=3122&hresult=0x8007000E"))
                    .isEqualTo(200);
            assertThat(control(control, "fail-next?host=hv2&work=rest")).isEqualTo(400);
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(io.drover.sim.hyperv.storage.GuestTruth.read(directory).vms())
                .hasSize(3);
    }

    private static JsonNode json(BufferedReader said) throws IOException {
        StringBuilder text = new StringBuilder();
        String line = said.readLine();
        while (line != null && !line.equals("}")) {
            text.append(line);
            line = said.readLine();
        }
        return new ObjectMapper().readTree(text.append("}").toString());
    }

    private static int control(URI control, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(control.resolve(path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void wrongOptionsAreRefusedWithWhatWouldBeRight() {
        java.io.StringWriter err = new java.io.StringWriter();
        var command = DroverSim.commandLine().setErr(new java.io.PrintWriter(err));
        List.of("--hosts=0", "--vms=-1", "--port=70000", "--speed=0", "--locale=xx", "--misbehave=nothing")
                .forEach(each -> assertThat(command.execute("hyperv-hosts", each))
                        .as(each)
                        .isEqualTo(2));
        assertThat(err.toString()).contains("hosts: 0 (expected: 1 to 64)", "migration-hangs");
    }

    @Test
    void portThatIsTakenIsNamed() throws IOException {
        java.io.StringWriter err = new java.io.StringWriter();
        var command = DroverSim.commandLine().setErr(new java.io.PrintWriter(err));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            for (String option : List.of("--port", "--control-port")) {
                assertThat(command.execute(
                                "hyperv-hosts",
                                "--hosts=1",
                                "--vms=0",
                                "--http",
                                "--basic",
                                "--storage=" + directory,
                                option,
                                port))
                        .as(option)
                        .isNotZero();
            }
            assertThat(err.toString()).contains("port " + port + ": ");
        }
    }
}
