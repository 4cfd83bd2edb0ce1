package io.drover.wsman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.drover.wsman.CimException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hosts that are slow, broken or hostile: each call ends in its time, with the failure that it was. */
@Timeout(60)
class WsmanTroubleTest {
    private static final CimReference SERVICE = CimNamespace.VIRTUALIZATION
            .cimClass("Msvm_VirtualSystemManagementService")
            .singleton();
    private static final CimInvocation CALL =
            CimInvocation.of(SERVICE, "Anything").build();
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final String IDENTIFIED = Soap.envelope(
            "",
            "<i:IdentifyResponse xmlns:i=\"" + Wire.IDENTITY
                    + "\"><i:ProductVendor>v</i:ProductVendor></i:IdentifyResponse>");
    private static final String DONE =
            Soap.envelope("", Soap.output("X_Service", "Anything", "<p:ReturnValue>0</p:ReturnValue>"));

    private static CimException failure(WsmanSession session, Duration within) {
        return catchThrowableOfType(CimException.class, () -> session.invoke(CALL, within));
    }

    private static CimException answered(String body) throws IOException {
        return answered(body, WsmanLimits.USUAL);
    }

    private static CimException answered(String body, WsmanLimits limits) throws IOException {
        try (RawHost host = new RawHost((connection, request, all) -> {
                    RawHost.write(connection, RawHost.ok(body));
                    return true;
                });
                WsmanSession session = WsmanSession.of(host.settings().withLimits(limits))) {
            CimException failure = failure(session, LONG);
            assertThat(failure.isOutcomeUnknown()).as("what became of the call").isTrue();
            return failure;
        }
    }

