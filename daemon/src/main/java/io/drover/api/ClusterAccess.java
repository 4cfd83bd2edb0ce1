package io.drover.api;

import io.drover.engine.coordinator.Plan;
import io.drover.engine.coordinator.Request;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.proto.v1.ExplainVmResponse;
import io.drover.proto.v1.GetConfigResponse;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.VmStatus;
import io.drover.proto.v1.WatchOperationResponse;
import io.grpc.Channel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What the API asks of the agent. Safe for any thread. Stages fail with {@link io.drover.model.ProblemException}; those
 * that only a coordinator can answer fail with {@code NO_COORDINATOR} on other nodes.
 */
public interface ClusterAccess {
    /** This node. */
    NodeId self();

    /** Whether this node coordinates and is ready to answer. */
    boolean coordinates();

    /** The channel to the coordinator, if there is one and it is another node. */
    Optional<Channel> coordinator();

    /** The coordinator's picture. */
    CompletionStage<GetStatusResponse> status();

    /** What is stored, without a coordinator's judgement; at worst what was read last. */
    CompletionStage<GetStatusResponse> lastKnown();

    /** Carries out a request, as the coordinator. */
    CompletionStage<Submitted> submit(Request request);

    /** A VM as the coordinator sees it. */
    CompletionStage<Optional<VmStatus>> vm(String name);

    /** Why a VM is where it is. */
    CompletionStage<ExplainVmResponse> explain(String vm);

    /** The cluster's settings, and its rules with how they stand. */
    CompletionStage<GetConfigResponse> config();

    /** All operations that are kept, newest first. */
    CompletionStage<List<OperationRecord>> operations();

    /** One operation. */
    CompletionStage<Optional<OperationRecord>> operation(OperationId id);

    /**
     * Follows an operation: its state at once and after each change, until it has ended or the subscription is closed.
     *
     * @param listener told each change, on the event loop; must not block
     * @param end told once that nothing more comes; with the failure if the coordinator stopped coordinating
     */
    Subscription watch(OperationId id, Consumer<WatchOperationResponse> listener, Consumer<Optional<Throwable>> end);

    /** The channel to a node's agent, this one's too; empty if it has no session. */
    Optional<Channel> agent(NodeId node);

    /** Channels to the other live agents, by name. */
    Map<NodeId, Channel> peers();

    /**
     * What became of a request.
     *
     * @param operation the operation, if it became one
     * @param plan what it is about to do
     * @param effects what was changed, in words
     */
    record Submitted(Optional<OperationRecord> operation, Plan plan, List<String> effects) {
        /** Copies the list. */
        public Submitted {
            effects = List.copyOf(effects);
        }
    }

    /** Something that can be ended. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
