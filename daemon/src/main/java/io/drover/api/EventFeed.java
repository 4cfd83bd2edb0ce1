package io.drover.api;

import io.drover.api.events.EventFollower;
import io.drover.api.events.EventJournal;
import io.drover.coordination.codec.Times;
import io.drover.model.NodeId;
import io.drover.proto.v1.ClusterServiceGrpc;
import io.drover.proto.v1.Event;
import io.drover.proto.v1.ListEventsRequest;
import io.drover.proto.v1.ListEventsResponse;
import io.drover.proto.v1.Severity;
import io.drover.proto.v1.WatchEventsRequest;
import io.drover.proto.v1.WatchEventsResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of the whole cluster, gathered from the agents that recorded them when somebody asks: each keeps its own,
 * and the coordination service is not burdened with them. Any thread.
 */
public final class EventFeed {
    private static final int LIMIT_DEFAULT = 100;
    private static final int LIMIT_MOST = 10_000;
    private static final long PEER_SECONDS = 2;

    private static final Comparator<Event> OLDEST_FIRST = Comparator.comparing(
                    (Event event) -> Times.fromProto(event.getAt()))
            .thenComparing(Event::getOrigin)
            .thenComparing(Event::getSequence);

    private final NodeId self;
    private final EventJournal journal;
    private final InstantSource clock;

    /** With this node's own events. */
    public EventFeed(NodeId self, EventJournal journal, InstantSource clock) {
        this.self = self;
        this.journal = journal;
        this.clock = clock;
    }

    /** The newest events of all nodes that answer. */
    CompletionStage<ListEventsResponse> list(ListEventsRequest request, Map<NodeId, Channel> peers) {
        int limit = request.getLimit() == 0 ? LIMIT_DEFAULT : Math.min(LIMIT_MOST, Math.max(1, request.getLimit()));
        List<Event> own =
                journal.latest(limit).stream().map(EventCodec::toProto).toList();
        ListEventsResponse.Builder answer = ListEventsResponse.newBuilder();
        if (request.getLocalOnly() || Forwarding.isForwarded()) {
            return CompletableFuture.completedFuture(answer.addAllEvents(own).build());
        }
        ListEventsRequest question = ListEventsRequest.newBuilder()
                .setLimit(limit)
                .setLocalOnly(true)
                .build();
        CompletionStage<List<Event>> all = CompletableFuture.completedFuture(own);
        for (Map.Entry<NodeId, Channel> peer : peers.entrySet()) {
            all = all.thenCombine(ask(peer.getValue(), question), (before, theirs) -> {
                if (theirs == null) {
                    answer.addSilentNodes(peer.getKey().value());
                    return before;
                }
                List<Event> both = new ArrayList<>(before);
                both.addAll(theirs.getEventsList());
                return both;
            });
        }
        return all.thenApply(events -> answer.addAllEvents(events.stream()
                        .sorted(OLDEST_FIRST)
                        .skip(Math.max(0, events.size() - limit))
                        .toList())
                .build());
    }

    /** One node's answer; null if it does not answer in time. */
    private static CompletionStage<@Nullable ListEventsResponse> ask(Channel peer, ListEventsRequest question) {
        CompletableFuture<@Nullable ListEventsResponse> answer = new CompletableFuture<>();
        ClusterServiceGrpc.newStub(peer)
                .withDeadlineAfter(PEER_SECONDS, TimeUnit.SECONDS)
                .listEvents(question, new StreamObserver<>() {
                    @Override
                    public void onNext(ListEventsResponse value) {
                        answer.complete(value);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.complete(null);
                    }

                    @Override
                    public void onCompleted() {
                        answer.complete(null);
                    }
                });
        return answer;
    }

    /** New events of all nodes that answer now, until the caller ends it. */
    void watch(
            WatchEventsRequest request,
            Supplier<Map<NodeId, Channel>> peers,
            ServerCallStreamObserver<WatchEventsResponse> out) {
        Follow follow = new Follow(out);
        out.setOnCancelHandler(follow::end);
        int backlog = Math.min(LIMIT_MOST, Math.max(0, request.getBacklog()));
        if (!request.getLocalOnly() && !Forwarding.isForwarded()) {
            peers.get().values().forEach(peer -> follow.add(peer, backlog));
        }
        follow.begin(backlog);
    }

    /** One watcher: its own journal's follower and a stream to each other agent. */
    private final class Follow {
        private final ServerCallStreamObserver<WatchEventsResponse> out;
        private final List<ClientCallStreamObserver<WatchEventsRequest>> streams = new ArrayList<>();
        private @Nullable EventFollower own;
        private boolean ended;

        Follow(ServerCallStreamObserver<WatchEventsResponse> out) {
            this.out = out;
        }

        synchronized void begin(int backlog) {
            EventFollower follower = journal.follow(backlog, this::drain);
            own = follower;
            follower.backlog().forEach(event -> send(EventCodec.toProto(event)));
            drain();
        }

        private synchronized void drain() {
            if (own == null || ended) {
                return;
            }
            for (var notice = own.poll(); notice.isPresent(); notice = own.poll()) {
                if (notice.get() instanceof EventFollower.Notice.Happened happened) {
                    send(EventCodec.toProto(happened.event()));
                } else if (notice.get() instanceof EventFollower.Notice.Lost lost) {
                    send(Event.newBuilder()
                            .setAt(Times.toProto(clock.instant()))
                            .setOrigin(self.value())
                            .setSeverity(Severity.SEVERITY_WARNING)
                            .setTopic("operation")
                            .setSubject("events")
                            .setText(lost.events() + " events are missing here: they came faster than they were read")
                            .build());
                }
            }
        }

        synchronized void send(Event event) {
            if (!ended && !out.isCancelled()) {
                out.onNext(WatchEventsResponse.newBuilder().setEvent(event).build());
            }
        }

        void add(Channel peer, int backlog) {
            WatchEventsRequest question = WatchEventsRequest.newBuilder()
                    .setBacklog(backlog)
                    .setLocalOnly(true)
                    .build();
            ClusterServiceGrpc.newStub(peer)
                    .watchEvents(question, new ClientResponseObserver<WatchEventsRequest, WatchEventsResponse>() {
                        @Override
                        public void beforeStart(ClientCallStreamObserver<WatchEventsRequest> stream) {
                            streams.add(stream);
                        }

                        @Override
                        public void onNext(WatchEventsResponse value) {
                            send(value.getEvent());
                        }

                        @Override
                        public void onError(Throwable failure) {
                            // A node that goes silent is no reason to end what the others say.
                        }

                        @Override
                        public void onCompleted() {}
                    });
        }

        synchronized void end() {
            ended = true;
            if (own != null) {
                own.close();
            }
            streams.forEach(stream -> stream.cancel("the watcher has gone", null));
        }
    }
}
