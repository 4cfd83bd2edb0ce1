package io.drover.wsman;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/**
 * A request's body that notes whether the HTTP client has asked for it. It does so only when it has a connection, and
 * without its body a request makes no host do anything: as long as it was not asked for, nothing has been done.
 */
final class NotedBody implements BodyPublisher {
    private final BodyPublisher bytes;
    private volatile boolean asked;

    NotedBody(String document) {
        this.bytes = BodyPublishers.ofString(document);
    }

    boolean mayHaveBeenSent() {
        return asked;
    }

    @Override
    public long contentLength() {
        return bytes.contentLength();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        asked = true;
        bytes.subscribe(subscriber);
    }
}
