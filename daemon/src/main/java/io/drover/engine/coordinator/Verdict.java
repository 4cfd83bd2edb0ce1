package io.drover.engine.coordinator;

import io.drover.model.OperationId;
import io.drover.model.Problem;
import java.util.Optional;

/** The answer to a {@link Request}. */
public sealed interface Verdict {
    /**
     * It will be done once the proposal is stored.
     *
     * @param proposal what is to be stored; without puts if there is nothing to change
     * @param operation the operation that it became, if it became one
     * @param plan what it is about to do
     */
    record Accepted(Proposal proposal, Optional<OperationId> operation, Plan plan) implements Verdict {}

    /** Nothing is changed: a dry run's plan. */
    record Planned(Plan plan) implements Verdict {}

    /** Nothing is changed. */
    record Refused(Problem problem) implements Verdict {}
}
