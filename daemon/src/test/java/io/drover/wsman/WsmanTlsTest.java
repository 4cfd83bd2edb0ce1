package io.drover.wsman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drover.wsman.CimException.Kind;
import io.drover.wsman.WsmanAuthentication.Basic;
import io.drover.wsman.WsmanAuthentication.ClientCertificate;
import io.drover.wsman.WsmanAuthentication.Kerberos;
import io.drover.wsman.WsmanAuthentication.Ticket;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may be talked to, and how one proves who one is over TLS. */
class WsmanTlsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String IDENTIFIED = Soap.envelope(
            "",
            "<i:IdentifyResponse xmlns:i=\"" + Wire.IDENTITY
                    + "\"><i:ProductVendor>v</i:ProductVendor></i:IdentifyResponse>");

    @TempDir
    static Path folder;

    private static TlsFiles localhost;
    private static TlsFiles other;

    @BeforeAll
    static void certificates() throws IOException, GeneralSecurityException {
        localhost = TlsFiles.of(folder, "dns:localhost");
        other = TlsFiles.of(folder, "dns:other.example");
    }

    private static WsmanSettings settings(ScriptedHost host, WsmanAuthentication authentication, SSLContext tls) {
        return WsmanSettings.of(host.endpoint("localhost"), authentication, tls);
    }

    @Test
    void basicGoesOverHttps() throws Exception {
        try (ScriptedHost host = ScriptedHost.overHttps(localhost.having(Optional.empty()), false)
                        .then(200, IDENTIFIED);
                WsmanSession session = WsmanSession.of(
                        settings(host, new Basic("ユーザー", () -> "pässword".toCharArray()), localhost.trusting()))) {
            assertThat(session.identify(LONG).vendor()).isEqualTo("v");
            String pair = new String(
                    java.util.Base64.getDecoder()
                            .decode(host.authorizations.get(0).substring(6)),
                    java.nio.charset.StandardCharsets.UTF_8);
            assertThat(pair).isEqualTo("ユーザー:pässword");
        }
    }

    @Test
    void aClientCertificateIsShownAndAnnounced() throws Exception {
        try (ScriptedHost host = ScriptedHost.overHttps(localhost.having(Optional.of(other)), true)
                        .then(200, IDENTIFIED);
                WsmanSession session = WsmanSession.of(
                        settings(host, new ClientCertificate(), other.having(Optional.of(localhost))))) {
            assertThat(session.identify(LONG).vendor()).isEqualTo("v");
            assertThat(host.authorizations)
                    .containsExactly("http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual");
        }
    }

    @Test
    void withoutTheCertificateThatTheHostAsksForThereIsNoTls() throws Exception {
        try (ScriptedHost host = ScriptedHost.overHttps(localhost.having(Optional.of(other)), true)
                        .then(200, IDENTIFIED);
                WsmanSession session = WsmanSession.of(settings(host, new ClientCertificate(), localhost.trusting()))) {
            assertThat(catchThrowableOfType(CimException.class, () -> session.identify(LONG))
                            .kind())
                    .isIn(Kind.TLS, Kind.TRANSPORT);
            assertThat(host.requests).isEmpty();
        }
    }

    @Test
    void aHostThatIsNotTrustedGetsNothing() throws Exception {
        try (ScriptedHost host = ScriptedHost.overHttps(localhost.having(Optional.empty()), false);
                WsmanSession session =
                        WsmanSession.of(settings(host, new Basic("u", () -> "p".toCharArray()), other.trusting()))) {
            CimException failure = catchThrowableOfType(CimException.class, () -> session.identify(LONG));
            assertThat(failure.kind()).isEqualTo(Kind.TLS);
            assertThat(failure.isOutcomeUnknown()).isFalse();
            assertThat(host.requests).isEmpty();
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        try (ScriptedHost host = ScriptedHost.overHttps(other.having(Optional.empty()), false);
                WsmanSession session =
                        WsmanSession.of(settings(host, new Basic("u", () -> "p".toCharArray()), other.trusting()))) {
            assertThat(catchThrowableOfType(CimException.class, () -> session.identify(LONG))
                            .kind())
                    .isEqualTo(Kind.TLS);
            assertThat(host.requests).isEmpty();
        }
    }

    @Test
    void aHostThatDoesNotSpeakTlsIsAFailureOfTls() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread host = new Thread(() -> answerInTheClear(listener));
            host.start();
            try (WsmanSession session = WsmanSession.of(WsmanSettings.of(
                    URI.create("https://localhost:" + listener.getLocalPort() + "/wsman"),
                    new Basic("u", () -> "p".toCharArray()),
                    localhost.trusting()))) {
                CimException failure = catchThrowableOfType(CimException.class, () -> session.identify(LONG));
                assertThat(failure.kind()).isEqualTo(Kind.TLS);
                assertThat(failure.isOutcomeUnknown()).isFalse();
            }
            host.join();
        }
    }

    private static void answerInTheClear(ServerSocket listener) {
        try (Socket connection = listener.accept()) {
            // As hosts do: an answer to nothing may reach the client before it has begun to speak, and is no handshake
            // then.
            int unused = connection.getInputStream().read();
            RawHost.write(connection, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            // Until the other side leaves.
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // It left.
        }
    }

    @Test
    void plainHttpIsRefusedUnlessATestAsksForIt() {
        URI plain = URI.create("http://hv1.corp.example:5985/wsman");
        Basic basic = new Basic("u", () -> "p".toCharArray());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WsmanSettings(plain, basic, Optional.empty(), false, WsmanLimits.USUAL))
                .withMessageContaining("in the clear");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WsmanSettings(
                        plain, Kerberos.with(new Ticket.OfSystem()), Optional.empty(), true, WsmanLimits.USUAL));
        assertThat(basic.toString()).doesNotContain("p]").contains("user=u");
    }

    @Test
    void kerberosNeedsANameNotAnAddress() {
        for (String address : new String[] {"192.0.2.1", "[2001:db8::1]"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> WsmanSettings.of(
                            URI.create("https://" + address + ":5986/wsman"),
                            Kerberos.with(new Ticket.OfSystem()),
                            localhost.trusting()))
                    .withMessageContaining("the host's full name");
        }
    }
}
