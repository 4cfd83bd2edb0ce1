package io.drover.runtime;

import io.drover.engine.agent.InheritedLease;
import io.drover.model.LeaseState;
import io.drover.runtime.lease.LeaseKeeper;
import java.time.Instant;
import java.util.Optional;

/**
 * The lease that a keeper keeps for one incarnation.
 *
 * @param keeper which keeps it
 * @param incarnation whose lease
 */
record KeptLease(LeaseKeeper keeper, long incarnation) implements NodeLease {
    @Override
    public LeaseState state() {
        return keeper.state(incarnation);
    }

    @Override
    public boolean isRevoked() {
        return keeper.isRevoked(incarnation);
    }

    @Override
    public Optional<InheritedLease> inherited(Instant now) {
        return keeper.inherited(incarnation)
                .map(left -> new InheritedLease(
                        now.plus(left.pausesIn()), now.plus(left.endsIn()), now.plus(left.givesUpIn())));
    }

    @Override
    public boolean isHoldMarkSet() {
        return keeper.isHoldMarkSet();
    }

    @Override
    public void setHoldMark(boolean isSet) {
        keeper.setHoldMark(isSet);
    }

    @Override
    public void onChange(Runnable listener) {
        keeper.onChange(listener);
    }
}
