package io.drover.coordination.zookeeper;

import static io.drover.coordination.zookeeper.ClusterFixture.get;
import static io.drover.coordination.zookeeper.ClusterFixture.read;
import static io.drover.coordination.zookeeper.ClusterFixture.take;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Election;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.coordination.zookeeper.ClusterFixture.Proxied;
import io.drover.coordination.zookeeper.ClusterFixture.Told;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedEnsemble.class)
class ZooKeeperElectionTest {
    private ClusterFixture fixture;

    @BeforeEach
    void connect(TestEnsemble ensemble) {
        fixture = new ClusterFixture(ensemble);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void theFirstEpochIsOneAndIsStored() {
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        Told told = campaign(hv1);

        Epoch epoch = take(told.elected);

        assertThat(epoch.number()).isEqualTo(1);
        assertThat(epoch.coordinator()).isEqualTo(Records.HV1);
        assertThat(read(hv1.records(), RecordKey.EPOCH).orElseThrow().value()).isEqualTo(epoch);
    }

    @Test
    void leadershipMovesWhenTheLeaderCloses() {
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        Told first = campaign(hv1);
        Epoch epoch = take(first.elected);
        Told second = campaign(fixture.connect("hv2"));

        hv1.close();

        assertThat(first.resigned).hasSize(1);
        Epoch next = take(second.elected);
        assertThat(next.coordinator()).isEqualTo(Records.HV2);
        assertThat(next.number()).isGreaterThan(epoch.number());
    }

    @Test
    void withdrawingTellsTheLeaderBeforeItReturns() {
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        Told told = campaign(hv1);
        take(told.elected);

        hv1.election().close();

        assertThat(told.resigned).hasSize(1);
        Told again = campaign(hv1);
        assertThat(take(again.elected).number()).isEqualTo(2);
    }

    @Test
    void aLeaderThatIsCutOffResignsLosesItsWritesAndCampaignsAgain() {
        Proxied hv1 = fixture.connectProxied("hv1");
        Told first = campaign(hv1.coordination());
        Epoch deposed = take(first.elected);
        ZooKeeperCoordination hv2 = fixture.connect("hv2");
        Told second = campaign(hv2);

        hv1.set(FaultProxy.Mode.BLACK_HOLE);
        take(first.resigned);
        Epoch next = take(second.elected);
        assertThat(next.number()).isGreaterThan(deposed.number());
        hv1.heal();

        Change change = new Change.Create<>(Records.key("sql1"), Records.vm("sql1"));
        awaitStale(hv1.coordination(), deposed, change, next);
        assertThat(read(hv2.records(), Records.key("sql1"))).isEmpty();
        assertThat(first.elected).isEmpty();

        hv2.close();
        assertThat(take(first.elected).number()).isGreaterThan(next.number());
    }

    @Test
    void aLeaderWhoseConnectionBlinksLeadsAgainWithAnotherEpoch() {
        Proxied hv1 = fixture.connectProxied("hv1");
        Told told = campaign(hv1.coordination());
        Epoch before = take(told.elected);

        hv1.cut();

        take(told.resigned);
        assertThat(take(told.elected).number()).isGreaterThan(before.number());
    }

    @Test
    void aLeaderThatSeesALaterEpochResignsWithoutWaitingForItsNextWrite() {
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        Told told = campaign(hv1);
        Epoch before = take(told.elected);

        // Another coordinator writes the epoch although this one still has the latch, as after a long pause.
        rewriteEpoch();

        assertThat(take(told.resigned)).contains("epoch " + (before.number() + 1));
        assertThat(take(told.elected).number()).isGreaterThan(before.number() + 1);
    }

    @Test
    void aPlaceInTheElectionThatWasDeletedIsTakenAgain() throws Exception {
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        take(campaign(hv1).elected);
        Told second = campaign(fixture.connect("hv2"));
        try (CuratorFramework admin = admin()) {
            String election = "/drover/" + fixture.cluster + "/leader";
            await().atMost(ClusterFixture.LIMIT)
                    .until(() -> admin.getChildren().forPath(election).size() == 2);
            List<String> places = admin.getChildren().forPath(election);
            for (String place : places) {
                if (new String(admin.getData().forPath(election + "/" + place), UTF_8).equals("hv2")) {
                    admin.delete().forPath(election + "/" + place);
                }
            }
            await().atMost(ClusterFixture.LIMIT)
                    .until(() -> admin.getChildren().forPath(election).size() == 2);
        }

        hv1.close();

        assertThat(take(second.elected).coordinator()).isEqualTo(Records.HV2);
    }

    @Test
    void aListenerThatFailsDoesNotStopTheElection() throws Exception {
        CountDownLatch elected = new CountDownLatch(1);
        CountDownLatch resigned = new CountDownLatch(1);
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        hv1.election().campaign(new Election.Listener() {
            @Override
            public void elected(Epoch epoch) {
                elected.countDown();
                throw new IllegalStateException("thrown by a test");
            }

            @Override
            public void resigned(String why) {
                resigned.countDown();
            }
        });
        assertThat(elected.await(30, TimeUnit.SECONDS)).isTrue();
        Told second = campaign(fixture.connect("hv2"));

        hv1.close();

        assertThat(resigned.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(take(second.elected).coordinator()).isEqualTo(Records.HV2);
    }

    @Test
    void aNodeThatCannotReadTheEpochLetsOthersTryAndTriesOn() throws Exception {
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        Told told = campaign(hv1);
        take(told.elected);
        hv1.election().close();
        try (CuratorFramework admin = admin()) {
            String root = "/drover/" + fixture.cluster;
            byte[] readable = admin.getData().forPath(root + "/epoch");
            admin.setData().forPath(root + "/epoch", new byte[] {1, 2, 3});
            Told again = campaign(hv1);
            await().atMost(ClusterFixture.LIMIT)
                    .until(() -> !admin.getChildren().forPath(root + "/leader").isEmpty());
            List<String> first = admin.getChildren().forPath(root + "/leader");

            await().atMost(ClusterFixture.LIMIT).until(() -> {
                List<String> now = admin.getChildren().forPath(root + "/leader");
                return !now.isEmpty() && !now.equals(first);
            });
            assertThat(again.elected).isEmpty();
            admin.setData().forPath(root + "/epoch", readable);

            assertThat(take(again.elected).number()).isGreaterThan(1);
        }
    }

    private static Told campaign(ZooKeeperCoordination coordination) {
        Told told = new Told();
        coordination.election().campaign(told);
        return told;
    }

    private void rewriteEpoch() {
        try (CuratorFramework admin = admin()) {
            String path = "/drover/" + fixture.cluster + "/epoch";
            admin.setData().forPath(path, admin.getData().forPath(path));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private CuratorFramework admin() {
        CuratorFramework admin = CuratorFrameworkFactory.newClient(fixture.ensemble.connect(), new RetryOneTime(1000));
        admin.start();
        return admin;
    }

    /** Until the connection is back the write is not sent at all; then its epoch is refused. */
    private static void awaitStale(ZooKeeperCoordination deposed, Epoch epoch, Change change, Epoch next) {
        await().atMost(ClusterFixture.LIMIT).untilAsserted(() -> {
            CommitOutcome outcome = get(deposed.records().commit(Records.ofCoordinator(epoch.number(), change)));
            assertThat(outcome).isEqualTo(new CommitOutcome.StaleEpoch(next.number()));
        });
    }
}
