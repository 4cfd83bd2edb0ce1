package io.drover.fencing.redfish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.drover.answer.BoundedBody;
import io.drover.answer.Words;
import io.drover.config.FencingConfig.Trust;
import io.drover.fencing.Deadline;
import io.drover.fencing.FencingException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * HTTPS to one Redfish service: no redirects, no proxy, answers of bounded size within a deadline. It knows the service
 * by nothing but the configured address and trust; a link that leads elsewhere is not followed. For any thread.
 */
final class ServiceConnection {
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    private static final int NESTING_MAX = 100;

    /** A controller on its own network answers a connection at once, or it is not there. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(NESTING_MAX)
                            .build())
                    .build())
            .build();

    private final URI service;
    private final Trust trust;
    private byte[] authorities = new byte[0];
    private @Nullable HttpClient client;

    ServiceConnection(URI service, Trust trust) {
        this.service = service;
        this.trust = trust;
    }

    /**
     * An answer.
     *
     * @param status HTTP's code
     * @param headers HTTP's headers
     * @param body the JSON; a missing node if there is none
     */
    record Answer(int status, HttpHeaders headers, JsonNode body) {
        boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        /** The code, and what the service says about it. */
        String words() {
            String message = body.at("/error/@Message.ExtendedInfo/0/Message").asText("");
            String text = message.isEmpty() ? body.at("/error/message").asText("") : message;
            return "HTTP " + status + (text.isEmpty() ? "" : " (" + Words.of(text) + ")");
        }
    }

    /**
     * Makes one request.
     *
     * @param path where, as the service wrote it or the configuration
     * @param token the session's; null without one
     * @param body JSON to send; null without one
     * @throws FencingException if there is no answer in time, or none that can be read
     */
    Answer send(String method, String path, @Nullable String token, @Nullable JsonNode body, Deadline deadline) {
        HttpRequest.Builder request = HttpRequest.newBuilder(within(path))
                .header("Accept", "application/json")
                .header("OData-Version", "4.0")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("X-Auth-Token", token);
        }
        String what = method + " " + path;
        HttpResponse<byte[]> response = await(what, request.build(), deadline);
        return new Answer(response.statusCode(), response.headers(), json(what, response));
    }

    private HttpResponse<byte[]> await(String what, HttpRequest request, Deadline deadline) {
        CompletableFuture<HttpResponse<byte[]>> answer =
                client().sendAsync(request, headers -> new BoundedBody(ANSWER_BYTES_MAX));
        try {
            return answer.get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new FencingException(what + ": no answer in time", e);
        } catch (ExecutionException e) {
            throw new FencingException(what + ": " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FencingException(what + ": interrupted", e);
        } finally {
            answer.cancel(true);
        }
    }

    /** The innermost of a chain of causes is the one that knows, but for a certificate the one that judged it. */
    private static String reason(ExecutionException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof CertificateException)) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        return Words.of(
                cause instanceof CertificateException
                        ? "the service is not trusted: " + message
                        : cause.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message));
    }

    private static JsonNode json(String what, HttpResponse<byte[]> response) {
        if (response.body().length == 0) {
            return MissingNode.getInstance();
        }
        try {
            return Optional.ofNullable(JSON.readTree(response.body())).orElseGet(MissingNode::getInstance);
        } catch (JsonProcessingException e) {
            // Its message quotes the answer, which may hold anything.
            throw new FencingException(
                    what + ": HTTP " + response.statusCode() + ", and the answer is not JSON (expected: Redfish)");
        } catch (IOException e) {
            throw new FencingException(what + ": " + e, e);
        }
    }

    /** A link of the service as a URL of this same service. */
    private URI within(String path) {
        try {
            URI link = new URI(path);
            boolean here = link.getScheme() == null && link.getRawAuthority() == null;
            if (here && path.startsWith("/") && link.getRawFragment() == null) {
                return URI.create(service + path);
            }
        } catch (URISyntaxException e) {
            throw new FencingException("link '" + Words.of(path) + "' is not a path (expected: an absolute path)", e);
        }
        throw new FencingException("link '" + Words.of(path) + "' leads away (expected: an absolute path)");
    }

    private synchronized HttpClient client() {
        byte[] now = ServiceTrust.authorities(trust);
        HttpClient present = client;
        if (present != null && Arrays.equals(now, authorities)) {
            return present;
        }
        HttpClient made = HttpClient.newBuilder()
                .sslContext(ServiceTrust.tls(trust, now))
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        client = made;
        authorities = now;
        return made;
    }

    /** Forgets the client: its threads end when its last request has. */
    synchronized void close() {
        client = null;
    }

    @Override
    public String toString() {
        return service.toString();
    }
}
