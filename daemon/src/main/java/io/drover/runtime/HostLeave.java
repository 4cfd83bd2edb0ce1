package io.drover.runtime;

import io.drover.api.HostServer;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Whether this host shuts down, as it says itself. The node's reports carry it to the coordinator, which empties the
 * node. Forgotten with the process: a host that has started again does not shut down. On the event loop, but for {@link
 * #leave} and {@link #isLeaving}, which any thread may call.
 */
final class HostLeave implements HostServer.Host {
    /** The caller asks again soon: an answer that says less is better than none. */
    private static final Duration READ_LIMIT = Duration.ofSeconds(2);

    private final NodeId self;
    private final EventLoop loop;
    private final RecordStore store;
    private final Reasons reasons;
    private final Supplier<List<VmId>> guests;
    private final Runnable changed;
    private volatile boolean isLeaving;

    /**
     * Of a host that does not shut down.
     *
     * @param guests what is in its memory now
     * @param changed told when the next report says something else
     */
    HostLeave(
            NodeId self,
            EventLoop loop,
            RecordStore store,
            Reasons reasons,
            Supplier<List<VmId>> guests,
            Runnable changed) {
        this.self = self;
        this.loop = loop;
        this.store = store;
        this.reasons = reasons;
        this.guests = guests;
        this.changed = changed;
    }

    /** Whether it shuts down. */
    boolean isLeaving() {
        return isLeaving;
    }

    @Override
    public CompletionStage<HostServer.Left> leave(boolean leaves) {
        return loop.ask(() -> {
            if (leaves != isLeaving) {
                isLeaving = leaves;
                String what = leaves ? "this host shuts down" : "this host does not shut down after all";
                reasons.tell(Reason.of(Severity.INFO, Topic.NODE, self, what));
                changed.run();
            }
            return left();
        });
    }

    private CompletionStage<HostServer.Left> left() {
        List<VmId> here = guests.get();
        CompletableFuture<Optional<Versioned<NodeRecord>>> record =
                store.read(RecordKey.of(self)).toCompletableFuture();
        return record.orTimeout(READ_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .handle((found, failure) -> new HostServer.Left(self, here, failure == null && isGivenNothing(found)));
    }

    private static boolean isGivenNothing(Optional<Versioned<NodeRecord>> found) {
        return found.filter(node -> node.value().mode() != NodeMode.ACTIVE).isPresent();
    }
}
