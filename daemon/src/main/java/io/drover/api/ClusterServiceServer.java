package io.drover.api;

import io.drover.api.ClusterAccess.Submitted;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.AddVmResponse;
import io.drover.proto.v1.CancelOperationRequest;
import io.drover.proto.v1.CancelOperationResponse;
import io.drover.proto.v1.CancelVmRequest;
import io.drover.proto.v1.CancelVmResponse;
import io.drover.proto.v1.DrainNodeRequest;
import io.drover.proto.v1.DrainNodeResponse;
import io.drover.proto.v1.EvacuateNodeRequest;
import io.drover.proto.v1.EvacuateNodeResponse;
import io.drover.proto.v1.GetOperationRequest;
import io.drover.proto.v1.GetOperationResponse;
import io.drover.proto.v1.GetStatusRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.ListEventsRequest;
import io.drover.proto.v1.ListEventsResponse;
import io.drover.proto.v1.ListOperationsRequest;
import io.drover.proto.v1.ListOperationsResponse;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.MigrateVmResponse;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.RemoveVmRequest;
import io.drover.proto.v1.RemoveVmResponse;
import io.drover.proto.v1.ResumeNodeRequest;
import io.drover.proto.v1.ResumeNodeResponse;
import io.drover.proto.v1.StartVmRequest;
import io.drover.proto.v1.StartVmResponse;
import io.drover.proto.v1.StopVmRequest;
import io.drover.proto.v1.StopVmResponse;
import io.drover.proto.v1.WatchEventsRequest;
import io.drover.proto.v1.WatchEventsResponse;
import io.drover.proto.v1.WatchOperationRequest;
import io.drover.proto.v1.WatchOperationResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;

/**
 * The operators' service. What only the coordinator can answer is passed on to it, once; a status is answered even
 * without one. Any thread.
 */
public final class ClusterServiceServer extends ClusterAdministration {
    private final ClusterAccess cluster;
    private final EventFeed events;

    /** With what the agent knows and what it remembers. */
    public ClusterServiceServer(ClusterAccess cluster, EventFeed events) {
        super(cluster);
        this.cluster = cluster;
        this.events = events;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> out) {
        StreamObserver<GetStatusResponse> orLastKnown = new Passing<>(out) {
            @Override
            public void onError(Throwable failure) {
                answer(cluster.lastKnown(), out);
            }
        };
        if (cluster.coordinates()) {
            answer(cluster.status(), orLastKnown);
        } else if (Forwarding.isForwarded() || cluster.coordinator().isEmpty()) {
            answer(cluster.lastKnown(), out);
        } else {
            stub(cluster.coordinator().get())
                    .withDeadlineAfter(3, TimeUnit.SECONDS)
                    .getStatus(request, orLastKnown);
        }
    }

    @Override
    public void drainNode(DrainNodeRequest request, StreamObserver<DrainNodeResponse> out) {
        decide(
                out,
                () -> RequestCodec.drain(request),
                ClusterServiceServer::drained,
                (stub, to) -> stub.drainNode(request, to));
    }

    private static DrainNodeResponse drained(Submitted submitted) {
        DrainNodeResponse.Builder answer =
                DrainNodeResponse.newBuilder().setPlan(RequestCodec.toProto(submitted.plan()));
        submitted.operation().ifPresent(answer::setOperation);
        return answer.build();
    }

    @Override
    public void resumeNode(ResumeNodeRequest request, StreamObserver<ResumeNodeResponse> out) {
        decide(
                out,
                () -> RequestCodec.resume(request),
                submitted -> {
                    ResumeNodeResponse.Builder answer =
                            ResumeNodeResponse.newBuilder().setPlan(RequestCodec.toProto(submitted.plan()));
                    submitted.operation().ifPresent(answer::setOperation);
                    return answer.build();
                },
                (stub, to) -> stub.resumeNode(request, to));
    }

    @Override
    public void evacuateNode(EvacuateNodeRequest request, StreamObserver<EvacuateNodeResponse> out) {
        decide(
                out,
                () -> RequestCodec.evacuate(request),
                submitted -> {
                    EvacuateNodeResponse.Builder answer =
                            EvacuateNodeResponse.newBuilder().setPlan(RequestCodec.toProto(submitted.plan()));
                    submitted.operation().ifPresent(answer::setOperation);
                    return answer.build();
                },
                (stub, to) -> stub.evacuateNode(request, to));
    }

    @Override
    public void addVm(AddVmRequest request, StreamObserver<AddVmResponse> out) {
        coordinate(
                out,
                () -> cluster.submit(RequestCodec.add(request))
                        .thenCompose(submitted -> cluster.vm(request.getSpec().getName()))
                        .thenApply(vm -> {
                            AddVmResponse.Builder answer = AddVmResponse.newBuilder();
                            vm.ifPresent(answer::setVm);
                            return answer.build();
                        }),
                (stub, to) -> stub.addVm(request, to));
    }

