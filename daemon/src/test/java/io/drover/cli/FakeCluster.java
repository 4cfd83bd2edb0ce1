package io.drover.cli;

import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.AddVmResponse;
import io.drover.proto.v1.CancelOperationRequest;
import io.drover.proto.v1.CancelOperationResponse;
import io.drover.proto.v1.CancelVmRequest;
import io.drover.proto.v1.CancelVmResponse;
import io.drover.proto.v1.CompatibilityReport;
import io.drover.proto.v1.DrainNodeRequest;
import io.drover.proto.v1.DrainNodeResponse;
import io.drover.proto.v1.EvacuateNodeRequest;
import io.drover.proto.v1.EvacuateNodeResponse;
import io.drover.proto.v1.Event;
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
import io.drover.proto.v1.Plan;
import io.drover.proto.v1.Problem;
import io.drover.proto.v1.ProblemKind;
import io.drover.proto.v1.RemoveVmRequest;
import io.drover.proto.v1.RemoveVmResponse;
import io.drover.proto.v1.ResumeNodeRequest;
import io.drover.proto.v1.ResumeNodeResponse;
import io.drover.proto.v1.StartVmRequest;
import io.drover.proto.v1.StartVmResponse;
import io.drover.proto.v1.StopVmRequest;
import io.drover.proto.v1.StopVmResponse;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.VmStatus;
import io.drover.proto.v1.WatchEventsRequest;
import io.drover.proto.v1.WatchEventsResponse;
import io.drover.proto.v1.WatchOperationRequest;
import io.drover.proto.v1.WatchOperationResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/** An agent that answers what a test wants, over real gRPC on the loopback address. */
public final class FakeCluster extends FakeAdministration implements AutoCloseable {
    private final Server server;
    private final String address;
    private final List<Object> requests = new ArrayList<>();
    private final Queue<StatusRuntimeException> refusals = new ArrayDeque<>();
    private GetStatusResponse status = GetStatusResponse.getDefaultInstance();
    private OperationRecord operation = OperationRecord.getDefaultInstance();
    private Plan plan = Plan.getDefaultInstance();
    private Optional<CompatibilityReport> report = Optional.empty();
    private List<WatchOperationResponse> pictures = List.of();
    private List<Event> events = List.of();
    private boolean breakWatch;
    private boolean holdWatch;

    public FakeCluster() throws IOException {
        this(0);
    }

