package io.drover.api;

import io.drover.proto.v1.CheckMigrationRequest;
import io.drover.proto.v1.CheckMigrationResponse;
import io.drover.proto.v1.MigrationServiceGrpc;
import io.drover.proto.v1.Objection;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The agent of a move's source, which says what it was told to say of any move, or nothing. */
final class SourceAgent implements AutoCloseable {
    final List<CheckMigrationRequest> asked = new CopyOnWriteArrayList<>();
    volatile boolean isSilent;
    volatile List<Objection> said = List.of();

    private final Server server;
    private final ManagedChannel channel;

    SourceAgent() throws IOException {
        server = NettyServerBuilder.forPort(0).addService(new Service()).build().start();
        channel = channelTo(server);
    }

    private final class Service extends MigrationServiceGrpc.MigrationServiceImplBase {
        @Override
        public void checkMigration(CheckMigrationRequest request, StreamObserver<CheckMigrationResponse> out) {
            asked.add(request);
            if (!isSilent) {
                out.onNext(CheckMigrationResponse.newBuilder()
                        .addAllObjections(said)
                        .build());
                out.onCompleted();
            }
        }
    }

    ManagedChannel channel() {
        return channel;
    }

    static ManagedChannel channelTo(Server server) {
        return Grpc.newChannelBuilder("localhost:" + server.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    /** Nobody listens any more. */
    void goAway() {
        server.shutdownNow();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
