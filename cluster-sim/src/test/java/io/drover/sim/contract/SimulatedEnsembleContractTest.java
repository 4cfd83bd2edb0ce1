package io.drover.sim.contract;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The promises, by the simulated ensemble: each of them with many seeds, in fair weather and in foul. */
@ParameterizedClass(name = "seed {0}")
@MethodSource("seeds")
class SimulatedEnsembleContractTest
        implements RecordPromises,
                WatchPromises,
                MembershipPromises,
                ElectionPromises,
                LostAnswerPromises,
                MajorityPromises {
    private static final int SEEDS = 40;

    @Parameter
    int seed;

    private CoordinationStage stage;

    static IntStream seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("contract.seeds", SEEDS));
    }

    @BeforeEach
    void open() {
        stage = new VirtualCoordinationStage(seed);
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
