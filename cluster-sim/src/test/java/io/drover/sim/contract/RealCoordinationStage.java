package io.drover.sim.contract;

import io.drover.coordination.Coordination;
import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.coordination.zookeeper.ClusterFixture;
import io.drover.coordination.zookeeper.FaultProxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** Three processes of ZooKeeper, proxies in between, and real time. */
final class RealCoordinationStage implements CoordinationStage {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final TestEnsemble ensemble;
    private final ClusterFixture fixture;
    private final Set<Integer> stopped = new HashSet<>();

    RealCoordinationStage(TestEnsemble ensemble) {
        this.ensemble = ensemble;
        ensemble.awaitServing();
        this.fixture = new ClusterFixture(ensemble);
    }

    @Override
    public Link connect(String node) {
        ClusterFixture.Proxied proxied = fixture.connectProxied(node);
        return new Link() {
            @Override
            public Coordination coordination() {
                return proxied.coordination();
            }

            @Override
            public void cut(Cut what) {
                proxied.set(
                        switch (what) {
                            case BOTH_WAYS -> FaultProxy.Mode.BLACK_HOLE;
                            case REQUESTS -> FaultProxy.Mode.DROP_REQUESTS;
                            case ANSWERS -> FaultProxy.Mode.DROP_ANSWERS;
                        });
            }

            @Override
            public void mend() {
                proxied.heal();
            }
        };
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(LOOK_EVERY)
                .until(condition::getAsBoolean);
    }

    @Override
    public void passASession() {
        long end = System.nanoTime() + ClusterFixture.SESSION.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Override
    public List<Integer> servers() {
        return List.copyOf(ensemble.servers().keySet());
    }

    @Override
    public Optional<Integer> leader() {
        return ensemble.leader();
    }

    @Override
    public void stop(int server) {
        stopped.add(server);
        ensemble.stop(server);
    }

    @Override
    public void restart(int server) {
        stopped.remove(server);
        ensemble.restart(server);
    }

    @Override
    public void close() {
        List.copyOf(stopped).forEach(this::restart);
        fixture.close();
        ensemble.awaitServing();
    }
}
