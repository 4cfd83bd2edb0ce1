package io.drover.sim.bench;

import io.drover.proto.v1.ClusterServiceGrpc;
import io.drover.proto.v1.GetStatusRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.concurrent.TimeUnit;

/** One connection to one agent, as a command that runs for long has it. */
final class Client implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final ManagedChannel channel;

    /** Connects when it is first used. */
    Client(String address) {
        channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                .build();
    }

    /** Calls, each with a limit of a minute. */
    ClusterServiceGrpc.ClusterServiceBlockingStub calls() {
        return ClusterServiceGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    GetStatusResponse status() {
        return calls().getStatus(GetStatusRequest.getDefaultInstance());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