    @Override
    public void removeVm(RemoveVmRequest request, StreamObserver<RemoveVmResponse> out) {
        decide(
                out,
                () -> RequestCodec.remove(request),
                submitted -> RemoveVmResponse.getDefaultInstance(),
                (stub, to) -> stub.removeVm(request, to));
    }

    @Override
    public void startVm(StartVmRequest request, StreamObserver<StartVmResponse> out) {
        decide(
                out,
                () -> RequestCodec.start(request),
                submitted -> StartVmResponse.newBuilder()
                        .setOperation(operationOf(submitted))
                        .build(),
                (stub, to) -> stub.startVm(request, to));
    }

    @Override
    public void stopVm(StopVmRequest request, StreamObserver<StopVmResponse> out) {
        decide(
                out,
                () -> RequestCodec.stop(request),
                submitted -> StopVmResponse.newBuilder()
                        .setOperation(operationOf(submitted))
                        .build(),
                (stub, to) -> stub.stopVm(request, to));
    }

    @Override
    public void migrateVm(MigrateVmRequest request, StreamObserver<MigrateVmResponse> out) {
        coordinate(out, () -> new VmMoves(cluster).migrate(request), (stub, to) -> stub.migrateVm(request, to));
    }

    @Override
    public void cancelVm(CancelVmRequest request, StreamObserver<CancelVmResponse> out) {
        decide(
                out,
                () -> RequestCodec.cancel(request),
                submitted -> CancelVmResponse.newBuilder()
                        .setOperation(operationOf(submitted))
                        .build(),
                (stub, to) -> stub.cancelVm(request, to));
    }

    @Override
    public void cancelOperation(CancelOperationRequest request, StreamObserver<CancelOperationResponse> out) {
        decide(
                out,
                () -> RequestCodec.cancel(request),
                submitted -> CancelOperationResponse.newBuilder()
                        .setOperation(operationOf(submitted))
                        .build(),
                (stub, to) -> stub.cancelOperation(request, to));
    }

    @Override
    public void listOperations(ListOperationsRequest request, StreamObserver<ListOperationsResponse> out) {
        coordinate(
                out,
                () -> cluster.operations()
                        .thenApply(all -> ListOperationsResponse.newBuilder()
                                .addAllOperations(all.stream()
                                        .filter(operation -> !request.getRunningOnly()
                                                || operation.getState() == OperationState.OPERATION_STATE_RUNNING)
                                        .toList())
                                .build()),
                (stub, to) -> stub.listOperations(request, to));
    }

    @Override
    public void getOperation(GetOperationRequest request, StreamObserver<GetOperationResponse> out) {
        coordinate(
                out,
                () -> cluster.operation(RequestCodec.operation(request.getId()))
                        .thenApply(found -> GetOperationResponse.newBuilder()
                                .setOperation(found.orElseThrow(() -> unknownOperation(request.getId())))
                                .build()),
                (stub, to) -> stub.getOperation(request, to));
    }

    private static ProblemException unknownOperation(String id) {
        return new ProblemException(Problem.of(
                ProblemKind.USAGE,
                "there is no operation '" + id + "'",
                "it never was, or it ended too long ago",
                "drover op list"));
    }

    @Override
    public void watchOperation(WatchOperationRequest request, StreamObserver<WatchOperationResponse> out) {
        if (!cluster.coordinates()
                && !Forwarding.isForwarded()
                && cluster.coordinator().isPresent()) {
            stub(cluster.coordinator().get()).watchOperation(request, new Passing<>(out));
            return;
        }
        if (!cluster.coordinates()) {
            out.onError(ProblemTrailer.toStatus(noCoordinator()));
            return;
        }
        ServerCallStreamObserver<WatchOperationResponse> stream =
                (ServerCallStreamObserver<WatchOperationResponse>) out;
        ClusterAccess.Subscription subscription = cluster.watch(
                RequestCodec.operation(request.getId()),
                change -> {
                    if (!stream.isCancelled()) {
                        stream.onNext(change);
                    }
                },
                failure -> {
                    if (stream.isCancelled()) {
                        return;
                    }
                    if (failure.isPresent()) {
                        stream.onError(ProblemTrailer.toStatus(failure.get()));
                    } else {
                        stream.onCompleted();
                    }
                });
        stream.setOnCancelHandler(subscription::close);
    }

    @Override
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> out) {
        answer(events.list(request, cluster.peers()), out);
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> out) {
        events.watch(request, cluster::peers, (ServerCallStreamObserver<WatchEventsResponse>) out);
    }

    private static OperationRecord operationOf(Submitted submitted) {
        return submitted.operation().orElse(OperationRecord.getDefaultInstance());
    }
}
