package io.drover.coordination.zookeeper;

import static io.drover.coordination.zookeeper.ClusterFixture.get;
import static io.drover.coordination.zookeeper.ClusterFixture.read;
import static io.drover.coordination.zookeeper.ClusterFixture.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.coordination.zookeeper.ClusterFixture.Proxied;
import io.drover.model.DrainStatus;
import io.drover.model.FencingState;
import io.drover.model.LiveNode;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedEnsemble.class)
class ZooKeeperMembershipTest {
    private static final RecordKey<LiveNode> LIVE = new RecordKey<>(RecordKind.LIVE, "hv1");
    private static final RecordKey<NodeRecord> NODE = RecordKey.of(Records.HV1);

    private final BlockingQueue<String> superseded = new LinkedBlockingQueue<>();
    private ClusterFixture fixture;
    private RecordStore observer;

    @BeforeEach
    void connect(TestEnsemble ensemble) {
        fixture = new ClusterFixture(ensemble);
        observer = fixture.connect("hv3").records();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void joiningMakesTheRecordAndAnnouncesTheNode() {
        NodeRecord joined = join(fixture.connect("hv1"));

        assertThat(joined.incarnation()).isEqualTo(1);
        assertThat(observed(NODE).value()).isEqualTo(joined);
        assertThat(observed(LIVE).value()).isEqualTo(Records.live(Records.HV1, 1));
    }

    @Test
    void everyJoinHasAHigherIncarnationAndKeepsWhatOperatorsWanted() {
        join(fixture.connect("hv1"));
        Versioned<NodeRecord> seen = observed(NODE);
        NodeRecord paused =
                seen.value().withMode(NodeMode.PAUSED, DrainStatus.COMPLETED, Optional.empty(), "new fans", "ada");
        assertThat(get(observer.commit(Records.update(seen, paused)))).isInstanceOf(CommitOutcome.Committed.class);

        NodeRecord again = join(fixture.connect("hv1"));

        assertThat(again).isEqualTo(paused.joined());
        assertThat(again.incarnation()).isEqualTo(2);
        await().untilAsserted(
                        () -> assertThat(observed(LIVE).value().incarnation()).isEqualTo(2));
    }

    /** A record as another server of the ensemble has it, which may learn of it a little later. */
    private <T> Versioned<T> observed(RecordKey<T> key) {
        await().until(() -> read(observer, key).isPresent());
        return read(observer, key).orElseThrow();
    }

    @Test
    void theEarlierProcessOfTheSameNodeIsToldThatItIsSuperseded() {
        join(fixture.connect("hv1"));

        join(fixture.connect("hv1"));

        assertThat(take(superseded)).contains("incarnation 2");
    }

    @Test
    void aFencedMemberIsToldSo() {
        join(fixture.connect("hv1"));
        Versioned<NodeRecord> seen = read(observer, NODE).orElseThrow();

        get(observer.commit(Records.update(seen, fenced(seen.value()))));

        assertThat(take(superseded)).contains("fenced").contains("power is off");
    }

    @Test
    void aMemberThatLosesItsSessionIsAnnouncedAgainWithTheSameIncarnation() {
        Proxied hv1 = fixture.connectProxied("hv1");
        join(hv1.coordination());

        hv1.set(FaultProxy.Mode.BLACK_HOLE);
        await().atMost(ClusterFixture.LIMIT).until(() -> read(observer, LIVE).isEmpty());
        hv1.heal();

        await().atMost(ClusterFixture.LIMIT).until(() -> read(observer, LIVE).isPresent());
        assertThat(read(observer, LIVE).orElseThrow().value().incarnation()).isEqualTo(1);
        assertThat(read(observer, NODE).orElseThrow().value().incarnation()).isEqualTo(1);
        assertThat(superseded).isEmpty();
    }

    @Test
    void aMemberThatWasFencedWhileItWasAwayDoesNotComeBackByItself() {
        Proxied hv1 = fixture.connectProxied("hv1");
        join(hv1.coordination());

        hv1.set(FaultProxy.Mode.BLACK_HOLE);
        await().atMost(ClusterFixture.LIMIT).until(() -> read(observer, LIVE).isEmpty());
        Versioned<NodeRecord> seen = read(observer, NODE).orElseThrow();
        get(observer.commit(Records.update(seen, fenced(seen.value()))));
        hv1.heal();

        assertThat(take(superseded)).contains("fenced");
        assertThat(read(observer, LIVE)).isEmpty();
    }

    @Test
    void leavingTakesTheAnnouncementBackAtOnce() {
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        join(hv1);

        hv1.membership().close();

        assertThat(read(hv1.records(), LIVE)).isEmpty();
        assertThat(join(hv1).incarnation()).isEqualTo(2);
    }

    @Test
    void joiningAsAnotherNodeIsRefused() {
        ZooKeeperCoordination hv1 = fixture.connect("hv1");

        assertThatThrownBy(() -> hv1.membership()
                        .join(
                                NodeRecord.unseen(Records.HV2, true),
                                incarnation -> Records.live(Records.HV2, incarnation),
                                superseded::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hv2");
    }

    private NodeRecord join(ZooKeeperCoordination coordination) {
        return get(coordination
                .membership()
                .join(
                        NodeRecord.unseen(Records.HV1, true),
                        incarnation -> Records.live(Records.HV1, incarnation),
                        superseded::add));
    }

    private static NodeRecord fenced(NodeRecord node) {
        return node.withFencing(FencingState.FENCED, "power is off");
    }
}
