package io.drover.transport;

import io.drover.engine.migration.MigrationEvent;
import io.drover.proto.v1.MigrateRequest;
import io.drover.proto.v1.MigrateResponse;
import io.drover.proto.v1.MigrationServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens streams to targets, over the channels that all share. */
final class MigrationClient {
    /** Largest message from a target, in bytes. */
    private static final int RESPONSE_BYTES_MAX = 64 << 10;

    // The copy has a limit of its own; a stream that outlives it by this much is of use to nobody.
    private static final Duration STREAM_GRACE = Duration.ofMinutes(10);

    private final Channels channels;

    MigrationClient(Channels channels) {
        this.channels = channels;
    }

    /**
     * Opens a stream.
     *
     * @param heard told of what comes and, once, of the end; on threads of gRPC
     */
    Stream open(String address, Duration copyTimeout, Consumer<MigrationEvent> heard) {
        Stream stream = new Stream(heard);
        try {
            ManagedChannel channel = channels.to(address);
            // The target may have come back lately: what earlier calls found says nothing about now.
            channel.resetConnectBackoff();
            MigrationServiceGrpc.newStub(channel)
                    .withDeadlineAfter(copyTimeout.plus(STREAM_GRACE).toMillis(), TimeUnit.MILLISECONDS)
                    .withMaxInboundMessageSize(RESPONSE_BYTES_MAX)
                    // Messages are only passed on: a thread of their own would lengthen the blackout.
                    .withExecutor(Runnable::run)
                    .migrate(stream);
        } catch (IllegalStateException | IllegalArgumentException e) {
            stream.over("cannot reach " + address + ": " + MigrationSession.textOf(e));
        }
        return stream;
    }

    /** One stream. Its sending methods are for the loop only. */
    static final class Stream implements ClientResponseObserver<MigrateRequest, MigrateResponse> {
        private final Consumer<MigrationEvent> heard;
        private final AtomicBoolean isOver = new AtomicBoolean();
        private @Nullable ClientCallStreamObserver<MigrateRequest> requests;

        Stream(Consumer<MigrationEvent> heard) {
            this.heard = heard;
        }

        /** Says something; what is said after the end is lost, as it would be on the way. */
        void send(MigrateRequest request) {
            call().filter(open -> !isOver.get()).ifPresent(open -> {
                try {
                    open.onNext(request);
                } catch (IllegalStateException e) {
                    over(MigrationSession.textOf(e));
                }
            });
        }

        /** Ends it properly. */
        void end() {
            call().filter(open -> isOver.compareAndSet(false, true)).ifPresent(ClientCallStreamObserver::onCompleted);
        }

        /** Ends it with an error. */
        void cut(String why) {
            call().filter(open -> isOver.compareAndSet(false, true)).ifPresent(open -> open.cancel(why, null));
        }

        private Optional<ClientCallStreamObserver<MigrateRequest>> call() {
            return Optional.ofNullable(requests);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<MigrateRequest> requests) {
            this.requests = requests;
        }

        @Override
        public void onNext(MigrateResponse response) {
            try {
                heard.accept(MigrationCodec.event(response));
            } catch (IllegalArgumentException e) {
                over(MigrationSession.textOf(e));
                call().ifPresent(open -> open.cancel(MigrationSession.textOf(e), e));
            }
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            String text = Optional.ofNullable(status.getDescription()).orElse("");
            over(status.getCode() + (text.isEmpty() ? "" : ": " + text));
        }

        @Override
        public void onCompleted() {
            over("closed by the target");
        }

        private void over(String why) {
            if (isOver.compareAndSet(false, true)) {
                heard.accept(new MigrationEvent.StreamBroken(why));
            }
        }
    }
}
