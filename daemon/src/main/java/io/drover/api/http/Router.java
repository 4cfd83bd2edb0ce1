package io.drover.api.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.drover.api.http.Pages.Condition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the page for a request. Paths are compared as a whole: none of them names a file. */
final class Router implements HttpHandler {
    /** Pages that ask other parts of the agent and may wait for them; the others always find a free thread. */
    static final int SLOW_PAGES_MAX = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final String ALLOWED = "GET, HEAD";
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Semaphore slowPages = new Semaphore(SLOW_PAGES_MAX);
    private final Map<String, Supplier<Page>> routes;

    Router(Pages pages) {
        Page html = Page.resource("page.html", "text/html; charset=utf-8");
        Page script = Page.resource("page.js", "text/javascript; charset=utf-8");
        Page style = Page.resource("page.css", "text/css; charset=utf-8");
        routes = Map.of(
                "/", () -> html,
                "/page.js", () -> script,
                "/page.css", () -> style,
                "/healthz", () -> condition(pages.alive()),
                "/readyz", () -> condition(pages.ready()),
                "/metrics", () -> slow(() -> new Page(200, METRICS_TYPE, utf8(pages.metrics()))),
                "/status.json", () -> slow(() -> new Page(200, "application/json", pages.statusJson())));
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            answer(exchange, page(exchange));
        }
    }

    private Page page(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", ALLOWED);
            return Page.text(405, "method " + printable(method) + " is not allowed (expected: " + ALLOWED + ")");
        }
        String path = exchange.getRequestURI().getPath();
        Supplier<Page> route = routes.get(path == null ? "" : path);
        if (route == null) {
            return Page.text(404, "there is no such page (expected: /, /status.json, /metrics, /healthz or /readyz)");
        }
        try {
            return route.get();
        } catch (RuntimeException e) {
            LOG.warn("page {} failed", path, e);
            return Page.text(500, "the page failed; the agent's log says why");
        }
    }

    private Page slow(Supplier<Page> page) {
        if (!slowPages.tryAcquire()) {
            return Page.text(503, "busy with requests for this page; try again");
        }
        try {
            return page.get();
        } finally {
            slowPages.release();
        }
    }

    private static Page condition(Condition condition) {
        return Page.text(condition.holds() ? 200 : 503, condition.text());
    }

    private static void answer(HttpExchange exchange, Page page) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", page.type());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
                        + "form-action 'none'; frame-ancestors 'none'");
        if (page.status() == 503) {
            headers.set("Retry-After", "1");
        }
        if (exchange.getRequestMethod().equals("HEAD") || page.length() == 0) {
            headers.set("Content-Length", String.valueOf(page.length()));
            exchange.sendResponseHeaders(page.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(page.status(), page.length());
        page.writeTo(exchange.getResponseBody());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whatever a client sends as a method goes back as words, not as markup. */
    private static String printable(String method) {
        return Optional.of(method)
                .filter(text -> text.matches("[A-Za-z]{1,20}"))
                .orElse("?");
    }
}
