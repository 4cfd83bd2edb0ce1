package io.drover.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.drover.api.http.Pages.Condition;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("integration")
class PageServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FakePages pages = new FakePages();
    private PageServer server;

    @BeforeEach
    void start() {
        server = PageServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages);
    }

    @AfterEach
    void stop() {
        pages.release.countDown();
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /             | text/html; charset=utf-8                  | <title>Drover</title>
                    /page.js      | text/javascript; charset=utf-8            | status.json
                    /page.css     | text/css; charset=utf-8                   | body
                    /metrics      | text/plain; version=0.0.4; charset=utf-8  | drover_epoch 1
                    /status.json  | application/json                          | {"cluster":"größe"}
                    /status.json?a=b | application/json                       | {"cluster":"größe"}
                    /healthz      | text/plain; charset=utf-8                 | turning
                    /readyz       | text/plain; charset=utf-8                 | joined
                    """)
    void pageIsServedWithItsType(String path, String type, String content) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(type);
        assertThat(answer.body()).contains(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics", "/healthz", "/nothing"})
    void everyAnswerForbidsWhatAPageOfOursNeverNeeds(String path) throws Exception {
        var headers = get(path).headers();

        assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void pageLoadsNothingFromElsewhereAndHasNoScriptInItsText() throws Exception {
        String html = get("/").body();

        assertThat(html)
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("<script>")
                .doesNotContainPattern("\\son[a-z]+=");
    }

    @Test
    void scriptNeverMakesMarkupOfData() throws Exception {
        assertThat(get("/page.js").body())
                .doesNotContain("innerHTML")
                .doesNotContain("outerHTML")
                .doesNotContain("insertAdjacentHTML")
                .doesNotContain("document.write")
                .doesNotContain("eval(");
    }

    @Test
    void conditionThatDoesNotHoldIsUnavailableWithItsReason() throws Exception {
        pages.alive = new Condition(false, "the event loop has not turned for 7 s (limit 5 s)");
        pages.ready = new Condition(false, "not connected to ZooKeeper");

        assertThat(get("/healthz")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("the event loop has not turned for 7 s (limit 5 s)\n");
        });
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() throws Exception {
        HttpResponse<String> head = send(request("/metrics").method("HEAD", BodyPublishers.noBody()));

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length"))
                .isEqualTo(get("/metrics").headers().firstValue("Content-Length"));
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void otherMethodIsRefusedWithWhatIsAllowed(String method) throws Exception {
        HttpResponse<String> answer = send(request("/metrics").method(method, BodyPublishers.ofString("x")));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/metrics/",
                "//metrics",
                "/../etc/passwd",
                "/%2e%2e/etc/passwd",
                "/page.html",
                "/PageServer.class",
                "/page.js/..%2f..%2fmodel"
            })
    void pathThatIsNoPageIsNotFound(String path) throws Exception {
        assertThat(rawStatus("GET " + path + " HTTP/1.1")).isEqualTo("HTTP/1.1 404 Not Found");
    }

    @Test
    void pageThatFailsIsAnErrorWithoutItsInsides() throws Exception {
        pages.failure = "secret insides";

        HttpResponse<String> answer = get("/status.json");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void slowPagesNeverKeepTheHealthCheckWaiting() throws Exception {
        pages.blocking = true;
        List<CompletableFuture<HttpResponse<String>>> slow = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            slow.add(client.sendAsync(request("/status.json").build(), BodyHandlers.ofString()));
        }
        await().atMost(PATIENCE).until(() -> pages.waiting.get() == Router.SLOW_PAGES_MAX);

        assertThat(get("/healthz").statusCode()).isEqualTo(200);

        await().atMost(PATIENCE)
                .until(() ->
                        slow.stream().filter(CompletableFuture::isDone).count() == slow.size() - Router.SLOW_PAGES_MAX);
        pages.release.countDown();
        assertThat(slow.stream().map(CompletableFuture::join).map(HttpResponse::statusCode))
                .containsOnly(200, 503)
                .filteredOn(status -> status == 200)
                .hasSize(Router.SLOW_PAGES_MAX);
    }

    @Test
    void busyPortIsAProblemThatNamesTheKey() {
        InetSocketAddress busy = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());

        ProblemException failure = catchThrowableOfType(ProblemException.class, () -> PageServer.start(busy, pages));

        assertThat(failure.problem().kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(failure.problem().what()).contains(":" + server.port());
        assertThat(failure.problem().remedies().get(0)).contains("http");
    }

    @Test
    void portIsFreeAgainAfterTheEnd() {
        int port = server.port();
        server.close();

        try (PageServer next = PageServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), pages)) {
            assertThat(next.port()).isEqualTo(port);
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(PATIENCE);
    }

    /** Sends a path as it is: the client above would tidy it up. */
    private String rawStatus(String requestLine) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write((requestLine + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().findFirst().orElse("");
        }
    }

    private static final class FakePages implements Pages {
        private final CountDownLatch release = new CountDownLatch(1);
        private final AtomicInteger waiting = new AtomicInteger();
        private volatile Condition alive = new Condition(true, "turning");
        private volatile Condition ready = new Condition(true, "joined");
        private volatile String failure = "";
        private volatile boolean blocking;

        @Override
        public String metrics() {
            return "drover_epoch 1\n";
        }

        @Override
        public byte[] statusJson() {
            if (!failure.isEmpty()) {
                throw new IllegalStateException(failure);
            }
            if (blocking) {
                waiting.incrementAndGet();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return "{\"cluster\":\"größe\"}".getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Condition alive() {
            return alive;
        }

        @Override
        public Condition ready() {
            return ready;
        }
    }
}
