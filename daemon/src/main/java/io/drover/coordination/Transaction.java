package io.drover.coordination;

import io.drover.model.OperationId;
import java.util.List;
import java.util.Optional;

/**
 * Changes that happen together or not at all. It touches at most one VM; the assignments of the nodes that the VM's
 * phase named before or names after follow in the same transaction by themselves.
 *
 * @param epoch the coordinator's epoch, checked in the transaction; empty for a write of an agent
 * @param operation on whose behalf
 * @param changes what is to change
 */
public record Transaction(Optional<Long> epoch, Optional<OperationId> operation, List<Change> changes) {
    /**
     * Copies the changes.
     *
     * @throws IllegalArgumentException if more than one VM is touched
     */
    public Transaction {
        changes = List.copyOf(changes);
        if (changes.stream()
                        .filter(change -> change.key().kind().equals(RecordKind.VMS))
                        .count()
                > 1) {
            throw new IllegalArgumentException("a transaction touches one VM: " + changes);
        }
    }

    /** A write of an agent. */
    public static Transaction ofAgent(Change... changes) {
        return new Transaction(Optional.empty(), Optional.empty(), List.of(changes));
    }
}
