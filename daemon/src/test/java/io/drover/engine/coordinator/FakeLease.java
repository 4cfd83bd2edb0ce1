package io.drover.engine.coordinator;

import io.drover.engine.lease.LeaseHolder;
import io.drover.engine.lease.LeaseVoter;
import io.drover.engine.lease.VoterMemory;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.RenewalSeen;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.util.List;

/** A host's own lease and its voice in those of others. Requests take no time; its disk survives everything but a loss. */
final class FakeLease {
    private final ClusterModel cluster;
    private final FakeHost host;
    private VoterMemory disk = VoterMemory.EMPTY;
    private LeaseVoter voter;
    private LeaseHolder holder;

    FakeLease(ClusterModel cluster, FakeHost host) {
        this.cluster = cluster;
        this.host = host;
        this.voter = new LeaseVoter(host.id(), terms(), disk, cluster.nanos());
        this.holder = new LeaseHolder(1, terms(), VoterSet.NONE);
    }

    private LeaseTerms terms() {
        return cluster.settings().lease();
    }

    /** Knows a set of voters since always. */
    void learn(VoterSet voters) {
        disk = disk.knowing(voters);
        voter = new LeaseVoter(
                host.id(), terms(), disk, cluster.nanos() - Duration.ofHours(1).toNanos());
        holder.learned(voters);
    }

    /** Its process begins anew. */
    void restart(long incarnation) {
        voter = new LeaseVoter(host.id(), terms(), disk, cluster.nanos());
        joined(incarnation);
    }

    /** Its process goes on in a new incarnation. */
    void joined(long incarnation) {
        holder = new LeaseHolder(incarnation, terms(), holder.voters());
    }

    void loseDisk() {
        disk = VoterMemory.EMPTY;
    }

    boolean isRevoked() {
        return holder.isRevoked();
    }

    LeaseState state() {
        return holder.state(cluster.nanos());
    }

    /** Asks every voter that it can reach. */
    void renew() {
        if (host.inContact()) {
            holder.learned(cluster.voters());
        }
        for (NodeId member : List.copyOf(holder.voters().members())) {
            FakeHost other = cluster.hosts().get(member);
            if (other == null || !cluster.isLinked(host, other)) {
                continue;
            }
            LeaseVoter.Answer answer = other.lease()
                    .voter
                    .renew(host.id(), holder.incarnation(), holder.voters().version(), cluster.nanos());
            if (answer instanceof LeaseVoter.Answer.Granted) {
                holder.granted(member, cluster.nanos());
            } else if (answer instanceof LeaseVoter.Answer.Revoked) {
                holder.revoked();
            } else if (answer instanceof LeaseVoter.Answer.OtherVoters others) {
                holder.learned(others.known());
            }
        }
    }

    Duration revoke(NodeId node, long incarnation) {
        voter.revoke(node, incarnation);
        disk = voter.memory();
        return voter.promiseEndsIn(node, cluster.nanos());
    }

    boolean isRevoked(NodeId node, long incarnation) {
        return disk.isRevoked(node, incarnation);
    }

    long announce(FencingDuty.Announce duty) {
        boolean isRefused = voter.announce(duty.voters(), duty.revoked()).isPresent();
        disk = voter.memory();
        return isRefused ? 0 : disk.voters().version();
    }

    long votersVersion() {
        return voter.memory().voters().version();
    }

    @Override
    public String toString() {
        return state() + ", incarnation " + holder.incarnation() + (isRevoked() ? ", revoked" : "") + ", counts by "
                + holder.voters().version() + ", on disk " + disk;
    }

    List<RenewalSeen> renewals() {
        return voter.renewals(cluster.nanos());
    }
}
