package io.drover.engine.migration;

import io.drover.model.Reason;
import java.util.List;

/**
 * What an event leads to.
 *
 * @param next the state from now on
 * @param actions to be done in this order
 * @param reasons what to tell people
 * @param <S> the machine
 */
public record MigrationStep<S>(S next, List<MigrationAction> actions, List<Reason> reasons) {
    /** Copies the lists. */
    public MigrationStep {
        actions = List.copyOf(actions);
        reasons = List.copyOf(reasons);
    }
}
