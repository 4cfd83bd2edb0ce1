package io.drover.transport;

import io.drover.proto.v1.MigrateRequest;
import io.drover.proto.v1.MigrateResponse;
import io.drover.proto.v1.MigrationServiceGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/** The service that sources call. */
final class MigrationServer extends MigrationServiceGrpc.MigrationServiceImplBase {
    private final Executor loop;
    private final TargetStream.Offered offered;

    MigrationServer(Executor loop, TargetStream.Offered offered) {
        this.loop = loop;
        this.offered = offered;
    }

    @Override
    public StreamObserver<MigrateRequest> migrate(StreamObserver<MigrateResponse> responses) {
        return new TargetStream((ServerCallStreamObserver<MigrateResponse>) responses, loop, offered);
    }
}