    public FakeCluster(int port) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(this)
                .build()
                .start();
        address = "127.0.0.1:" + server.getPort();
    }

    public String address() {
        return address;
    }

    public synchronized FakeCluster status(GetStatusResponse status) {
        this.status = status;
        return this;
    }

    synchronized FakeCluster operation(OperationRecord operation) {
        this.operation = operation;
        return this;
    }

    synchronized FakeCluster plan(Plan plan) {
        this.plan = plan;
        return this;
    }

    /** What hosts say about the dry run of a move. */
    synchronized FakeCluster report(CompatibilityReport report) {
        this.report = Optional.of(report);
        return this;
    }

    synchronized FakeCluster pictures(WatchOperationResponse... pictures) {
        this.pictures = List.of(pictures);
        return this;
    }

    synchronized FakeCluster events(Event... events) {
        this.events = List.of(events);
        return this;
    }

    /** A watch breaks off after its pictures, as when the agent is killed. */
    synchronized FakeCluster breakWatch() {
        breakWatch = true;
        return this;
    }

    /** A watch stays open after its pictures. */
    synchronized FakeCluster holdWatch() {
        holdWatch = true;
        return this;
    }

    /** The next call is refused with this problem; called twice, so are the next two. */
    synchronized FakeCluster refuse(Status status, ProblemKind kind, String what, String why, String... remedies) {
        Problem problem = Problem.newBuilder()
                .setKind(kind)
                .setWhat(what)
                .setWhy(why)
                .addAllRemedies(List.of(remedies))
                .build();
        Metadata trailers = new Metadata();
        trailers.put(
                Metadata.Key.of("drover-problem-bin", ProtoUtils.metadataMarshaller(Problem.getDefaultInstance())),
                problem);
        refusals.add(status.asRuntimeException(trailers));
        return this;
    }

    synchronized FakeCluster refuseBare(Status status) {
        refusals.add(status.asRuntimeException());
        return this;
    }

    synchronized List<Object> requests() {
        return List.copyOf(requests);
    }

    <T> List<T> requests(Class<T> type) {
        return requests().stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
        answer(request, observer, () -> status);
    }

    @Override
    public void drainNode(DrainNodeRequest request, StreamObserver<DrainNodeResponse> observer) {
        answer(
                request,
                observer,
                () -> DrainNodeResponse.newBuilder()
                        .setOperation(unlessDry(request.getContext().getDryRun()))
                        .setPlan(plan)
                        .build());
    }

    @Override
    public void resumeNode(ResumeNodeRequest request, StreamObserver<ResumeNodeResponse> observer) {
        answer(
                request,
                observer,
                () -> ResumeNodeResponse.newBuilder()
                        .setOperation(unlessDry(request.getContext().getDryRun()))
                        .setPlan(plan)
                        .build());
    }

    @Override
    public void evacuateNode(EvacuateNodeRequest request, StreamObserver<EvacuateNodeResponse> observer) {
        answer(
                request,
                observer,
                () -> EvacuateNodeResponse.newBuilder()
                        .setOperation(unlessDry(request.getContext().getDryRun()))
                        .setPlan(plan)
                        .build());
    }

    @Override
    public void addVm(AddVmRequest request, StreamObserver<AddVmResponse> observer) {
        answer(request, observer, () -> {
            VmStatus vm = VmStatus.newBuilder()
                    .setName(request.getSpec().getName())
                    .setState(VmState.VM_STATE_RUNNING)
                    .setDesired(request.getDesired())
                    .setNode(request.getNode())
                    .setMemory(request.getSpec().getMemory())
                    .setCpus(request.getSpec().getCpus())
                    .setSpec(request.getSpec())
                    .build();
            status = status.toBuilder().addVms(vm).build();
            return AddVmResponse.newBuilder().setVm(vm).build();
        });
    }

    @Override
    public void removeVm(RemoveVmRequest request, StreamObserver<RemoveVmResponse> observer) {
        answer(request, observer, RemoveVmResponse::getDefaultInstance);
    }

    @Override
    public void startVm(StartVmRequest request, StreamObserver<StartVmResponse> observer) {
        answer(
                request,
                observer,
                () -> StartVmResponse.newBuilder().setOperation(operation).build());
    }

    @Override
    public void stopVm(StopVmRequest request, StreamObserver<StopVmResponse> observer) {
        answer(request, observer, () -> {
            GetStatusResponse.Builder next = status.toBuilder();
            next.getVmsBuilderList().stream()
                    .filter(vm -> vm.getName().equals(request.getVm()))
                    .forEach(vm -> vm.setState(VmState.VM_STATE_OFF));
            status = next.build();
            return StopVmResponse.newBuilder().setOperation(operation).build();
        });
    }

    @Override
    public void migrateVm(MigrateVmRequest request, StreamObserver<MigrateVmResponse> observer) {
        answer(request, observer, () -> {
            MigrateVmResponse.Builder answer = MigrateVmResponse.newBuilder()
                    .setOperation(unlessDry(request.getContext().getDryRun()))
                    .setPlan(plan);
            report.filter(said -> request.getContext().getDryRun()).ifPresent(answer::setReport);
            return answer.build();
        });
    }

    @Override
    public void cancelVm(CancelVmRequest request, StreamObserver<CancelVmResponse> observer) {
        answer(
                request,
                observer,
                () -> CancelVmResponse.newBuilder().setOperation(operation).build());
    }

    @Override
    public void listOperations(ListOperationsRequest request, StreamObserver<ListOperationsResponse> observer) {
        answer(
                request,
                observer,
                () -> ListOperationsResponse.newBuilder()
                        .addOperations(operation)
                        .build());
    }

    @Override
    public void getOperation(GetOperationRequest request, StreamObserver<GetOperationResponse> observer) {
        answer(
                request,
                observer,
                () -> GetOperationResponse.newBuilder().setOperation(operation).build());
    }

    @Override
    public void cancelOperation(CancelOperationRequest request, StreamObserver<CancelOperationResponse> observer) {
        answer(
                request,
                observer,
                () -> CancelOperationResponse.newBuilder()
                        .setOperation(operation)
                        .build());
    }

    @Override
    public synchronized void watchOperation(
            WatchOperationRequest request, StreamObserver<WatchOperationResponse> observer) {
        requests.add(request);
        if (!refusals.isEmpty()) {
            observer.onError(refusals.remove());
            return;
        }
        pictures.forEach(observer::onNext);
        if (breakWatch) {
            observer.onError(Status.UNAVAILABLE.asRuntimeException());
        } else if (!holdWatch) {
            observer.onCompleted();
        }
    }

    @Override
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> observer) {
        answer(
                request,
                observer,
                () -> ListEventsResponse.newBuilder()
                        .addAllEvents(events)
                        .addSilentNodes("node3")
                        .build());
    }

    @Override
    public synchronized void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> observer) {
        requests.add(request);
        if (!refusals.isEmpty()) {
            observer.onError(refusals.remove());
            return;
        }
        events.forEach(event ->
                observer.onNext(WatchEventsResponse.newBuilder().setEvent(event).build()));
        if (!holdWatch) {
            observer.onError(Status.UNAVAILABLE.asRuntimeException());
        }
    }

    private OperationRecord unlessDry(boolean dryRun) {
        return dryRun ? OperationRecord.getDefaultInstance() : operation;
    }

    @Override
    synchronized <T> void answer(Object request, StreamObserver<T> observer, Supplier<T> answer) {
        requests.add(request);
        if (!refusals.isEmpty()) {
            observer.onError(refusals.remove());
            return;
        }
        observer.onNext(answer.get());
        observer.onCompleted();
    }
}
