package io.drover.api;

import io.drover.api.ClusterAccess.Submitted;
import io.drover.engine.coordinator.Request;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.proto.v1.AddRuleRequest;
import io.drover.proto.v1.AddRuleResponse;
import io.drover.proto.v1.AddVoterRequest;
import io.drover.proto.v1.AddVoterResponse;
import io.drover.proto.v1.ArmRequest;
import io.drover.proto.v1.ArmResponse;
import io.drover.proto.v1.ClearQuarantineRequest;
import io.drover.proto.v1.ClearQuarantineResponse;
import io.drover.proto.v1.ClusterServiceGrpc;
import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceStub;
import io.drover.proto.v1.ConfirmNodeDeadRequest;
import io.drover.proto.v1.ConfirmNodeDeadResponse;
import io.drover.proto.v1.DisarmRequest;
import io.drover.proto.v1.DisarmResponse;
import io.drover.proto.v1.ExplainVmRequest;
import io.drover.proto.v1.ExplainVmResponse;
import io.drover.proto.v1.FenceNodeRequest;
import io.drover.proto.v1.FenceNodeResponse;
import io.drover.proto.v1.GetConfigRequest;
import io.drover.proto.v1.GetConfigResponse;
import io.drover.proto.v1.GetQuorumRequest;
import io.drover.proto.v1.GetQuorumResponse;
import io.drover.proto.v1.RemoveNodeRequest;
import io.drover.proto.v1.RemoveNodeResponse;
import io.drover.proto.v1.RemoveRuleRequest;
import io.drover.proto.v1.RemoveRuleResponse;
import io.drover.proto.v1.RemoveVoterRequest;
import io.drover.proto.v1.RemoveVoterResponse;
import io.drover.proto.v1.SetConfigRequest;
import io.drover.proto.v1.SetConfigResponse;
import io.drover.proto.v1.SetVmRequest;
import io.drover.proto.v1.SetVmResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What operators ask about the cluster as a whole: fencing, voters, settings. What only the coordinator can answer is
 * passed on to it, once. Any thread.
 */
abstract class ClusterAdministration extends ClusterServiceGrpc.ClusterServiceImplBase {
    private static final long FORWARD_SECONDS = 30;

    private final ClusterAccess cluster;

    ClusterAdministration(ClusterAccess cluster) {
        this.cluster = cluster;
    }

    @Override
    public void fenceNode(FenceNodeRequest request, StreamObserver<FenceNodeResponse> out) {
        decide(
                out,
                () -> RequestCodec.fence(request),
                submitted -> FenceNodeResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.fenceNode(request, to));
    }

    @Override
    public void confirmNodeDead(ConfirmNodeDeadRequest request, StreamObserver<ConfirmNodeDeadResponse> out) {
        decide(
                out,
                () -> RequestCodec.confirmDead(request),
                submitted -> ConfirmNodeDeadResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.confirmNodeDead(request, to));
    }

    @Override
    public void clearQuarantine(ClearQuarantineRequest request, StreamObserver<ClearQuarantineResponse> out) {
        decide(
                out,
                () -> RequestCodec.clearQuarantine(request),
                submitted -> ClearQuarantineResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.clearQuarantine(request, to));
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> out) {
        decide(
                out,
                () -> RequestCodec.removeNode(request),
                submitted -> RemoveNodeResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.removeNode(request, to));
    }

    @Override
    public void addVoter(AddVoterRequest request, StreamObserver<AddVoterResponse> out) {
        decide(
                out,
                () -> RequestCodec.addVoter(request),
                submitted -> AddVoterResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.addVoter(request, to));
    }

    @Override
    public void removeVoter(RemoveVoterRequest request, StreamObserver<RemoveVoterResponse> out) {
        decide(
                out,
                () -> RequestCodec.removeVoter(request),
                submitted -> RemoveVoterResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.removeVoter(request, to));
    }

    @Override
    public void arm(ArmRequest request, StreamObserver<ArmResponse> out) {
        decide(
                out,
                () -> RequestCodec.arm(request),
                submitted -> ArmResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.arm(request, to));
    }

    @Override
    public void disarm(DisarmRequest request, StreamObserver<DisarmResponse> out) {
        decide(
                out,
                () -> RequestCodec.disarm(request),
                submitted -> DisarmResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.disarm(request, to));
    }

