package io.drover.sim.contract;

import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.coordination.zookeeper.SharedEnsemble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promises, by production's adapter and real servers. */
@Tag("integration")
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
