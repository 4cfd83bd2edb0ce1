package io.drover.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.coordination.Change;
import io.drover.coordination.Coordination;
import io.drover.coordination.Coordination.Connection;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.coordination.zookeeper.Records;
import io.drover.model.DrainStatus;
import io.drover.model.FencingState;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.sim.contract.CoordinationStage.Cut;
import io.drover.sim.contract.CoordinationStage.Link;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A node's place among the live ones. */
interface MembershipPromises extends CoordinationPromises {
    @Test
    default void joiningMakesTheRecordAndAnnouncesTheNode() {
        RecordStore observer = records("hv3");

        NodeRecord joined = join(stage().connect("hv1").coordination(), Records.HV1, List.of());

        assertThat(joined.incarnation()).isEqualTo(1);
        awaitLive(observer, 1);
        assertThat(read(observer, HV1).orElseThrow().value()).isEqualTo(joined);
        assertThat(read(observer, HV1_LIVE).orElseThrow().value()).isEqualTo(Records.live(Records.HV1, 1));
    }

    @Test
    default void everyJoinHasAHigherIncarnationAndKeepsWhatOperatorsWanted() {
        RecordStore observer = records("hv3");
        Coordination hv1 = stage().connect("hv1").coordination();
        join(hv1, Records.HV1, new CopyOnWriteArrayList<>());
        awaitLive(observer, 1);
        Versioned<NodeRecord> seen = read(observer, HV1).orElseThrow();
        NodeRecord paused =
                seen.value().withMode(NodeMode.PAUSED, DrainStatus.COMPLETED, Optional.empty(), "new fans", "ada");
        write(observer, HV1, new Change.Update<>(seen, paused));

        NodeRecord again = join(hv1, Records.HV1, List.of());

        assertThat(again).isEqualTo(paused.joined());
        assertThat(again.incarnation()).isEqualTo(2);
        awaitLive(observer, 2);
    }

    @Test
    default void theEarlierProcessOfANodeIsToldAndTakesNothingFromTheLaterOne() {
        RecordStore observer = records("hv3");
        List<String> superseded = new CopyOnWriteArrayList<>();
        Coordination first = stage().connect("hv1").coordination();
        Coordination second = stage().connect("hv1").coordination();
        join(first, Records.HV1, superseded);

        join(second, Records.HV1, List.of());

        stage().await("that the earlier one is told", () -> !superseded.isEmpty());
        assertThat(superseded).hasSize(1);
        assertThat(superseded.get(0)).contains("incarnation 2");
        awaitLive(observer, 2);
        first.membership().close();
        stage().passASession();
        assertThat(read(observer, HV1_LIVE)).isPresent();
        first.close();
        stage().passASession();
        assertThat(read(observer, HV1_LIVE).orElseThrow().value().incarnation()).isEqualTo(2);
        assertThat(read(observer, HV1).orElseThrow().value().incarnation()).isEqualTo(2);
    }

    @Test
    default void aFencedMemberIsToldSo() {
        RecordStore observer = records("hv3");
        List<String> superseded = new CopyOnWriteArrayList<>();
        join(stage().connect("hv1").coordination(), Records.HV1, superseded);
        awaitLive(observer, 1);

        fence(observer);

        stage().await("that it is told", () -> !superseded.isEmpty());
        assertThat(superseded.get(0)).contains("fenced");
    }

    @Test
    default void aMemberWhoseConnectionOnlyBreaksStaysAnnouncedAllTheTime() {
        RecordStore observer = records("hv3");
        List<String> superseded = new CopyOnWriteArrayList<>();
        Link hv1 = stage().connect("hv1");
        join(hv1.coordination(), Records.HV1, superseded);
        awaitLive(observer, 1);

        blink(hv1);
        stage().await("a connection", () -> {
            assertThat(read(observer, HV1_LIVE)).as("it is announced meanwhile").isPresent();
            return read(hv1.coordination().records(), HV1).isPresent();
        });
        awaitConnection(hv1, Connection.CONNECTED);
        stage().passASession();

        assertThat(read(observer, HV1_LIVE).orElseThrow().value().incarnation()).isEqualTo(1);
        assertThat(superseded).isEmpty();
    }

    @Test
    default void aMemberThatLosesItsSessionIsAnnouncedAgainWithTheSameIncarnation() {
        RecordStore observer = records("hv3");
        List<String> superseded = new CopyOnWriteArrayList<>();
        Link hv1 = stage().connect("hv1");
        join(hv1.coordination(), Records.HV1, superseded);
        awaitLive(observer, 1);

        hv1.cut(Cut.BOTH_WAYS);
        awaitGone(observer);
        hv1.mend();

        awaitLive(observer, 1);
        stage().passASession();
        assertThat(read(observer, HV1_LIVE).orElseThrow().value().incarnation()).isEqualTo(1);
        assertThat(read(observer, HV1).orElseThrow().value().incarnation()).isEqualTo(1);
        assertThat(superseded).isEmpty();
    }

    @Test
    default void aMemberThatWasFencedWhileItWasAwayDoesNotComeBackByItself() {
        RecordStore observer = records("hv3");
        List<String> superseded = new CopyOnWriteArrayList<>();
        Link hv1 = stage().connect("hv1");
        join(hv1.coordination(), Records.HV1, superseded);
        awaitLive(observer, 1);

        hv1.cut(Cut.BOTH_WAYS);
        awaitGone(observer);
        fence(observer);
        hv1.mend();

        stage().await("that it is told", () -> !superseded.isEmpty());
        assertThat(superseded.get(0)).contains("fenced");
        stage().passASession();
        assertThat(read(observer, HV1_LIVE)).isEmpty();
    }

    @Test
    default void leavingTakesTheAnnouncementBackAndJoiningAgainIsANewIncarnation() {
        RecordStore observer = records("hv3");
        Coordination hv1 = stage().connect("hv1").coordination();
        join(hv1, Records.HV1, List.of());
        awaitLive(observer, 1);

        hv1.membership().close();

        awaitGone(observer);
        assertThat(join(hv1, Records.HV1, List.of()).incarnation()).isEqualTo(2);
        awaitLive(observer, 2);
    }

    @Test
    default void theAnnouncementGoesWithTheConnectionThatIsClosed() {
        RecordStore observer = records("hv3");
        Coordination hv1 = stage().connect("hv1").coordination();
        join(hv1, Records.HV1, List.of());
        awaitLive(observer, 1);

        hv1.close();

        awaitGone(observer);
        assertThat(read(observer, HV1).orElseThrow().value().incarnation()).isEqualTo(1);
    }

    private void fence(RecordStore observer) {
        Versioned<NodeRecord> seen = read(observer, HV1).orElseThrow();
        write(observer, HV1, new Change.Update<>(seen, seen.value().withFencing(FencingState.FENCED, "power is off")));
    }

    private void awaitGone(RecordStore observer) {
        stage().await(
                        "that hv1 is not announced",
                        () -> read(observer, HV1_LIVE).isEmpty());
    }

    private void awaitLive(RecordStore observer, long incarnation) {
        stage().await(
                        "that hv1 is announced",
                        () -> read(observer, HV1_LIVE)
                                .filter(live -> live.value().incarnation() == incarnation)
                                .isPresent());
    }
}
