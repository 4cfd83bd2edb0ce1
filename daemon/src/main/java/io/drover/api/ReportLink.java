package io.drover.api;

import io.drover.model.NodeReport;
import io.drover.proto.v1.Cancellation;
import io.drover.proto.v1.ReportRequest;
import io.drover.proto.v1.ReportResponse;
import io.drover.proto.v1.ReportServiceGrpc;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This node's stream of reports to the coordinator. A broken stream is opened again by the next report; a report that
 * cannot be sent is dropped, for the next one says everything anew. Any thread.
 */
public final class ReportLink implements AutoCloseable {
    private final Consumer<List<Cancellation>> cancellations;
    private @Nullable Channel channel;
    private @Nullable Stream stream;

    /** Tells the moves that the coordinator wants cancelled, on a thread of gRPC. */
    public ReportLink(Consumer<List<Cancellation>> cancellations) {
        this.cancellations = cancellations;
    }

    /** Where the coordinator is reached from now on; empty: nowhere. */
    public synchronized void to(Optional<Channel> coordinator) {
        Channel next = coordinator.orElse(null);
        if (next != channel) {
            drop();
            channel = next;
        }
    }

    /** Sends a report, if the coordinator can be reached and takes it at once. */
    public synchronized void send(NodeReport report) {
        if (channel == null) {
            return;
        }
        if (stream == null) {
            stream = new Stream();
            ReportServiceGrpc.newStub(channel).withWaitForReady().report(stream);
        }
        stream.send(ReportCodec.toProto(report));
    }

    private synchronized void ended(Stream which) {
        if (stream == which) {
            stream = null;
        }
    }

    private void drop() {
        if (stream != null) {
            stream.end();
            stream = null;
        }
    }

    @Override
    public synchronized void close() {
        drop();
        channel = null;
    }

    private final class Stream implements ClientResponseObserver<ReportRequest, ReportResponse> {
        private @Nullable ClientCallStreamObserver<ReportRequest> out;
        private @Nullable ReportRequest latest;

        @Override
        public synchronized void beforeStart(ClientCallStreamObserver<ReportRequest> requestStream) {
            out = requestStream;
            requestStream.setOnReadyHandler(this::flush);
        }

        /** Only the latest report is of interest: one that could not be sent yet is replaced. */
        synchronized void send(ReportRequest report) {
            latest = report;
            flush();
        }

        private synchronized void flush() {
            if (out != null && latest != null && out.isReady()) {
                out.onNext(latest);
                latest = null;
            }
        }

        synchronized void end() {
            if (out != null) {
                out.cancel("the coordinator has changed", null);
            }
        }

        @Override
        public void onNext(ReportResponse response) {
            if (response.getCancellationsCount() > 0) {
                cancellations.accept(response.getCancellationsList());
            }
        }

        @Override
        public void onError(Throwable failure) {
            ended(this);
        }

        @Override
        public void onCompleted() {
            ended(this);
        }
    }
}
