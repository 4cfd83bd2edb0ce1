package io.drover.runtime.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.guard.BootMark;
import io.drover.guard.DeadlineFile;
import io.drover.guard.Deadlines;
import io.drover.metrics.LeaseMetrics.Answer;
import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.transport.Channels;
import io.drover.transport.lease.LeaseClient;
import io.drover.transport.lease.LeaseMemory;
import io.drover.transport.lease.LeaseServer;
import io.drover.transport.lease.VoterDesk;
import io.drover.transport.lease.VoterDisk;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseKeeperTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final NodeId C = new NodeId("c");
    private static final BootMark BOOT = new BootMark(5L << 40);
    private static final LeaseTerms TERMS = new LeaseTerms(
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(50),
            500);

    private final Channels channels = new Channels();
    private final Map<NodeId, VoterDesk> desks = new TreeMap<>();
    private final Map<NodeId, Server> servers = new TreeMap<>();
    private final Map<NodeId, String> addresses = new TreeMap<>();
    private final List<LeaseKeeper> keepers = new ArrayList<>();
    private final Told told = new Told();

    @TempDir
    private Path folder;

    private VoterSet voters = VoterSet.NONE;
    private DeadlineFile file;

    @BeforeEach
    void begin() throws IOException {
        for (NodeId node : List.of(A, B, C)) {
            VoterDesk desk = VoterDesk.open(node, TERMS, new VoterDisk(folder.resolve(node.value())), System::nanoTime);
            desks.put(node, desk);
            Server server = Channels.accept(
                            NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                    .addService(new LeaseServer(desk))
                    .build()
                    .start();
            servers.put(node, server);
            addresses.put(node, "127.0.0.1:" + server.getPort());
            voters = voters.with(node);
            for (VoterDesk each : desks.values()) {
                assertThat(each.announce(voters, Map.of())).isEmpty();
            }
            voters = voters.nowKnown();
        }
        file = DeadlineFile.open(folder.resolve("deadlines"), BOOT);
    }

    @AfterEach
    void end() {
        keepers.forEach(LeaseKeeper::close);
        channels.close();
        servers.values().forEach(Server::shutdownNow);
    }

    @Test
    void leaseIsHeldOnceAMajorityPromisesAndTheGuardIsToldItsEnd() {
        LeaseKeeper keeper = keeper();
        assertThat(keeper.state()).isEqualTo(LeaseState.NONE);
        assertThat(file.read()).isEmpty();

        keeper.joined(1);

        await().atMost(LIMIT).until(() -> keeper.state() == LeaseState.HELD);
        Deadlines first = file.read().orElseThrow();
        assertThat(first.killAt() - System.nanoTime())
                .isPositive()
                .isLessThan(TERMS.duration().toNanos());
        assertThat(first.killAt() - first.holdAt())
                .isEqualTo(Duration.ofMillis(250).toNanos());
        await().atMost(LIMIT).until(() -> file.read().orElseThrow().killAt() - first.killAt() > 0);
        assertThat(told.states).startsWith(LeaseState.NONE, LeaseState.HELD);
    }

    @Test
    void leaseOutlivesOneVoterAndEndsWithTwo() {
        LeaseKeeper keeper = held(1);
        servers.get(B).shutdownNow();
        Deadlines then = file.read().orElseThrow();
        await().atMost(LIMIT)
                .until(() -> file.read().orElseThrow().killAt() - then.killAt()
                        > TERMS.duration().toNanos());
        assertThat(keeper.state()).isEqualTo(LeaseState.HELD);

        servers.get(C).shutdownNow();

        await().atMost(LIMIT).until(() -> keeper.state() == LeaseState.GIVEN_UP);
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(told.states)
                        .containsExactly(
                                LeaseState.NONE,
                                LeaseState.HELD,
                                LeaseState.ENDING,
                                LeaseState.NONE,
                                LeaseState.GIVEN_UP));
    }

    @Test
    void agentThatIsStartedAgainRenewsBeforeItHasJoined() throws IOException {
        LeaseKeeper first = held(4);
        first.close();
        Deadlines left = file.read().orElseThrow();

        file = DeadlineFile.open(folder.resolve("deadlines"), BOOT);
        LeaseKeeper second = keeper();

        assertThat(second.inherited(5)).isPresent();
        assertThat(file.read().orElseThrow().killAt() - left.killAt())
                .as("the guard is told nothing earlier")
                .isNotNegative();
        await().atMost(LIMIT).until(() -> second.state() == LeaseState.HELD);
        assertThat(second.incarnation()).isEqualTo(4);
        second.joined(5);
        await().atMost(LIMIT).until(() -> second.incarnation() == 5 && second.state() == LeaseState.HELD);
    }

    @Test
    void nothingIsRenewedAfterARestartOfTheHostBeforeTheNodeHasJoined() throws IOException {
        Set<Thread> others = countingThreads();
        held(4).close();
        // What a restart has ended writes no deadlines any more; a keeper that was closed may, for a moment.
        await().atMost(LIMIT).until(() -> others.containsAll(countingThreads()));
        BootMark later = new BootMark(6L << 40);
        file = DeadlineFile.open(folder.resolve("deadlines"), later);

        LeaseKeeper second = keeper(later);

        assertThat(second.incarnation()).isZero();
        assertThat(second.inherited(5)).isEmpty();
        assertThat(second.address(B)).as("what else was learned is kept").contains(addresses.get(B));
    }

    @Test
    void revocationIsToldOnceAndTheNextIncarnationIsPromised() throws IOException {
        LeaseKeeper keeper = held(1);

        desks.get(B).revoke(A, 1);

        await().atMost(LIMIT).until(() -> told.revoked.equals(List.of(1L)));
        keeper.joined(2);
        assertThat(keeper.inherited(2)).isPresent();
        await().atMost(LIMIT).until(() -> keeper.incarnation() == 2 && keeper.state() == LeaseState.HELD);
        assertThat(told.revoked).containsExactly(1L);
    }

    @Test
    void newerVotersAreLearnedFromAnAnswer() throws IOException {
        LeaseKeeper keeper = held(1);
        VoterSet next = voters.without(C);
        assertThat(desks.get(B).announce(next, Map.of())).isEmpty();

        await().atMost(LIMIT).until(() -> keeper.voters().equals(next));
        assertThat(keeper.state()).isEqualTo(LeaseState.HELD);
    }

    @Test
    void holdMarkOfTheGuardIsTold() {
        LeaseKeeper keeper = held(1);

        file.setHeld(true);
        await().atMost(LIMIT).until(() -> told.marks.equals(List.of(false, true)));
        keeper.setHoldMark(false);

        assertThat(file.isHeld()).isFalse();
    }

    @Test
    void answersOfEachVoterAndWhatWasLeftAtARenewalAreTold() throws IOException {
        LeaseKeeper keeper = held(1);
        await().atMost(LIMIT).until(() -> told.margins.size() >= 2);
        assertThat(told.answers).contains("a GRANTED", "b GRANTED", "c GRANTED");
        assertThat(told.margins)
                .allSatisfy(margin -> assertThat(margin).isPositive().isLessThan(TERMS.duration()));
        assertThat(desks.get(B).granted()).isPositive();

        servers.get(C).shutdownNow();
        await().atMost(LIMIT).until(() -> told.answers.contains("c SILENT"));
        desks.get(B).revoke(A, keeper.incarnation());
        await().atMost(LIMIT).until(() -> told.answers.contains("b REVOKED"));
        assertThat(desks.get(B).refused()).isPositive();
    }

    @Test
    void guardIsToldHowLongAWatchdogMayBeFed() {
        held(1);

        assertThat(file.killTime()).isEqualTo(TERMS.killTime());
        assertThat(file.fresh())
                .isGreaterThan(Duration.ofMillis(1790))
                .isLessThan(TERMS.duration().minus(TERMS.renewEvery().multipliedBy(2)));
    }

    private static Set<Thread> countingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("drover-lease"))
                .collect(Collectors.toSet());
    }

    private LeaseKeeper held(long incarnation) {
        LeaseKeeper keeper = keeper();
        keeper.joined(incarnation);
        await().atMost(LIMIT).until(() -> keeper.state() == LeaseState.HELD);
        return keeper;
    }

    private LeaseKeeper keeper() {
        return keeper(BOOT);
    }

    private LeaseKeeper keeper(BootMark boot) {
        LeaseMemory memory = new LeaseMemory(folder);
        LeaseKeeper keeper = new LeaseKeeper(
                A, boot, System::nanoTime, desks.get(A), new LeaseClient(channels), file, memory, memory.read());
        keepers.add(keeper);
        keeper.start();
        keeper.listen(told);
        if (keeper.address(B).isEmpty()) {
            keeper.termsAre(TERMS);
            keeper.addressesAre(addresses);
        }
        return keeper;
    }

    private static final class Told implements LeaseListener {
        private final List<LeaseState> states = new CopyOnWriteArrayList<>();
        private final List<Long> revoked = new CopyOnWriteArrayList<>();
        private final List<Boolean> marks = new CopyOnWriteArrayList<>();
        private final List<String> answers = new CopyOnWriteArrayList<>();
        private final List<Duration> margins = new CopyOnWriteArrayList<>();

        @Override
        public void changed(LeaseState state) {
            states.add(state);
        }

        @Override
        public void revoked(long incarnation) {
            revoked.add(incarnation);
        }

        @Override
        public void holdMark(boolean isSet) {
            marks.add(isSet);
        }

        @Override
        public void asked(NodeId voter, Answer answer) {
            answers.add(voter + " " + answer);
        }

        @Override
        public void renewed(Duration before) {
            margins.add(before);
        }
    }
}
