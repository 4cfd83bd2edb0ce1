package io.drover.cli;

import io.drover.proto.v1.AddRuleRequest;
import io.drover.proto.v1.AddRuleResponse;
import io.drover.proto.v1.AddVoterRequest;
import io.drover.proto.v1.AddVoterResponse;
import io.drover.proto.v1.ArmRequest;
import io.drover.proto.v1.ArmResponse;
import io.drover.proto.v1.ClearQuarantineRequest;
import io.drover.proto.v1.ClearQuarantineResponse;
import io.drover.proto.v1.ClusterServiceGrpc;
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
import io.drover.proto.v1.QuorumStatus;
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
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Supplier;

/** What an agent that answers as a test wants says about the cluster as a whole. A dry run has no effects. */
abstract class FakeAdministration extends ClusterServiceGrpc.ClusterServiceImplBase {
    static final String EFFECT = "it is changed as asked";

    private QuorumStatus quorum = AdministrationSamples.quorum();

    synchronized void quorum(QuorumStatus quorum) {
        this.quorum = quorum;
    }

    abstract <T> void answer(Object request, StreamObserver<T> observer, Supplier<T> answer);

    private static List<String> effects(boolean dryRun) {
        return dryRun ? List.of() : List.of(EFFECT);
    }

    @Override
    public void fenceNode(FenceNodeRequest request, StreamObserver<FenceNodeResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> FenceNodeResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void confirmNodeDead(ConfirmNodeDeadRequest request, StreamObserver<ConfirmNodeDeadResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> ConfirmNodeDeadResponse.newBuilder()
                        .addAllEffects(effects)
                        .build());
    }

    @Override
    public void clearQuarantine(ClearQuarantineRequest request, StreamObserver<ClearQuarantineResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> ClearQuarantineResponse.newBuilder()
                        .addAllEffects(effects)
                        .build());
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> RemoveNodeResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void addVoter(AddVoterRequest request, StreamObserver<AddVoterResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> AddVoterResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void removeVoter(RemoveVoterRequest request, StreamObserver<RemoveVoterResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> RemoveVoterResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void arm(ArmRequest request, StreamObserver<ArmResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> ArmResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void disarm(DisarmRequest request, StreamObserver<DisarmResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> DisarmResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void setConfig(SetConfigRequest request, StreamObserver<SetConfigResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> SetConfigResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void addRule(AddRuleRequest request, StreamObserver<AddRuleResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> AddRuleResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void removeRule(RemoveRuleRequest request, StreamObserver<RemoveRuleResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> RemoveRuleResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void setVm(SetVmRequest request, StreamObserver<SetVmResponse> observer) {
        List<String> effects = effects(request.getContext().getDryRun());
        answer(
                request,
                observer,
                () -> SetVmResponse.newBuilder().addAllEffects(effects).build());
    }

    @Override
    public void getQuorum(GetQuorumRequest request, StreamObserver<GetQuorumResponse> observer) {
        answer(
                request,
                observer,
                () -> GetQuorumResponse.newBuilder().setQuorum(quorum).build());
    }

    @Override
    public void getConfig(GetConfigRequest request, StreamObserver<GetConfigResponse> observer) {
        answer(request, observer, AdministrationSamples::config);
    }

    @Override
    public void explainVm(ExplainVmRequest request, StreamObserver<ExplainVmResponse> observer) {
        answer(request, observer, AdministrationSamples::explanation);
    }
}
