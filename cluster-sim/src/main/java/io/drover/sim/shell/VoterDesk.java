package io.drover.sim.shell;

import io.drover.engine.lease.LeaseVoter;
import io.drover.engine.lease.VoterMemory;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.RenewalSeen;
import io.drover.model.VoterSet;
import io.drover.sim.world.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A node as a voter, for one life of its agent. What rests on its disk is answered once it is there. */
final class VoterDesk {
    private final Machine machine;
    private final LeaseVoter voter;
    private final Defects defects;
    private final List<Runnable> waiting = new ArrayList<>();
    private VoterMemory written;
    private boolean isWriting;

    VoterDesk(Machine machine, LeaseTerms terms, Defects defects) {
        this.machine = machine;
        this.defects = defects;
        VoterMemory kept = machine.disk().voterAtStart();
        this.written =
                defects.has(Defect.REVOCATIONS_FORGOTTEN_ON_RESTART) ? VoterMemory.EMPTY.knowing(kept.voters()) : kept;
        long now = machine.clock().read();
        // A voter that forgets to wait takes itself to have been started long ago.
        long startedAt = defects.has(Defect.NO_WAIT_AFTER_VOTER_RESTART)
                ? now - terms.duration().toNanos()
                : now;
        this.voter = new LeaseVoter(machine.id(), terms, written, startedAt);
    }

    LeaseVoter.Answer renew(NodeId node, long incarnation, long votersVersion) {
        long version = defects.has(Defect.COUNT_BY_OLD_VOTERS) ? Long.MAX_VALUE : votersVersion;
        LeaseVoter.Answer answer =
                voter.renew(node, incarnation, version, machine.clock().read());
        boolean isIgnored = defects.has(Defect.REVOCATION_IGNORED) && answer instanceof LeaseVoter.Answer.Revoked;
        return isIgnored ? new LeaseVoter.Answer.Granted() : answer;
    }

    /** Takes back its word, and then says for how long promises may still live. */
    void revoke(NodeId node, long incarnation, Consumer<Duration> answer) {
        voter.revoke(node, incarnation);
        Runnable reply = () -> answer.accept(
                defects.has(Defect.PROMISES_DENIED)
                        ? Duration.ZERO
                        : voter.promiseEndsIn(node, machine.clock().read()));
        if (defects.has(Defect.REVOCATION_NOT_ON_DISK)) {
            reply.run();
            return;
        }
        keep(reply);
    }

    /** Learns of a set of voters, and then says which it has on its disk; 0: none. */
    void announce(VoterSet announced, Map<NodeId, Long> revoked, Consumer<Long> answer) {
        Optional<String> refusal = voter.announce(announced, revoked);
        keep(() -> answer.accept(refusal.isPresent() ? 0L : written.voters().version()));
    }

    /** The records name a set of voters. */
    void learn(VoterSet found) {
        voter.learn(found);
        keep(() -> {});
    }

    private void keep(Runnable then) {
        if (written.equals(voter.memory()) && !isWriting) {
            then.run();
            return;
        }
        waiting.add(then);
        if (!isWriting) {
            write();
        }
    }

    private void write() {
        isWriting = true;
        VoterMemory memory = voter.memory();
        List<Runnable> served = List.copyOf(waiting);
        waiting.clear();
        machine.disk().keep(machine.agent(), memory, () -> {
            written = memory;
            isWriting = false;
            served.forEach(Runnable::run);
            if (!waiting.isEmpty()) {
                write();
            }
        });
    }

    VoterSet voters() {
        return voter.memory().voters();
    }

    long versionOnDisk() {
        return written.voters().version();
    }

    boolean isIdle() {
        return !isWriting;
    }

    List<RenewalSeen> renewals() {
        return voter.renewals(machine.clock().read());
    }
}
