package io.drover.transport;

import io.drover.proto.v1.CheckGuestRequest;
import io.drover.proto.v1.CheckGuestResponse;
import io.drover.proto.v1.CheckMigrationRequest;
import io.drover.proto.v1.CheckMigrationResponse;
import io.drover.proto.v1.CheckReceptionRequest;
import io.drover.proto.v1.CheckReceptionResponse;
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
    private final MoveChecks checks;

    MigrationServer(Executor loop, TargetStream.Offered offered, MoveChecks checks) {
        this.loop = loop;
        this.offered = offered;
        this.checks = checks;
    }

    @Override
    public StreamObserver<MigrateRequest> migrate(StreamObserver<MigrateResponse> responses) {
        return new TargetStream((ServerCallStreamObserver<MigrateResponse>) responses, loop, offered);
    }

    @Override
    public void checkMigration(CheckMigrationRequest request, StreamObserver<CheckMigrationResponse> out) {
        checks.checkMigration(request, out);
    }

    @Override
    public void checkReception(CheckReceptionRequest request, StreamObserver<CheckReceptionResponse> out) {
        checks.checkReception(request, out);
    }

    @Override
    public void checkGuest(CheckGuestRequest request, StreamObserver<CheckGuestResponse> out) {
        checks.checkGuest(request, out);
    }
}
