package io.drover.transport.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.engine.lease.LeaseVoter.Answer;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.UsualTerms;
import io.drover.model.VoterSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoterDeskTest {
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final VoterSet FIRST = VoterSet.NONE.with(A);
    private static final Duration LEASE = LeaseTerms.DEFAULTS.duration();

    private final AtomicLong clock = new AtomicLong(-1_000_000);

    @TempDir
    private Path folder;

    @Test
    void revocationSurvivesARestart() throws IOException {
        VoterDesk desk = member();
        assertThat(desk.renew(B, 3, 1).answer()).isEqualTo(new Answer.Granted());

        desk.revoke(B, 3);

        assertThat(desk.renew(B, 3, 1).answer()).isEqualTo(new Answer.Revoked());
        assertThat(open().renew(B, 3, 1).answer()).isEqualTo(new Answer.Revoked());
        assertThat(open().renew(B, 4, 1).answer()).isEqualTo(new Answer.Granted());
    }

    @Test
    void revocationThatCannotBeWrittenIsNotAnsweredAndHoldsAllTheSame() throws IOException {
        VoterDesk desk = member();
        breakDisk();

        assertThatThrownBy(() -> desk.revoke(B, 3)).isInstanceOf(IOException.class);
        assertThat(desk.renew(B, 3, 1).answer()).isEqualTo(new Answer.Revoked());

        repairDisk();
        desk.revoke(B, 3);
        assertThat(open().renew(B, 3, 1).answer()).isEqualTo(new Answer.Revoked());
    }

    @Test
    void renewalDoesNotTouchTheDisk() throws IOException {
        VoterDesk desk = member();
        breakDisk();

        assertThat(desk.renew(B, 1, 1).answer()).isEqualTo(new Answer.Granted());
    }

    @Test
    void promiseOfAnEarlierProcessIsCountedForTheLongestThatItMayHaveBeenMadeFor() throws IOException {
        VoterDesk first = member();
        LeaseTerms longer = UsualTerms.lasting(LEASE.multipliedBy(3));
        first.termsAre(longer);
        assertThat(first.renew(B, 1, 1).promised()).isEqualTo(longer.duration());
        first.termsAre(LeaseTerms.DEFAULTS);
        assertThat(first.renew(B, 1, 1).promised()).isEqualTo(LEASE);
        assertThat(first.revoke(B, 1)).isEqualTo(longer.duration());

        VoterDesk second = open();

        assertThat(second.revoke(A, 1)).isEqualTo(longer.duration());
        clock.addAndGet(longer.duration().toNanos() + 1);
        second.tidy();
        assertThat(open().revoke(A, 1)).isEqualTo(LEASE);
    }

    @Test
    void setOfVotersThatIsAnsweredForIsOnTheDisk() throws IOException {
        VoterDesk desk = member();
        VoterSet second = FIRST.nowKnown().with(B);

        assertThat(desk.announce(second, Map.of())).isEmpty();

        assertThat(desk.votersOnDisk()).isEqualTo(2);
        assertThat(open().voters()).isEqualTo(second);
        assertThat(open().announce(FIRST, Map.of())).isEmpty();
        assertThat(open().votersOnDisk()).isEqualTo(2);
    }

    @Test
    void damagedMemoryIsPutAsideAndMakesAVoterThatDoesNotVote() throws IOException {
        member().announce(FIRST.nowKnown(), Map.of());
        Path file = folder.resolve("voter");
        byte[] stored = Files.readAllBytes(file);
        stored[stored.length - 1] ^= 1;
        Files.write(file, stored);

        VoterDesk desk = open();

        assertThat(folder.resolve("voter.damaged")).exists();
        assertThat(desk.renew(B, 1, 1).answer()).isInstanceOf(Answer.NotVoting.class);
        assertThat(desk.announce(FIRST.nowKnown(), Map.of())).isPresent();
        assertThat(desk.votersOnDisk()).isZero();
    }

    private VoterDesk member() throws IOException {
        VoterDesk desk = open();
        assertThat(desk.announce(FIRST, Map.of())).isEmpty();
        return desk;
    }

    private VoterDesk open() throws IOException {
        return VoterDesk.open(A, LeaseTerms.DEFAULTS, new VoterDisk(folder), clock::get);
    }

    /** A folder in the place of the draft cannot be written to, whoever tries. */
    private void breakDisk() throws IOException {
        Files.createDirectory(folder.resolve("voter.new"));
    }

    private void repairDisk() throws IOException {
        Files.delete(folder.resolve("voter.new"));
    }
}
