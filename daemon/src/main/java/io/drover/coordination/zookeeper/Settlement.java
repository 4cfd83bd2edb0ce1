package io.drover.coordination.zookeeper;

import io.drover.coordination.codec.RecordCodec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Finds out what became of a transaction whose answer was lost, by reading back what it would have written.
 *
 * <p>A record with the transaction's write id proves that it is stored. A record that somebody else has written instead
 * proves that it is not and never will be, because its versions cannot match any more. A record that is as it was before
 * proves that only in the session in which the transaction was sent: ZooKeeper handles the requests of one session in
 * their order, and refuses what an earlier connection of it still has under way. A transaction of an ended session may
 * still be on its way.
 */
final class Settlement {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final AsyncClient client;
    private final Layout layout;
    private final List<PlannedWrite<?>> writes;
    private final String writeId;
    private final SessionHandle sentIn;
    private final long deadlineNanos;
    private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();

    private Settlement(
            AsyncClient client,
            Layout layout,
            List<PlannedWrite<?>> writes,
            String writeId,
            SessionHandle sentIn,
            Duration limit) {
        this.client = client;
        this.layout = layout;
        this.writes = writes;
        this.writeId = writeId;
        this.sentIn = sentIn;
        this.deadlineNanos = System.nanoTime() + limit.toNanos();
    }

    /** What became of it. */
    enum Verdict {
        /** It is stored. */
        STORED,
        /** It is not, and never will be. */
        NOT_STORED,
        /** Nobody can tell. */
        UNKNOWN
    }

    /** What one record tells. */
    enum Evidence {
        /** It has the transaction's write id. */
        OURS,
        /** Someone else has written it in the place of the transaction. */
        SOMEONE_ELSES,
        /** It is as it was before. */
        UNCHANGED,
        /** It was to be deleted and is gone. */
        GONE,
        /** It has changed so much since that it tells nothing. */
        SILENT
    }

    /**
     * Looks, again and again until the service answers or the limit has passed. Fails only if this connection is
     * closed.
     *
     * @param sentIn the session in which the transaction was sent
     */
    static CompletableFuture<Verdict> of(
            AsyncClient client,
            Layout layout,
            List<PlannedWrite<?>> writes,
            String writeId,
            SessionHandle sentIn,
            Duration limit) {
        Settlement settlement = new Settlement(client, layout, writes, writeId, sentIn, limit);
        client.endWithConnection(settlement.verdict);
        var timer = client.thread().schedule(limit, () -> settlement.verdict.complete(Verdict.UNKNOWN));
        settlement.look();
        return settlement.verdict.whenComplete((found, error) -> timer.cancel(false));
    }

    private void look() {
        if (verdict.isDone()) {
            return;
        }
        List<CompletableFuture<Evidence>> reads;
        CompletableFuture<Void> synced = client.sync(layout.root());
        reads = writes.stream()
                .map(write -> synced.thenCompose(done -> client.get(layout.path(write.key())))
                        .thenApply(found -> evidence(write, found, writeId)))
                .toList();
        var unused = CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, error) -> {
                    if (error == null) {
                        boolean sameSession =
                                client.session().filter(sentIn::isSame).isPresent();
                        verdict.complete(judge(
                                reads.stream().map(CompletableFuture::join).toList(), sameSession));
                    } else if (System.nanoTime() - deadlineNanos >= 0) {
                        verdict.complete(Verdict.UNKNOWN);
                    } else {
                        client.thread().later(PAUSE, this::look);
                    }
                });
    }

    static Verdict judge(List<Evidence> evidence, boolean sameSession) {
        if (evidence.contains(Evidence.OURS)) {
            return Verdict.STORED;
        }
        if (evidence.contains(Evidence.SOMEONE_ELSES)) {
            return Verdict.NOT_STORED;
        }
        if (evidence.contains(Evidence.UNCHANGED)) {
            return sameSession ? Verdict.NOT_STORED : Verdict.UNKNOWN;
        }
        // Whoever wanted records to be gone and finds them gone has what he wanted, even if someone else deleted them.
        boolean allGone = !evidence.isEmpty() && evidence.stream().allMatch(each -> each == Evidence.GONE);
        return allGone ? Verdict.STORED : Verdict.UNKNOWN;
    }

    /** What the record that is there now tells about a write. */
    static Evidence evidence(PlannedWrite<?> write, Optional<Stored> found, String writeId) {
        return switch (write.action()) {
            case CREATE ->
                found.map(stored -> ofPresent(write, stored, 0, writeId)).orElse(Evidence.UNCHANGED);
            case UPDATE ->
                found.map(stored -> ofPresent(write, stored, write.version() + 1, writeId))
                        .orElse(Evidence.SILENT);
            case DELETE ->
                found.map(stored -> stored.stat().getVersion() == write.version()
                                ? Evidence.UNCHANGED
                                : Evidence.SOMEONE_ELSES)
                        .orElse(Evidence.GONE);
            // Whether a record was only looked at cannot be seen in it.
            case CHECK -> Evidence.SILENT;
        };
    }

    private static Evidence ofPresent(PlannedWrite<?> write, Stored stored, int ourVersion, String writeId) {
        if (RecordCodec.provenance(write.key(), stored.bytes()).getWriteId().equals(writeId)) {
            return Evidence.OURS;
        }
        int version = stored.stat().getVersion();
        if (version == ourVersion) {
            return Evidence.SOMEONE_ELSES;
        }
        // Below: as it was before. Above: someone may have written after us, or instead of us.
        return version < ourVersion ? Evidence.UNCHANGED : Evidence.SILENT;
    }
}
