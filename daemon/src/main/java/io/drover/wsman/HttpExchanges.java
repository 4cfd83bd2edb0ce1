package io.drover.wsman;

import io.drover.answer.BoundedBody;
import io.drover.answer.Words;
import io.drover.wsman.CimException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Sends requests to one host and brings back its answers, over a bounded number of connections with one request at a
 * time on each: HTTP/1.1, no redirects, no proxy. For any thread.
 */
final class HttpExchanges implements AutoCloseable {
    private static final int UNAUTHORIZED = 401;

    private final WsmanSettings settings;
    private final Prover prover;
    private final HttpClient client;
    private final Semaphore connections;
    private final Map<NotedBody, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private volatile boolean closed;

    HttpExchanges(WsmanSettings settings, Prover prover) {
        this.settings = settings;
        this.prover = prover;
        this.connections = new Semaphore(settings.limits().connections(), true);
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(settings.limits().connectTimeout())
                .executor(Executors.newCachedThreadPool(HttpExchanges::thread));
        settings.tls().ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "wsman-http");
        thread.setDaemon(true);
        return thread;
    }

    /** An answer: HTTP's code, and the whole of the body. */
    static final class Answer {
        private final int status;
        private final byte[] body;

        private Answer(HttpResponse<byte[]> response) {
            this.status = response.statusCode();
            this.body = response.body();
        }

        int status() {
            return status;
        }

        byte[] body() {
            return body;
        }
    }

    /** A connection that did not bring an answer. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1;
        private final boolean sent;

        Broken(Throwable cause, boolean sent) {
            super(cause);
            this.sent = sent;
        }
    }

    /**
     * Makes one request. If a kept connection turns out to have been closed by the host, it is made once more; but only
     * if nothing had been sent, or if doing it twice is as good as once.
     *
     * @param repeatable whether doing it twice is as good as doing it once
     * @throws CimException if there is no answer
     */
    Answer send(Envelopes.Request request, boolean repeatable, Deadline deadline) {
        for (boolean again = false; ; again = true) {
            try {
                return sendOnce(request, deadline);
            } catch (Broken e) {
                if (closed) {
                    // A cancelled exchange may end as a broken one.
                    throw cancelled(request, e.sent, "the session was closed");
                }
                if (again || !isConnectionLost(e) || (e.sent && !repeatable) || deadline.isOver()) {
                    throw failure(request, e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw cancelled(request, false, "interrupted");
            }
        }
    }

    private Answer sendOnce(Envelopes.Request request, Deadline deadline) throws Broken, InterruptedException {
        if (closed) {
            throw cancelled(request, false, "the session is closed");
        }
        if (!connections.tryAcquire(deadline.remainingNs(), TimeUnit.NANOSECONDS)) {
            throw CimException.of(
                            Kind.BUSY,
                            about(request) + "all " + settings.limits().connections() + " connections were in use for "
                                    + deadline.whole())
                    .build();
        }
        try {
            Optional<Answer> answer = sendProven(request, deadline, true);
            // Refused at the door, it was not carried out, whatever it is: it may be sent once more.
            return answer.isPresent()
                    ? answer.get()
                    : sendProven(request, deadline, false).orElseThrow();
        } finally {
            connections.release();
        }
    }

    /**
     * Sends a request with a proof.
     *
     * @param mayRenew whether another attempt is possible
     * @return empty if it was refused for a proof in whose place there may be another
     */
    private Optional<Answer> sendProven(Envelopes.Request request, Deadline deadline, boolean mayRenew)
            throws Broken, InterruptedException {
        try (Prover.Proof proof = prover.begin(deadline)) {
            NotedBody body = new NotedBody(request.document());
            HttpResponse<byte[]> response = await(request, http(proof, body), body, deadline);
            if (response.statusCode() == UNAUTHORIZED && proof.isOutdated() && mayRenew && !deadline.isOver()) {
                return Optional.empty();
            }
            proof.check(response.statusCode(), response.headers());
            return Optional.of(new Answer(response));
        }
    }

    private HttpRequest http(Prover.Proof proof, NotedBody body) {
        return HttpRequest.newBuilder(settings.endpoint())
                .header("Content-Type", Wire.CONTENT_TYPE)
                .header("Authorization", proof.authorization())
                .POST(body)
                .build();
    }

    private HttpResponse<byte[]> await(Envelopes.Request request, HttpRequest http, NotedBody body, Deadline deadline)
            throws Broken {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(
                http, headers -> new BoundedBody(settings.limits().answerBytes()));
        underWay.put(body, answer);
        try {
            if (closed) {
                throw cancelled(request, body.mayHaveBeenSent(), "the session is closed");
            }
            return answer.get(deadline.remainingNs(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw CimException.of(Kind.TIMED_OUT, about(request) + "no whole answer within " + deadline.whole())
                    .outcomeUnknown(body.mayHaveBeenSent())
                    .cause(e)
                    .build();
        } catch (ExecutionException e) {
            throw new Broken(e.getCause() == null ? e : e.getCause(), body.mayHaveBeenSent());
        } catch (CancellationException e) {
            throw cancelled(request, body.mayHaveBeenSent(), "the session was closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled(request, body.mayHaveBeenSent(), "interrupted");
        } finally {
            underWay.remove(body);
            // Of an answer that has not come it ends the connection, of one that has nothing.
            answer.cancel(true);
        }
    }

    private static boolean isConnectionLost(Broken broken) {
        Throwable cause = broken.getCause();
        return cause instanceof IOException
                && !(cause instanceof ConnectException)
                && !(cause instanceof HttpConnectTimeoutException)
                && !(cause instanceof SSLException)
                && !isTooLarge(cause);
    }

    private CimException failure(Envelopes.Request request, Broken broken) {
        Throwable cause = broken.getCause() == null ? broken : broken.getCause();
        if (isTooLarge(cause)) {
            return CimException.of(
                            Kind.PROTOCOL,
                            about(request) + "the answer is larger than "
                                    + settings.limits().answerBytes() + " bytes")
                    .outcomeUnknown(true)
                    .remedy("expected: a narrower query, or a larger limit")
                    .build();
        }
        CimException.Builder builder = isTls(cause) ? tls(request, cause) : transport(request, cause, broken.sent);
        return builder.outcomeUnknown(broken.sent).cause(cause).build();
    }

    private CimException.Builder tls(Envelopes.Request request, Throwable cause) {
        return CimException.of(Kind.TLS, about(request) + "no TLS: " + reason(cause))
                .remedy("expected: a certificate for " + settings.endpoint().getHost()
                        + " from an authority that is trusted here");
    }

    private CimException.Builder transport(Envelopes.Request request, Throwable cause, boolean sent) {
        return sent
                ? CimException.of(Kind.TRANSPORT, about(request) + "the connection broke: " + reason(cause))
                : CimException.of(Kind.TRANSPORT, about(request) + "no connection: " + reason(cause))
                        .remedy("expected: a host that is up, with WinRM listening there");
    }

    private static boolean isTls(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SSLException || each instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    private static boolean isTooLarge(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof BoundedBody.TooLarge) {
                return true;
            }
        }
        return false;
    }

    /** The innermost of a chain of causes is the one that knows. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof CertificateException)) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return Words.of(cause.getClass().getSimpleName() + message);
    }

    private CimException cancelled(Envelopes.Request request, boolean sent, String why) {
        return CimException.of(Kind.CANCELLED, about(request) + why)
                .outcomeUnknown(sent)
                .build();
    }

    private String about(Envelopes.Request request) {
        return request.what() + " at " + settings.endpoint() + ": ";
    }

    /**
     * Ends what is under way. Java 17's client has no end of its own: idle connections and the thread that watches them
     * go when this object is garbage.
     */
    @Override
    public void close() {
        closed = true;
        underWay.values().forEach(each -> each.cancel(true));
        prover.close();
    }
}
