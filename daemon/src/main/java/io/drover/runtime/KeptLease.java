package io.drover.runtime;

import io.drover.engine.agent.InheritedLease;
import io.drover.guard.ClusteredFile;
import io.drover.model.LeaseState;
import io.drover.model.VmId;
import io.drover.runtime.lease.LeaseKeeper;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease that a keeper keeps for one incarnation.
 *
 * @param keeper which keeps it
 * @param incarnation whose lease
 * @param file where it is kept which guests it holds
 */
record KeptLease(LeaseKeeper keeper, long incarnation, ClusteredFile file) implements NodeLease {
    private static final Logger LOG = LoggerFactory.getLogger(KeptLease.class);

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
    public Optional<SortedSet<VmId>> clustered() {
        return file.read();
    }

    @Override
    public void keepClustered(SortedSet<VmId> guests) {
        try {
            file.write(guests);
        } catch (IOException e) {
            LOG.error(
                    "it cannot be written down which guests are the cluster's, so all of them count as such when the"
                            + " agent is gone: {}",
                    e.toString());
        }
    }

    @Override
    public void onChange(Runnable listener) {
        keeper.onChange(listener);
    }
}
