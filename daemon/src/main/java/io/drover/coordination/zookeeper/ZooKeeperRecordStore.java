package io.drover.coordination.zookeeper;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.coordination.codec.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Versioned records in ZooKeeper. */
final class ZooKeeperRecordStore implements RecordStore {
    private final AsyncClient client;
    private final Layout layout;
    private final Committer committer;

    ZooKeeperRecordStore(AsyncClient client, Layout layout, Committer committer) {
        this.client = client;
        this.layout = layout;
        this.committer = committer;
    }

    @Override
    public <T> CompletionStage<Optional<Versioned<T>>> read(RecordKey<T> key) {
        return client.thread().submit(() -> fetch(key));
    }

    @Override
    public <T> CompletionStage<List<Versioned<T>>> list(RecordKind<T> kind) {
        if (Layout.isSingle(kind)) {
            return read(new RecordKey<>(kind, ""))
                    .thenApply(record -> record.stream().toList());
        }
        return client.thread()
                .submit(() -> client.children(layout.folder(kind))
                        .thenCompose(names -> fetchAll(kind, names.orElse(List.of()))));
    }

    @Override
    public CompletionStage<CommitOutcome> commit(Transaction transaction) {
        return committer.commit(transaction);
    }

    @Override
    public Watch watch(RecordKey<?> key, Runnable hint) {
        return PathWatch.ofRecord(client, layout.path(key), hint);
    }

    @Override
    public Watch watchAll(Consumer<RecordKey<?>> hint, Runnable everything) {
        return PathWatch.ofTree(client, layout.root(), path -> layout.key(path).ifPresent(hint), everything);
    }

    private <T> CompletableFuture<Optional<Versioned<T>>> fetch(RecordKey<T> key) {
        return client.get(layout.path(key)).thenApply(stored -> stored.map(found -> versioned(key, found)));
    }

    private <T> CompletableFuture<List<Versioned<T>>> fetchAll(RecordKind<T> kind, List<String> names) {
        List<CompletableFuture<Optional<Versioned<T>>>> reads = names.stream()
                .sorted()
                .map(name -> fetch(new RecordKey<>(kind, name)))
                .toList();
        return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<Versioned<T>> records = new ArrayList<>();
                    // One that has gone since the folder was listed is left out.
                    reads.forEach(read -> read.join().ifPresent(records::add));
                    return records;
                });
    }

    static <T> Versioned<T> versioned(RecordKey<T> key, Stored stored) {
        int version = stored.stat().getVersion();
        return new Versioned<>(key, RecordCodec.decode(key, stored.bytes(), version), version, stored.bytes());
    }
}