    @Test
    void aDocumentTypeIsRefusedBeforeItsEntitiesAreLookedAt() throws IOException {
        StringBuilder laughs = new StringBuilder("<!DOCTYPE s [<!ENTITY a0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY a")
                    .append(i)
                    .append(" \"&a")
                    .append(i - 1)
                    .append(";&a")
                    .append(i - 1)
                    .append(";\">");
        }
        CimException failure = answered(laughs + "]><s>&a29;</s>");
        assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
        assertThat(failure).hasMessageContaining("document type");
    }

    @Test
    void anExternalEntityIsNotFetched() throws IOException {
        try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            elsewhere.setSoTimeout(1);
            CimException failure = answered("<!DOCTYPE s SYSTEM \"http://127.0.0.1:" + elsewhere.getLocalPort()
                    + "/x.dtd\" [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><s>&x;</s>");
            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThatThrownBy(elsewhere::accept).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void anAnswerThatIsTooLargeEndsTheConnectionWhileItComes() throws IOException {
        AtomicInteger sent = new AtomicInteger();
        try (RawHost host = new RawHost((connection, request, all) -> {
                    RawHost.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n");
                    String chunk = "x".repeat(10_000);
                    while (true) {
                        RawHost.write(connection, chunk);
                        sent.addAndGet(chunk.length());
                    }
                });
                WsmanSession session =
                        WsmanSession.of(host.settings().withLimits(WsmanLimits.USUAL.withAnswerBytes(100_000)))) {
            CimException failure = failure(session, LONG);
            assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
            assertThat(failure).hasMessageContaining("larger than 100000 bytes");
        }
        assertThat(sent.get()).isLessThan(50_000_000);
    }

    @Test
    void depthAndNumberOfElementsAreLimited() throws IOException {
        assertThat(answered("<a>".repeat(100) + "</a>".repeat(100))).hasMessageContaining("deeper than 32");
        WsmanLimits few = new WsmanLimits(1, LONG, LONG, 8192, 1 << 20, 32, 50);
        assertThat(answered("<a>" + "<b/>".repeat(100) + "</a>", few)).hasMessageContaining("more than 50 elements");
    }

    @Test
    void whatIsNotXmlOrNotSoapIsNoAnswer() throws IOException {
        for (String each : List.of(
                "",
                "<html>",
                "not xml at all",
                DONE.substring(0, DONE.length() / 2),
                DONE + "<",
                "<a/>",
                "<x xmlns:p='" + "a".repeat(100) + "'>&undefined;</x>")) {
            assertThat(answered(each).kind()).as(each).isEqualTo(Kind.PROTOCOL);
        }
    }

    @Test
    void anAnswerThatDripsDoesNotOutlastTheCall() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHost host = new RawHost((connection, request, all) -> {
                    RawHost.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                    while (!isOpen(over, 20)) {
                        RawHost.write(connection, " ");
                    }
                    return false;
                });
                WsmanSession session = WsmanSession.of(host.settings())) {
            CimException failure = failure(session, SHORT);
            over.countDown();
            assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
            assertThat(failure.isOutcomeUnknown()).isTrue();
        }
    }

    private static boolean isOpen(CountDownLatch latch, long ms) {
        try {
            return latch.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    @Test
    void silenceEndsAtTheDeadlineAndTheConnectionIsNotUsedAgain() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHost host = new RawHost((connection, request, all) -> {
                    if (all == 1) {
                        return isOpen(over, 60_000);
                    }
                    RawHost.write(connection, RawHost.ok(DONE));
                    return true;
                });
                WsmanSession session = WsmanSession.of(host.settings())) {
            assertThat(failure(session, SHORT).kind()).isEqualTo(Kind.TIMED_OUT);
            assertThat(session.invoke(CALL, LONG).returnValue()).isZero();
            assertThat(host.connections).hasValue(2);
            over.countDown();
        }
    }

    /** Else a host that is slow would hold more and more connections of ours, and answers that nobody reads. */
    @Test
    void aCallThatTimedOutClosesItsConnection() throws Exception {
        for (String begin : List.of("", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<s:Envelope")) {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            try (RawHost host = new RawHost((connection, request, all) -> {
                        RawHost.write(connection, begin);
                        closed.complete(isClosedFromElsewhere(connection));
                        return false;
                    });
                    WsmanSession session = WsmanSession.of(host.settings())) {
                assertThat(failure(session, SHORT).kind()).isEqualTo(Kind.TIMED_OUT);
                assertThat(closed.get(LONG.toSeconds(), TimeUnit.SECONDS))
                        .as("closed while the session is open, after: " + begin)
                        .isTrue();
            }
        }
    }

    /** Waits for the end of what the other side sends. */
    private static boolean isClosedFromElsewhere(Socket connection) throws IOException {
        connection.setSoTimeout((int) LONG.toMillis() / 2);
        try {
            return connection.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true; // A reset is an end too.
        }
    }

    @Test
    void aCallOverABrokenConnectionIsNeverRepeated() throws IOException {
        try (RawHost host = new RawHost((connection, request, all) -> {
                    if (request == 1 && all == 1) {
                        RawHost.write(connection, RawHost.ok(DONE));
                        return true;
                    }
                    RawHost.reset(connection);
                    return false;
                });
                WsmanSession session = WsmanSession.of(host.settings())) {
            assertThat(session.invoke(CALL, LONG).returnValue()).isZero();
            CimException failure = failure(session, LONG);
            assertThat(failure.kind()).isEqualTo(Kind.TRANSPORT);
            assertThat(failure.isOutcomeUnknown()).isTrue();
            assertThat(host.requests).as("the first, and the one that broke").hasValue(2);
        }
    }

    @Test
    void aReadOverAStaleConnectionIsRepeatedOnce() throws IOException {
        try (RawHost host = new RawHost((connection, request, all) -> {
                    if (request == 1) {
                        RawHost.write(connection, RawHost.ok(IDENTIFIED));
                        return true;
                    }
                    RawHost.reset(connection);
                    return false;
                });
                WsmanSession session = WsmanSession.of(host.settings())) {
            assertThat(session.identify(LONG).vendor()).isEqualTo("v");
            assertThat(session.identify(LONG).vendor()).isEqualTo("v");
            assertThat(host.requests).hasValue(3);
        }
    }

    @Test
    void aHostThatBreaksEveryConnectionIsAskedTwiceNotForEver() throws IOException {
        try (RawHost host = new RawHost((connection, request, all) -> {
                    RawHost.reset(connection);
                    return false;
                });
                WsmanSession session = WsmanSession.of(host.settings())) {
            CimException failure = catchThrowableOfType(CimException.class, () -> session.identify(LONG));
            assertThat(failure.kind()).isEqualTo(Kind.TRANSPORT);
            assertThat(host.requests).hasValue(2);
        }
    }

    @Test
    void aRefusedConnectionHasDoneNothing() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        try (WsmanSession session = WsmanSession.of(plain(URI.create("http://127.0.0.1:" + port + "/wsman")))) {
            CimException failure = failure(session, LONG);
            assertThat(failure.kind()).isEqualTo(Kind.TRANSPORT);
            assertThat(failure.isOutcomeUnknown()).isFalse();
            assertThat(failure.remedy()).isPresent();
        }
    }

    @Test
    void aNameThatDoesNotResolveHasDoneNothing() {
        try (WsmanSession session = WsmanSession.of(plain(URI.create("http://no-such-host.invalid:5985/wsman")))) {
            CimException failure = failure(session, LONG);
            assertThat(failure.kind()).isEqualTo(Kind.TRANSPORT);
            assertThat(failure.isOutcomeUnknown()).isFalse();
        }
    }

    private static WsmanSettings plain(URI endpoint) {
        return new WsmanSettings(
                endpoint,
                new WsmanAuthentication.Basic("u", () -> "p".toCharArray()),
                Optional.empty(),
                true,
                WsmanLimits.USUAL);
    }

    @Test
    void moreCallsThanConnectionsWaitAndThenSaySo() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger most = new AtomicInteger();
        AtomicInteger now = new AtomicInteger();
        ExecutorService callers = Executors.newCachedThreadPool();
        try (RawHost host = new RawHost((connection, request, all) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    release(release);
                    now.decrementAndGet();
                    RawHost.write(connection, RawHost.ok(DONE));
                    return true;
                });
                WsmanSession session =
                        WsmanSession.of(host.settings().withLimits(WsmanLimits.USUAL.withConnections(2)))) {
            List<Future<CimResult>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(callers.submit(() -> session.invoke(CALL, LONG)));
            }
            await().untilAsserted(() -> assertThat(host.requests).hasValue(2));
            CimException failure = failure(session, SHORT);
            assertThat(failure.kind()).isEqualTo(Kind.BUSY);
            assertThat(failure.isOutcomeUnknown()).isFalse();
            release.countDown();
            for (Future<CimResult> each : calls) {
                assertThat(each.get().returnValue()).isZero();
            }
            assertThat(most).hasValue(2);
            assertThat(host.connections).hasValueLessThanOrEqualTo(2);
        } finally {
            callers.shutdownNow();
        }
    }

    private static void release(CountDownLatch latch) throws IOException {
        if (!isOpen(latch, 60_000)) {
            throw new IOException("never released");
        }
    }

    @Test
    void interruptingACallEndsItAndLeavesTheThreadInterrupted() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHost host = new RawHost((connection, request, all) -> isOpen(over, 60_000));
                WsmanSession session = WsmanSession.of(host.settings())) {
            AtomicReference<CimException> failure = new AtomicReference<>();
            AtomicReference<Boolean> interrupted = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                failure.set(failure(session, LONG));
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            caller.start();
            await().untilAsserted(() -> assertThat(host.requests).hasValue(1));
            caller.interrupt();
            caller.join();
            over.countDown();
            assertThat(failure.get().kind()).isEqualTo(Kind.CANCELLED);
            assertThat(failure.get().isOutcomeUnknown()).isTrue();
            assertThat(interrupted.get()).isTrue();
        }
    }

    @Test
    void closingTheSessionEndsCallsThatAreUnderWayOrWaiting() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ExecutorService callers = Executors.newCachedThreadPool();
        try (RawHost host = new RawHost((connection, request, all) -> isOpen(over, 60_000))) {
            WsmanSession session = WsmanSession.of(host.settings().withLimits(WsmanLimits.USUAL.withConnections(1)));
            Future<CimResult> underWay = callers.submit(() -> session.invoke(CALL, LONG));
            await().untilAsserted(() -> assertThat(host.requests).hasValue(1));
            Future<CimResult> waiting = callers.submit(() -> session.invoke(CALL, LONG));
            session.close();
            for (Future<CimResult> each : List.of(underWay, waiting)) {
                assertThatThrownBy(each::get)
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                CimException.class,
                                failure -> assertThat(failure.kind()).isEqualTo(Kind.CANCELLED));
            }
            assertThat(failure(session, LONG).kind()).isEqualTo(Kind.CANCELLED);
            over.countDown();
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void aCallNeedsTime() throws IOException {
        try (RawHost host = new RawHost((connection, request, all) -> false);
                WsmanSession session = WsmanSession.of(host.settings())) {
            assertThatThrownBy(() -> session.identify(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
