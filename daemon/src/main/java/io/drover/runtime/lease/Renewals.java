package io.drover.runtime.lease;

import io.drover.engine.lease.LeaseHolder;
import io.drover.engine.lease.LeaseVoter;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.transport.lease.LeaseClient;
import io.drover.transport.lease.VoterDesk;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks voters to promise, this node itself among them. On the lease's counting thread, where the answers come too. */
final class Renewals {
    private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);

    /** A renewal that has not been answered when the next but one is due is of no more use. */
    private static final double CALL_SHARE = 0.9;

    private final NodeId self;
    private final LongSupplier nanoTime;
    private final VoterDesk desk;
    private final LeaseClient client;
    private final LeaseThreads threads;
    private final Answers answers;

    /** Takes what voters say. */
    interface Answers {
        /**
         * A voter has answered.
         *
         * @param asking the lease that was to be renewed; it may be another one by now
         * @param sentAt when the request was sent
         */
        void answered(LeaseHolder asking, NodeId voter, long sentAt, LeaseClient.Renewed renewed);

        /** A voter has not answered in time, or nobody knows where it is. */
        void silent(NodeId voter);
    }

    Renewals(
            NodeId self,
            LongSupplier nanoTime,
            VoterDesk desk,
            LeaseClient client,
            LeaseThreads threads,
            Answers answers) {
        this.self = self;
        this.nanoTime = nanoTime;
        this.desk = desk;
        this.client = client;
        this.threads = threads;
        this.answers = answers;
    }

    /**
     * Asks all voters of a lease.
     *
     * @param addresses where voters are reached
     */
    void ask(LeaseHolder holder, Map<NodeId, String> addresses) {
        for (NodeId voter : holder.voters().members()) {
            String address = addresses.get(voter);
            if (voter.equals(self)) {
                askSelf(holder);
            } else if (address == null) {
                answers.silent(voter);
            } else {
                ask(holder, voter, address);
            }
        }
    }

    private void askSelf(LeaseHolder holder) {
        long sentAt = nanoTime.getAsLong();
        VoterDesk.Renewal renewal =
                desk.renew(self, holder.incarnation(), holder.voters().version());
        VoterSet other =
                renewal.answer() instanceof LeaseVoter.Answer.OtherVoters found ? found.known() : VoterSet.NONE;
        answers.answered(
                holder,
                self,
                sentAt,
                new LeaseClient.Renewed(
                        renewal.answer() instanceof LeaseVoter.Answer.Granted,
                        renewal.promised(),
                        renewal.answer() instanceof LeaseVoter.Answer.Revoked,
                        other,
                        ""));
    }

    private void ask(LeaseHolder holder, NodeId voter, String address) {
        Duration deadline = Duration.ofNanos((long) (holder.terms().renewEvery().toNanos() * CALL_SHARE));
        long sentAt = nanoTime.getAsLong();
        CompletionStage<LeaseClient.Renewed> answer = client.renew(
                address, self, holder.incarnation(), holder.voters().version(), deadline);
        var unused = answer.whenComplete((renewed, failure) -> threads.run(() -> {
            if (failure == null) {
                answers.answered(holder, voter, sentAt, renewed);
            } else {
                LOG.debug("voter {} at {} did not answer: {}", voter, address, failure.toString());
                answers.silent(voter);
            }
        }));
    }
}
