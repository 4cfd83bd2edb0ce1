package io.drover.transport.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.transport.Channels;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseServiceTest {
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final VoterSet FIRST = VoterSet.NONE.with(A);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Channels channels = new Channels();
    private final LeaseClient client = new LeaseClient(channels);

    @TempDir
    private Path folder;

    private VoterDesk desk;
    private Server server;

    @BeforeEach
    void begin() throws IOException {
        desk = VoterDesk.open(A, LeaseTerms.DEFAULTS, new VoterDisk(folder), System::nanoTime);
        server = serve(0);
    }

    private Server serve(int port) throws IOException {
        return Channels.accept(
                        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                .addService(new LeaseServer(desk))
                .build()
                .start();
    }

    @AfterEach
    void end() {
        channels.close();
        server.shutdownNow();
    }

    private String address() {
        return "127.0.0.1:" + server.getPort();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private LeaseClient.Renewed renew(long incarnation, long version) throws Exception {
        return get(client.renew(address(), B, incarnation, version, DEADLINE));
    }

    @Test
    void votersAnswersArriveAsTheyWereMeant() throws Exception {
        assertThat(renew(1, 0).granted()).isFalse();
        assertThat(renew(1, 0).reason()).contains("has not been told who votes");

        LeaseClient.Announced known =
                get(client.announce(address(), FIRST.nowKnown().with(B), Map.of(), 1, DEADLINE));
        assertThat(known.refusal()).contains("has lost what it had on disk");
        known = get(client.announce(address(), FIRST, Map.of(), 1, DEADLINE));
        assertThat(known).isEqualTo(new LeaseClient.Announced(1, ""));

        assertThat(renew(1, 1).granted()).isTrue();
        assertThat(renew(1, 1).promised()).isEqualTo(LeaseTerms.DEFAULTS.duration());
        assertThat(renew(1, 0).voters()).isEqualTo(FIRST);
        assertThat(get(client.revoke(address(), B, 1, 1, DEADLINE)))
                .isPositive()
                .isLessThanOrEqualTo(LeaseTerms.DEFAULTS.duration());
        assertThat(renew(1, 1).revoked()).isTrue();
        assertThat(renew(2, 1).granted()).isTrue();
    }

    @Test
    void voterThatCannotWriteDoesNotAnswerARevocation() throws IOException {
        java.nio.file.Files.createDirectory(folder.resolve("voter.new"));

        assertThatThrownBy(() -> get(client.revoke(address(), B, 1, 1, DEADLINE)))
                .hasMessageContaining("its disk cannot be written");
    }

    @Test
    void renewalAfterADeadConnectionTakesANewOne() throws Exception {
        int port = server.getPort();
        get(client.announce(address(), FIRST, Map.of(), 1, DEADLINE));
        server.shutdownNow().awaitTermination();
        // It takes connections, and never says anything.
        try (ServerSocket silent = new ServerSocket(port, 5, InetAddress.getLoopbackAddress())) {
            assertThat(silent.isBound()).isTrue();
            // The first may still go by the connection that is being closed, which says so in several ways.
            String failure = "DEADLINE|UNAVAILABLE";
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> get(client.renew("127.0.0.1:" + port, B, 1, 1, Duration.ofMillis(200))))
                        .message()
                        .containsPattern(failure);
                failure = "DEADLINE";
            }
        }
        server = serve(port);

        assertThat(get(client.renew(address(), B, 1, 1, Duration.ofSeconds(2))).granted())
                .as("no wait for the next try to connect")
                .isTrue();
    }
}
