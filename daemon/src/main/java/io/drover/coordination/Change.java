package io.drover.coordination;

/** One part of a {@link Transaction}. */
public sealed interface Change {
    /** The record that it is about. */
    RecordKey<?> key();

    /** A record that must not exist yet. */
    record Create<T>(RecordKey<T> key, T value) implements Change {}

    /** A record that must still be as it was seen. */
    record Update<T>(Versioned<T> seen, T next) implements Change {
        @Override
        public RecordKey<T> key() {
            return seen.key();
        }
    }

    /** A record that must still be as it was seen, and stays so. */
    record Check<T>(Versioned<T> seen) implements Change {
        @Override
        public RecordKey<T> key() {
            return seen.key();
        }
    }

    /** A record that must still be as it was seen, and goes. */
    record Delete<T>(Versioned<T> seen) implements Change {
        @Override
        public RecordKey<T> key() {
            return seen.key();
        }
    }
}
