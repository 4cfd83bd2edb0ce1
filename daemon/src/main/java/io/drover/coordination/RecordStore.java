package io.drover.coordination;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Versioned records. Safe for any thread; results arrive on a thread of the adapter, which must not be blocked. A stage
 * fails with {@link CoordinationException} when the service cannot be asked.
 */
public interface RecordStore {
    /** Reads one record; empty if there is none. */
    <T> CompletionStage<Optional<Versioned<T>>> read(RecordKey<T> key);

    /** Reads all records of a kind, in the order of names. */
    <T> CompletionStage<List<Versioned<T>>> list(RecordKind<T> kind);

    /** Commits a transaction; the stage never fails, every outcome is a value. */
    CompletionStage<CommitOutcome> commit(Transaction transaction);

    /**
     * Calls back whenever the record may have changed: once at first, after each change, and after each reconnection.
     * Only a hint: the record must be read again.
     */
    Watch watch(RecordKey<?> key, Runnable hint);

    /**
     * Calls back with the key of each record, of any kind, that may have changed, and calls {@code everything} when all
     * may have: once at first, and after each reconnection.
     */
    Watch watchAll(java.util.function.Consumer<RecordKey<?>> hint, Runnable everything);

    /** A watch that can be ended. */
    interface Watch extends AutoCloseable {
        /** Ends it; a call-back may still be under way. */
        @Override
        void close();
    }
}
