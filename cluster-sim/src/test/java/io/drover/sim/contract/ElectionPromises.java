package io.drover.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.zookeeper.Records;
import io.drover.sim.contract.CoordinationStage.Cut;
import io.drover.sim.contract.CoordinationStage.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contest for the leadership: one holder of an epoch, epochs that grow, and no write of a deposed one. */
interface ElectionPromises extends CoordinationPromises {
    @Test
    default void theFirstEpochIsOneAndIsStored() {
        Link hv1 = stage().connect("hv1");
        Told told = campaign(hv1);

        stage().await("a leader", told::leads);

        assertThat(told.last().number()).isEqualTo(1);
        assertThat(told.last().coordinator()).isEqualTo(Records.HV1);
        var stored = read(hv1.coordination().records(), RecordKey.EPOCH).orElseThrow();
        assertThat(stored.version()).isEqualTo(1);
        assertThat(stored.value()).isEqualTo(told.last());
    }

    @Test
    default void ofManyCandidatesOneLeadsAndTheOthersFollowOneByOneWithHigherEpochs() {
        List<Link> links = new ArrayList<>();
        List<Told> tolds = new ArrayList<>();
        for (String node : List.of("hv1", "hv2", "hv3")) {
            links.add(stage().connect(node));
            tolds.add(campaign(links.get(links.size() - 1)));
        }
        long before = 0;
        while (!links.isEmpty()) {
            stage().await("a leader", () -> tolds.stream().anyMatch(Told::leads));
            stage().passASession();
            assertThat(tolds.stream().filter(told -> !told.elected.isEmpty()))
                    .as("whoever leads is not disturbed by those that wait")
                    .hasSize(1);
            int leading =
                    tolds.indexOf(tolds.stream().filter(Told::leads).findFirst().orElseThrow());
            Told leader = tolds.remove(leading);
            assertThat(leader.elected).hasSize(1);
            assertThat(leader.last().number()).isGreaterThan(before);
            before = leader.last().number();
            links.remove(leading).coordination().close();
            assertThat(leader.resigned).as("it is told before it has left").hasSize(leader.elected.size());
        }
    }

    @Test
    default void whoWithdrawsIsToldBeforeItIsOutAndCanCampaignAgain() {
        Link hv1 = stage().connect("hv1");
        Told first = campaign(hv1);
        stage().await("a leader", first::leads);
        Told second = campaign(stage().connect("hv2"));

        hv1.coordination().election().close();

        assertThat(first.leads()).isFalse();
        stage().await("the next leader", second::leads);
        assertThat(second.last().number()).isEqualTo(2);
        Told again = campaign(hv1);
        stage().passASession();
        assertThat(again.elected).isEmpty();
        assertThat(second.leads()).isTrue();
    }

    @Test
    default void aLeaderThatIsCutOffResignsLosesItsWritesAndCampaignsAgain() {
        Link hv1 = stage().connect("hv1");
        Told first = campaign(hv1);
        stage().await("a leader", first::leads);
        Epoch deposed = first.last();
        Link hv2 = stage().connect("hv2");
        Told second = campaign(hv2);

        hv1.cut(Cut.BOTH_WAYS);
        stage().await("that it resigns", () -> !first.leads());
        stage().await("the next leader", second::leads);
        Epoch next = second.last();
        assertThat(next.number()).isGreaterThan(deposed.number());
        hv1.mend();

        awaitStale(hv1.coordination().records(), deposed, next);
        assertThat(read(hv2.coordination().records(), SQL1)).isEmpty();
        assertThat(first.elected).hasSize(1);
        hv2.coordination().close();
        stage().await("that it leads again", first::leads);
        assertThat(first.last().number()).isGreaterThan(next.number());
    }

    @Test
    default void aLeaderWhoseConnectionBlinksLeadsAgainWithAnotherEpoch() {
        Link hv1 = stage().connect("hv1");
        Told told = campaign(hv1);
        stage().await("a leader", told::leads);
        Epoch before = told.last();

        blink(hv1);

        stage().await("that it leads again", () -> told.elected.size() > 1 && told.leads());
        assertThat(told.last().number()).isGreaterThan(before.number());
        awaitStale(hv1.coordination().records(), before, told.last());
    }

    @Test
    default void whoBeganToCampaignEarlierButGotThroughLaterDoesNotDeposeTheLeader() {
        Link hv2 = stage().connect("hv2");
        Link hv1 = stage().connect("hv1");
        hv2.cut(Cut.REQUESTS);
        Told late = campaign(hv2);
        Told told = campaign(hv1);
        stage().await("a leader", told::leads);
        hv2.mend();

        stage().await(
                        "that hv2 is there again",
                        () -> read(hv2.coordination().records(), RecordKey.EPOCH)
                                .isPresent());
        stage().passASession();
        assertThat(told.resigned).isEmpty();
        assertThat(late.elected).isEmpty();
        hv1.coordination().close();
        stage().await("the next leader", late::leads);
    }

    @Test
    default void epochsOfAllNodesAreDifferentAndGrowWhateverBreaks() {
        List<Link> links = Stream.of("hv1", "hv2", "hv3").map(stage()::connect).toList();
        List<Told> tolds = links.stream().map(this::campaign).toList();
        long before = 0;
        for (int round = 0; round < 3; round++) {
            long least = before;
            stage().await("a leader with a new epoch", () -> newLeader(tolds, least) >= 0);
            int leading = newLeader(tolds, least);
            before = tolds.get(leading).last().number();
            blink(links.get(leading));
        }
        List<Long> numbers = tolds.stream()
                .flatMap(told -> told.elected.stream())
                .map(Epoch::number)
                .toList();
        assertThat(numbers).doesNotHaveDuplicates();
        for (Told told : tolds) {
            assertThat(told.elected).extracting(Epoch::number).isSorted();
        }
    }

    private static int newLeader(List<Told> tolds, long above) {
        for (int i = 0; i < tolds.size(); i++) {
            if (tolds.get(i).leads() && tolds.get(i).last().number() > above) {
                return i;
            }
        }
        return -1;
    }

    /** Until the connection is back the write is not sent at all; then its epoch is refused. */
    private void awaitStale(RecordStore deposed, Epoch epoch, Epoch next) {
        Change change = new Change.Create<>(SQL1, Records.vm("sql1"));
        stage().await("that its write is refused", () -> {
            CommitOutcome outcome = get(deposed.commit(Records.ofCoordinator(epoch.number(), change)));
            assertThat(outcome).isNotInstanceOf(CommitOutcome.Committed.class);
            return outcome.equals(new CommitOutcome.StaleEpoch(next.number()));
        });
    }
}
