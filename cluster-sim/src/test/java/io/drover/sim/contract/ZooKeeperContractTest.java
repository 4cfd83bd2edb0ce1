package io.drover.sim.contract;

import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.coordination.zookeeper.SharedEnsemble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;

/**
 * The promises, by production's adapter and real servers. They mostly wait for sessions to end, so they do it beside each
 * other, except those that end servers.
 */
@Order(1)
@Tag("integration")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = CoordinationStage.SERVERS, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
@ExtendWith(SharedEnsemble.class)
class ZooKeeperContractTest
        implements RecordPromises,
                WatchPromises,
                MembershipPromises,
                ElectionPromises,
                LostAnswerPromises,
                MajorityPromises {
    private CoordinationStage stage;

    @BeforeEach
    void open(TestEnsemble ensemble) {
        stage = new RealCoordinationStage(ensemble);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Override
    public CoordinationStage stage() {
        return stage;
    }
}
