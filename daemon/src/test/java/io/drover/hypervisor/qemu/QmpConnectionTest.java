package io.drover.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol, spoken with a QEMU that says what the test wants. */
class QmpConnectionTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir
    Path folder;

    private ServerSocketChannel server;
    private QmpConnection connection;

    @BeforeEach
    void listen() throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("qmp")));
        connection = QmpConnection.open("vm1", folder.resolve("qmp"));
    }

    @AfterEach
    void close() throws IOException {
        connection.close();
        server.close();
    }

    @Test
    void answersFindTheirQuestionsInAnyOrder() throws Exception {
        Qemu qemu = greeted();
        var first = connection.send("first", QmpConnection.arguments());
        var second = connection.send("second", QmpConnection.arguments());
        assertThat(qemu.read()).contains("\"execute\":\"first\"", "\"id\":\"1\"");
        assertThat(qemu.read()).contains("\"execute\":\"second\"", "\"id\":\"2\"");
        qemu.write("{\"return\": {\"n\": 2}, \"id\": \"2\"}\r\n{\"return\": {\"n\": 1}, \"id\": \"1\"}\r\n");
        assertThat(connection.await("second", second, LONG).path("n").asInt()).isEqualTo(2);
        assertThat(connection.await("first", first, LONG).path("n").asInt()).isEqualTo(1);
    }

    @Test
    void questionBeforeTheGreetingIsAskedAfterIt() throws Exception {
        var early = connection.send("early", QmpConnection.arguments());
        Qemu qemu = greeted();
        assertThat(qemu.read()).contains("early");
        qemu.write("{\"return\": {}, \"id\": \"1\"}\n");
        assertThat(connection.await("early", early, LONG)).isEmpty();
    }

    @Test
    void questionThatNobodyWaitsForAnyMoreIsNeverAsked() throws Exception {
        assertUnreachable(() -> connection.ask("cont", SHORT));
        var wanted = connection.send("stop", QmpConnection.arguments());
        Qemu qemu = greeted();
        assertThat(qemu.read()).contains("stop");
        qemu.write("{\"return\": {}, \"id\": \"2\"}\n");
        assertThat(connection.await("stop", wanted, LONG)).isEmpty();
    }

    @Test
    void eventsAreTold() throws Exception {
        List<QmpEvent> told = new CopyOnWriteArrayList<>();
        connection.listen(told::add);
        greeted().write("{\"event\": \"MIGRATION\", \"data\": {\"status\": \"active\"}}\n{\"event\": \"STOP\"}\n");
        await().atMost(LONG).until(() -> told.size() == 2);
        assertThat(told.get(0).migrationStatus()).isEqualTo("active");
        assertThat(told.get(1).name()).isEqualTo("STOP");
    }

    @Test
    void silenceEndsAtTheDeadlineAndALateAnswerHarmsNobody() throws Exception {
        Qemu qemu = greeted();
        HypervisorException failure =
                catchThrowableOfType(HypervisorException.class, () -> connection.ask("slow", SHORT));
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        qemu.write("{\"return\": {\"late\": true}, \"id\": \"1\"}\n");
        var next = connection.send("next", QmpConnection.arguments());
        qemu.write("{\"return\": {\"late\": false}, \"id\": \"2\"}\n");
        assertThat(connection.await("next", next, LONG).path("late").asBoolean(true))
                .isFalse();
    }

    @Test
    void refusalCarriesTheWordsOfQemu() throws Exception {
        Qemu qemu = greeted();
        var answer = connection.send("cont", QmpConnection.arguments());
        qemu.write("{\"error\": {\"class\": \"GenericError\", \"desc\": \"Failed to get \\\"write\\\" lock\"},"
                + " \"id\": \"1\"}\n");
        HypervisorException failure =
                catchThrowableOfType(HypervisorException.class, () -> connection.await("cont", answer, LONG));
        assertThat(failure.kind()).isEqualTo(Kind.STORAGE_LOCKED);
        assertThat(failure)
                .hasMessageContaining("cont")
                .hasMessageContaining("vm1")
                .hasMessageContaining("lock");
    }

    @Test
    void endOfTheOtherSideFailsWhatWasAskedAndWhatIsAskedLater() throws Exception {
        Qemu qemu = greeted();
        var answer = connection.send("first", QmpConnection.arguments());
        qemu.channel().close();
        assertUnreachable(() -> connection.await("first", answer, LONG));
        assertThat(connection.isOpen()).isFalse();
        assertUnreachable(() -> connection.ask("second", LONG));
    }

    @Test
    void whatIsNotQemuIsNotSpokenWith() throws Exception {
        new Qemu(server.accept()).write("HTTP/1.1 200 OK\n");
        assertUnreachable(() -> connection.ask("first", LONG));
    }

    @Test
    void nobodyListeningEndsAtOnce() {
        QmpConnection nobody = QmpConnection.open("vm2", folder.resolve("none"));
        assertUnreachable(() -> nobody.ask("first", LONG));
        assertThat(nobody.isOpen()).isFalse();
    }

    private static void assertUnreachable(org.assertj.core.api.ThrowableAssert.ThrowingCallable act) {
        HypervisorException failure = catchThrowableOfType(HypervisorException.class, act);
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
    }

    private Qemu greeted() throws IOException {
        Qemu qemu = new Qemu(server.accept());
        qemu.write("{\"QMP\": {\"version\": {}}}\r\n");
        assertThat(qemu.read()).contains("qmp_capabilities");
        qemu.write("{\"return\": {}, \"id\": \"0\"}\r\n");
        return qemu;
    }

    /** The other side. */
    private record Qemu(SocketChannel channel, BufferedReader lines) {
        Qemu(SocketChannel channel) {
            this(channel, new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)));
        }

        String read() throws IOException {
            return lines.readLine();
        }

        void write(String text) throws IOException {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
