package io.drover.sim.lab;

import io.drover.proto.v1.ClusterServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The lab's connection to one agent. */
final class AgentLink implements AutoCloseable {
    private final ManagedChannel channel;

    AgentLink(String address) {
        channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                .build();
    }

    /** For one call. */
    ClusterServiceGrpc.ClusterServiceBlockingStub stub() {
        return stub(Duration.ofSeconds(10));
    }

    /** For one call that may take so long. */
    ClusterServiceGrpc.ClusterServiceBlockingStub stub(Duration limit) {
        return ClusterServiceGrpc.newBlockingStub(channel).withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
