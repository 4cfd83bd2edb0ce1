package io.drover.runtime;

import io.drover.api.ClusterAccess;
import io.drover.api.ConfigPicture;
import io.drover.api.Picture;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.coordination.codec.OperationCodec;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.Request;
import io.drover.model.ClusterSettings;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.ExplainVmResponse;
import io.drover.proto.v1.GetConfigResponse;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.VmStatus;
import io.drover.proto.v1.WatchOperationResponse;
import io.grpc.Channel;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Answers the API from the coordinator's seat, or from the records where there is no coordinator. */
final class AgentAccess implements ClusterAccess {
    /** A coordination service that has not answered for so long is shown as not answering. */
    private static final long READ_SECONDS = 2;

    private final String cluster;
    private final NodeId self;
    private final EventLoop loop;
    private final CoordinatorSeat seat;
    private final StateWatch states;
    private final RecordStore store;
    private final InstantSource clock;
    private final Neighbours neighbours;
    private volatile boolean coordinates;
    private volatile GetStatusResponse lastRead = GetStatusResponse.getDefaultInstance();

    AgentAccess(
            String cluster,
            NodeId self,
            EventLoop loop,
            CoordinatorSeat seat,
            StateWatch states,
            RecordStore store,
            InstantSource clock,
            Neighbours neighbours) {
        this.cluster = cluster;
        this.self = self;
        this.loop = loop;
        this.seat = seat;
        this.states = states;
        this.store = store;
        this.clock = clock;
        this.neighbours = neighbours;
        seat.onChange(() -> {
            coordinates = seat.isSeated();
            seat.view().ifPresentOrElse(states::look, states::clear);
        });
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public boolean coordinates() {
        return coordinates;
    }

    @Override
    public Optional<Channel> coordinator() {
        return neighbours.coordinator();
    }

    @Override
    public Optional<Channel> agent(NodeId node) {
        return neighbours.agent(node);
    }

    @Override
    public Map<NodeId, Channel> peers() {
        return neighbours.peers();
    }

    @Override
    public CompletionStage<GetStatusResponse> status() {
        return here(this::picture);
    }

    private GetStatusResponse picture(ClusterView view) {
        return Picture.of(view, states::since)
                .setCluster(cluster)
                .setCoordinator(self.value())
                .setAnsweredBy(self.value())
                .build();
    }

    private <T> CompletionStage<T> here(Function<ClusterView, T> answer) {
        return loop.ask(() -> seat.view()
                .<CompletionStage<T>>map(view -> CompletableFuture.completedFuture(answer.apply(view)))
                .orElseGet(() -> CompletableFuture.failedFuture(notHere())));
    }

    private static ProblemException notHere() {
        return new ProblemException(Problem.of(
                ProblemKind.NO_COORDINATOR,
                "nobody can decide now",
                "this node does not coordinate",
                "try again in a few seconds",
                "drover status"));
    }

    @Override
    public CompletionStage<GetStatusResponse> lastKnown() {
        CompletionStage<List<Versioned<NodeRecord>>> nodes = store.list(RecordKind.NODES);
        CompletionStage<List<Versioned<VmRecord>>> vms = store.list(RecordKind.VMS);
        CompletionStage<List<Versioned<Operation>>> operations = store.list(RecordKind.OPERATIONS);
        CompletionStage<List<Versioned<LiveNode>>> live = store.list(RecordKind.LIVE);
        return nodes.thenCombine(live, AgentAccess::nodeViews)
                .thenCombine(vms, (known, stored) -> unjudged(known, byKey(stored, VmRecord::id)))
                .thenCombine(operations, (view, stored) -> view.withOperations(byKey(stored, Operation::id)))
                .toCompletableFuture()
                .orTimeout(READ_SECONDS, TimeUnit.SECONDS)
                .handle((view, failure) -> failure == null ? stale(view) : unread(failure));
    }

    private static SortedMap<NodeId, NodeView> nodeViews(
            List<Versioned<NodeRecord>> nodes, List<Versioned<LiveNode>> live) {
        SortedMap<NodeId, LiveNode> sessions = byKey(live, LiveNode::id);
        SortedMap<NodeId, NodeView> views = new TreeMap<>();
        nodes.forEach(node -> views.put(
                node.value().id(),
                new NodeView(
                        node.value(),
                        Optional.ofNullable(sessions.get(node.value().id())),
                        Optional.empty())));
        return views;
    }

    private static <K extends Comparable<K>, T> SortedMap<K, T> byKey(List<Versioned<T>> records, Function<T, K> key) {
        SortedMap<K, T> map = new TreeMap<>();
        records.forEach(record -> map.put(key.apply(record.value()), record.value()));
        return map;
    }

    private ClusterView unjudged(SortedMap<NodeId, NodeView> nodes, SortedMap<VmId, VmRecord> vms) {
        return new ClusterView(
                0,
                clock.instant(),
                clock.instant(),
                ClusterSettings.DEFAULTS,
                nodes,
                vms,
                new TreeMap<>(),
                VoterSet.NONE,
                new TreeMap<>());
    }

    private GetStatusResponse stale(ClusterView view) {
        GetStatusResponse answer = Picture.of(view, key -> Optional.empty())
                .setCluster(cluster)
                .setAnsweredBy(self.value())
                .setHealth(ClusterHealth.CLUSTER_HEALTH_NO_COORDINATOR)
                .clearProblems()
                .addProblems("there is no coordinator: this is what is stored, nothing is decided now")
                .build();
        lastRead = answer;
        return answer;
    }

    private GetStatusResponse unread(Throwable failure) {
        return lastRead.toBuilder()
                .setCluster(cluster)
                .setAnsweredBy(self.value())
                .setHealth(ClusterHealth.CLUSTER_HEALTH_NO_COORDINATOR)
                .setQuorate(false)
                .clearProblems()
                .addProblems("the coordination service does not answer (" + text(failure)
                        + "): VMs that run keep running, nothing is decided, and what is shown may be old")
                .build();
    }

    private static String text(Throwable failure) {
        return failure instanceof java.util.concurrent.TimeoutException
                ? "no answer within " + READ_SECONDS + " s"
                : String.valueOf(failure.getMessage());
    }

    @Override
    public CompletionStage<Submitted> submit(Request request) {
        return loop.ask(() -> seat.submit(request)
                .thenApply(answer ->
                        new Submitted(answer.operation().flatMap(this::record), answer.plan(), answer.effects())));
    }

    private Optional<OperationRecord> record(OperationId id) {
        return seat.view().map(view -> view.operations().get(id)).map(OperationCodec::toProto);
    }

    @Override
    public CompletionStage<Optional<VmStatus>> vm(String name) {
        return here(view -> Optional.ofNullable(view.vms().get(new VmId(name)))
                .map(vm -> Picture.vm(vm, view).build()));
    }

    @Override
    public CompletionStage<ExplainVmResponse> explain(String name) {
        return here(view ->
                        Optional.ofNullable(view.vms().get(new VmId(name))).map(vm -> Picture.explanation(vm, view)))
                .thenApply(found -> found.orElseThrow(() -> new ProblemException(Problem.of(
                        ProblemKind.USAGE,
                        "there is no VM '" + name + "'",
                        "none of the cluster's VMs has that name",
                        "drover vm list"))));
    }

    @Override
    public CompletionStage<GetConfigResponse> config() {
        return here(ConfigPicture::of);
    }

    @Override
    public CompletionStage<List<OperationRecord>> operations() {
        return here(view -> view.operations().values().stream()
                .sorted(Comparator.comparing(Operation::createdAt).reversed().thenComparing(Operation::id))
                .map(OperationCodec::toProto)
                .toList());
    }

    @Override
    public CompletionStage<Optional<OperationRecord>> operation(OperationId id) {
        return here(view -> Optional.ofNullable(view.operations().get(id)).map(OperationCodec::toProto));
    }

    @Override
    public Subscription watch(
            OperationId id, Consumer<WatchOperationResponse> listener, Consumer<Optional<Throwable>> end) {
        OperationFollower follower = new OperationFollower(seat, id, listener, end, notHere());
        loop.execute(follower::start);
        return () -> loop.execute(follower::stop);
    }
}
