package io.drover.coordination;

/**
 * A record as it was read, with what a compare-and-set needs. Immutable.
 *
 * @param <T> the model's type
 */
public final class Versioned<T> {
    private final RecordKey<T> key;
    private final T value;
    private final int version;
    private final byte[] stored;

    /**
     * Made by adapters only.
     *
     * @param key which record
     * @param value what it says
     * @param version the coordination service's version of it
     * @param stored the bytes as stored, so that a rewrite keeps the fields that this version of Drover does not know;
     *     not copied, never to be changed
     */
    public Versioned(RecordKey<T> key, T value, int version, byte[] stored) {
        this.key = key;
        this.value = value;
        this.version = version;
        this.stored = stored;
    }

    /** Which record. */
    public RecordKey<T> key() {
        return key;
    }

    /** What it says. */
    public T value() {
        return value;
    }

    /** Version to compare with; grows with each write. */
    public int version() {
        return version;
    }

    /** For adapters: the bytes as stored, not to be changed. */
    public byte[] stored() {
        return stored;
    }

    @Override
    public String toString() {
        return key + "@" + version + " " + value;
    }
}