    @Override
    public void setConfig(SetConfigRequest request, StreamObserver<SetConfigResponse> out) {
        decide(
                out,
                () -> RequestCodec.setConfig(request),
                submitted -> SetConfigResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.setConfig(request, to));
    }

    @Override
    public void addRule(AddRuleRequest request, StreamObserver<AddRuleResponse> out) {
        decide(
                out,
                () -> RequestCodec.addRule(request),
                submitted -> AddRuleResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.addRule(request, to));
    }

    @Override
    public void removeRule(RemoveRuleRequest request, StreamObserver<RemoveRuleResponse> out) {
        decide(
                out,
                () -> RequestCodec.removeRule(request),
                submitted -> RemoveRuleResponse.newBuilder()
                        .addAllEffects(submitted.effects())
                        .build(),
                (stub, to) -> stub.removeRule(request, to));
    }

    @Override
    public void setVm(SetVmRequest request, StreamObserver<SetVmResponse> out) {
        coordinate(
                out,
                () -> cluster.submit(RequestCodec.setVm(request))
                        .thenCompose(submitted -> cluster.vm(request.getVm()).thenApply(vm -> {
                            SetVmResponse.Builder answer =
                                    SetVmResponse.newBuilder().addAllEffects(submitted.effects());
                            vm.ifPresent(answer::setVm);
                            return answer.build();
                        })),
                (stub, to) -> stub.setVm(request, to));
    }

    @Override
    public void explainVm(ExplainVmRequest request, StreamObserver<ExplainVmResponse> out) {
        coordinate(out, () -> cluster.explain(request.getVm()), (stub, to) -> stub.explainVm(request, to));
    }

    @Override
    public void getQuorum(GetQuorumRequest request, StreamObserver<GetQuorumResponse> out) {
        coordinate(
                out,
                () -> cluster.status()
                        .thenApply(status -> GetQuorumResponse.newBuilder()
                                .setQuorum(status.getQuorum())
                                .build()),
                (stub, to) -> stub.getQuorum(request, to));
    }

    @Override
    public void getConfig(GetConfigRequest request, StreamObserver<GetConfigResponse> out) {
        coordinate(out, cluster::config, (stub, to) -> stub.getConfig(request, to));
    }

    final <R> void decide(
            StreamObserver<R> out,
            Supplier<Request> request,
            Function<Submitted, R> result,
            BiConsumer<ClusterServiceStub, StreamObserver<R>> there) {
        coordinate(out, () -> cluster.submit(request.get()).thenApply(result), there);
    }

    /** Answers here if this node coordinates, else has the coordinator answer. */
    final <R> void coordinate(
            StreamObserver<R> out,
            Supplier<CompletionStage<R>> here,
            BiConsumer<ClusterServiceStub, StreamObserver<R>> there) {
        Optional<Channel> coordinator = cluster.coordinator();
        if (cluster.coordinates()) {
            try {
                answer(here.get(), out);
            } catch (ProblemException e) {
                out.onError(ProblemTrailer.toStatus(e));
            }
        } else if (Forwarding.isForwarded() || coordinator.isEmpty()) {
            out.onError(ProblemTrailer.toStatus(noCoordinator()));
        } else {
            there.accept(
                    stub(coordinator.get()).withDeadlineAfter(FORWARD_SECONDS, TimeUnit.SECONDS), new Passing<>(out));
        }
    }

    static Problem noCoordinator() {
        return new Problem(
                ProblemKind.NO_COORDINATOR,
                "nobody can decide now",
                "no node coordinates the cluster: one is being elected, or the coordination service has no quorum",
                List.of("try again in a few seconds", "drover status"));
    }

    static ClusterServiceStub stub(Channel channel) {
        return ClusterServiceGrpc.newStub(channel).withInterceptors(Forwarding.marking());
    }

    static <R> void answer(CompletionStage<R> stage, StreamObserver<R> out) {
        stage.whenComplete((value, failure) -> {
            if (failure != null) {
                out.onError(ProblemTrailer.toStatus(failure));
            } else {
                out.onNext(value);
                out.onCompleted();
            }
        });
    }

    /** Passes on what another agent answers. */
    static class Passing<R> implements StreamObserver<R> {
        private final StreamObserver<R> out;

        Passing(StreamObserver<R> out) {
            this.out = out;
        }

        @Override
        public void onNext(R value) {
            out.onNext(value);
        }

        @Override
        public void onError(Throwable failure) {
            out.onError(Forwarding.translated(failure));
        }

        @Override
        public void onCompleted() {
            out.onCompleted();
        }
    }
}
