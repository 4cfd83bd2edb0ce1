package io.drover.coordination.zookeeper;

import static io.drover.coordination.zookeeper.ClusterFixture.get;
import static io.drover.coordination.zookeeper.ClusterFixture.read;
import static io.drover.coordination.zookeeper.ClusterFixture.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.coordination.zookeeper.ClusterFixture.Told;
import io.drover.model.VmRecord;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedEnsemble.class)
class EnsembleFailureTest {
    private TestEnsemble ensemble;
    private ClusterFixture fixture;

    @BeforeEach
    void connect(TestEnsemble shared) {
        ensemble = shared;
        ensemble.awaitServing();
        fixture = new ClusterFixture(shared);
    }

    @AfterEach
    void close() {
        fixture.close();
        ensemble.awaitServing();
    }

    @Test
    void theStoreWorksAgainAfterTheLeadingServerWasKilledAndLosesNothing() {
        RecordStore records = fixture.connect("hv1").records();
        Set<String> committed = new HashSet<>();
        commit(records, committed, "before");

        kill(ensemble.leader().orElseThrow());

        await().atMost(ClusterFixture.LIMIT).until(() -> commit(records, committed, "during" + committed.size()));
        RecordStore others = fixture.connect("hv2").records();
        assertThat(committed)
                .allSatisfy(name -> assertThat(read(others, Records.key(name))).isPresent());
    }

    @Test
    void aWatchWorksAgainAfterTheLeadingServerWasKilled() {
        RecordStore records = fixture.connect("hv1").records();
        BlockingQueue<String> hints = new LinkedBlockingQueue<>();
        records.watch(RecordKey.assignmentsOf(Records.HV1), () -> hints.add("hint"));
        take(hints);

        kill(ensemble.leader().orElseThrow());
        RecordStore others = fixture.connect("hv2").records();
        await().atMost(ClusterFixture.LIMIT)
                .until(() -> get(others.commit(Records.create(Records.vm("sql1").assignedTo(Records.HV1))))
                        instanceof CommitOutcome.Committed);

        await().atMost(ClusterFixture.LIMIT).until(() -> {
            take(hints);
            return read(records, RecordKey.assignmentsOf(Records.HV1)).isPresent();
        });
    }

    @Test
    void theClusterHasOneCoordinatorAgainAfterTheLeadingServerWasKilled() {
        Told first = new Told();
        ZooKeeperCoordination hv1 = fixture.connect("hv1");
        hv1.election().campaign(first);
        Epoch before = take(first.elected);

        kill(ensemble.leader().orElseThrow());

        // Every client has lost its connection for a moment, so the coordinator cannot be sure.
        take(first.resigned);
        assertThat(take(first.elected).number()).isGreaterThan(before.number());
    }

    private boolean commit(RecordStore records, Set<String> committed, String name) {
        VmRecord vm = Records.vm(name).assignedTo(Records.HV1);
        CommitOutcome outcome = get(records.commit(Records.create(vm)));
        if (outcome instanceof CommitOutcome.Committed) {
            committed.add(name);
        }
        return outcome instanceof CommitOutcome.Committed;
    }

    private void kill(int id) {
        ensemble.supervisor(id).process().orElseThrow().destroyForcibly();
    }
}
