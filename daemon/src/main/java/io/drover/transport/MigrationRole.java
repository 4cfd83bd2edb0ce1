package io.drover.transport;

/** A node's part in a migration. */
public enum MigrationRole {
    /** It sends the guest. */
    SOURCE,
    /** It receives the guest. */
    TARGET
}
