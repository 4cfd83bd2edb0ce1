package io.drover.transport;

import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.MigrationOffer;
import io.drover.proto.v1.MigrateRequest;
import io.drover.proto.v1.MigrateResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** A stream that a source has opened, from the target's end. Everything but what gRPC calls is for the loop only. */
final class TargetStream implements StreamObserver<MigrateRequest> {
    /** What a source may have to say before its offer is answered: a cancel, and the end. */
    private static final int EARLY_MAX = 16;

    private final ServerCallStreamObserver<MigrateResponse> responses;
    private final Executor loop;
    private final Offered offered;
    private final List<MigrationEvent> early = new ArrayList<>();
    private Optional<MigrationSession> session = Optional.empty();
    private boolean isOffered;
    private boolean isOver;

    /** Told of the offer that a stream begins with. */
    interface Offered {
        /** On the loop. */
        void offered(MigrationOffer offer, TargetStream stream);
    }

    TargetStream(ServerCallStreamObserver<MigrateResponse> responses, Executor loop, Offered offered) {
        this.responses = responses;
        this.loop = loop;
        this.offered = offered;
        responses.setOnCancelHandler(() -> broken("cancelled by the source or the network"));
    }

    /** What comes from now on, and what has come since the offer, goes to the session. */
    void attach(MigrationSession session) {
        this.session = Optional.of(session);
        long now = System.nanoTime();
        early.forEach(event -> session.hear(event, now));
        early.clear();
    }

    boolean isOver() {
        return isOver;
    }

    /** Says something; what is said after the end is lost, as it would be on the way. */
    void send(MigrateResponse response) {
        if (!isOver) {
            responses.onNext(response);
        }
    }

    /** Ends it properly. */
    void end() {
        if (!isOver) {
            isOver = true;
            responses.onCompleted();
        }
    }

    /** Ends it with an error. */
    void cut(String why) {
        end(Status.ABORTED.withDescription(why));
    }

    @Override
    public void onNext(MigrateRequest request) {
        long now = System.nanoTime();
        loop.execute(() -> hear(request, now));
    }

    @Override
    public void onError(Throwable failure) {
        broken(Status.fromThrowable(failure).getCode().toString());
    }

    @Override
    public void onCompleted() {
        broken("closed by the source");
    }

    private void hear(MigrateRequest request, long nanos) {
        if (isOver) {
            return;
        }
        try {
            if (session.isPresent()) {
                session.get().hear(MigrationCodec.event(request), nanos);
            } else if (!isOffered && request.hasOffer()) {
                isOffered = true;
                offered.offered(OfferCodec.fromWire(request.getOffer()), this);
            } else if (isOffered && early.size() < EARLY_MAX) {
                early.add(MigrationCodec.event(request));
            } else {
                throw new IllegalArgumentException("message on a migration stream: " + request.getMessageCase()
                        + " (expected: OFFER first, and then its answer)");
            }
        } catch (IllegalArgumentException e) {
            String text = MigrationSession.textOf(e);
            end(Status.INVALID_ARGUMENT.withDescription(text));
            session.ifPresent(open -> open.hear(new MigrationEvent.StreamBroken(text), nanos));
        }
    }

    private void broken(String why) {
        long now = System.nanoTime();
        loop.execute(() -> {
            MigrationEvent event = new MigrationEvent.StreamBroken(why);
            boolean wasOver = isOver;
            end();
            if (session.isPresent() && !wasOver) {
                session.get().hear(event, now);
            } else if (early.size() < EARLY_MAX) {
                early.add(event);
            }
        });
    }

    private void end(Status status) {
        if (!isOver) {
            isOver = true;
            responses.onError(status.asRuntimeException());
        }
    }
}
