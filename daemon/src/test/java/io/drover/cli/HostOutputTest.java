package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.VmStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the commands about hosts print, for people and for programs. */
class HostOutputTest {
    @TempDir
    private Path home;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        Path services = Files.writeString(home.resolve("services"), FakeHosts.class.getName() + "\n");
        Thread.currentThread()
                .setContextClassLoader(FakeHosts.loader(before, services.toUri().toURL()));
        cluster = new FakeCluster()
                .status(GetStatusResponse.newBuilder()
                        .addVms(VmStatus.newBuilder().setName("web"))
                        .build());
    }

    @AfterEach
    void stop() {
        Thread.currentThread().setContextClassLoader(before);
        cluster.close();
    }

    private Run.Result run(String command) {
        return new Run(home).agents(cluster.address()).drover(("host " + command).split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({
        "settings hv1 hv2 hv3,host-settings,1",
        "setup hv1 hv2 hv3,host-setup,1",
        "setup hv1 hv2 hv3 --dry-run,host-setup-dry-run,1",
        "verify hv1 hv2 hv3,host-verify,3",
        "verify hv1 hv2 hv3 --all,host-verify-all,3",
        "smoke-test hv1 --output-folder records,host-smoke-test,1"
    })
    void printsTheSameInEveryFormAsBefore(String command, String golden, int exit) throws IOException {
        Run.Result text = run(command);
        Golden.assertOutput(golden + ".txt", text.out());
        assertThat(text.exit()).isEqualTo(exit);
        Run.Result json = run(command + " -o json");
        Golden.assertOutput(golden + ".json", json.out());
        assertThat(json.exit()).isEqualTo(exit);
    }

    @Test
    void nothingIsSetUpUnlessAPersonAgrees() {
        Run.Result refused =
                new Run(home).agents(cluster.address()).atTerminal("n").drover("host", "setup", "hv1", "hv2", "hv3");

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("start action of web").doesNotContain("done");
    }
}
