package io.drover.sim.contract;

import static io.drover.coordination.zookeeper.Records.vm;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordStore;
import io.drover.coordination.zookeeper.Records;
import io.drover.sim.contract.CoordinationStage.Link;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Servers that end and come back. */
interface MajorityPromises extends CoordinationPromises {
    @Test
    @ResourceLock(CoordinationStage.SERVERS)
    default void theStoreWorksAgainAfterTheLeadingServerEndedAndLosesNothing() {
        RecordStore records = records("hv1");
        RecordStore observer = records("hv2");
        Map<String, CommitOutcome> outcomes = new LinkedHashMap<>();
        outcomes.put("before", tryToMake(records, "before"));
        assertThat(outcomes.get("before")).isInstanceOf(CommitOutcome.Committed.class);
        int leader = awaitLeader();

        stage().stop(leader);
        stage().await("a write", () -> {
            String name = "during" + outcomes.size();
            outcomes.put(name, tryToMake(records, name));
            return outcomes.get(name) instanceof CommitOutcome.Committed;
        });
        stage().restart(leader);

        assertTrue(observer, outcomes);
    }

    @Test
    @ResourceLock(CoordinationStage.SERVERS)
    default void withoutAMajorityNoWriteSucceedsAndWhatWasToldHoldsAfterItIsBack() {
        RecordStore records = records("hv1");
        RecordStore observer = records("hv2");
        Map<String, CommitOutcome> outcomes = new LinkedHashMap<>();
        outcomes.put("before", tryToMake(records, "before"));
        List<Integer> stopped = stopMajority();

        for (int i = 0; i < 4; i++) {
            CommitOutcome outcome = tryToMake(records, "without" + i);
            assertThat(outcome).isInstanceOfAny(CommitOutcome.Conflict.class, CommitOutcome.Unknown.class);
            outcomes.put("without" + i, outcome);
        }
        stopped.forEach(stage()::restart);

        stage().await("a write", () -> {
            String name = "after" + outcomes.size();
            outcomes.put(name, tryToMake(records, name));
            return outcomes.get(name) instanceof CommitOutcome.Committed;
        });
        assertTrue(observer, outcomes);
    }

    @Test
    @ResourceLock(CoordinationStage.SERVERS)
    default void whatWasUnderWayWhenTheMajorityWentIsToldTruly() {
        RecordStore records = records("hv1");
        RecordStore observer = records("hv2");
        Map<String, CompletionStage<CommitOutcome>> commits = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            String name = "vm" + i;
            commits.put(name, records.commit(Records.create(vm(name))));
        }
        List<Integer> stopped = stopMajority();
        commits.put("late", records.commit(Records.create(vm("late"))));
        stage().passASession();
        stopped.forEach(stage()::restart);

        Map<String, CommitOutcome> outcomes = new LinkedHashMap<>();
        commits.forEach((name, commit) -> outcomes.put(name, get(commit)));
        assertTrue(observer, outcomes);
    }

    @Test
    @ResourceLock(CoordinationStage.SERVERS)
    default void aMemberIsAnnouncedAgainAfterTheMajorityWasGoneForLong() {
        Link hv1 = stage().connect("hv1");
        RecordStore observer = records("hv3");
        List<String> superseded = new CopyOnWriteArrayList<>();
        join(hv1.coordination(), Records.HV1, superseded);

        List<Integer> stopped = stopMajority();
        stage().passASession();
        stage().passASession();
        stopped.forEach(stage()::restart);

        stage().await("a server that leads", () -> stage().leader().isPresent());
        stage().await("a write", () -> tryToMake(observer, "after") instanceof CommitOutcome.Committed);
        stage().passASession();
        stage().await("that hv1 is announced", () -> read(observer, HV1_LIVE).isPresent());
        assertThat(read(observer, HV1_LIVE).orElseThrow().value().incarnation()).isEqualTo(1);
        assertThat(superseded).isEmpty();
    }

    @Test
    @ResourceLock(CoordinationStage.SERVERS)
    default void aLeaderCannotBeSureWithoutAMajorityAndLeadsAgainWithAHigherEpoch() {
        Link hv1 = stage().connect("hv1");
        Told told = campaign(hv1);
        stage().await("a leader", told::leads);
        Epoch before = told.last();

        List<Integer> stopped = stopMajority();
        stage().await("that it resigns", () -> !told.leads());
        stopped.forEach(stage()::restart);

        stage().await("that it leads again", told::leads);
        assertThat(told.last().number()).isGreaterThan(before.number());
        assertThat(get(hv1.coordination()
                        .records()
                        .commit(Records.ofCoordinator(before.number(), new Change.Create<>(SQL1, vm("sql1"))))))
                .isInstanceOf(CommitOutcome.StaleEpoch.class);
    }

    private int awaitLeader() {
        stage().await("a server that leads", () -> stage().leader().isPresent());
        return stage().leader().orElseThrow();
    }

    /** Stops the leading server and another one. */
    private List<Integer> stopMajority() {
        int leader = awaitLeader();
        List<Integer> stopped = new ArrayList<>(List.of(leader));
        stopped.add(stage().servers().stream()
                .filter(server -> server != leader)
                .findFirst()
                .orElseThrow());
        stopped.forEach(stage()::stop);
        return stopped;
    }

    private CommitOutcome tryToMake(RecordStore records, String name) {
        return commit(records, new Change.Create<>(Records.key(name), vm(name)));
    }

    /** What was told to be stored is, and what was told not to be is not. */
    private void assertTrue(RecordStore observer, Map<String, CommitOutcome> outcomes) {
        stage().await("a write of another", () -> tryToMake(observer, "observer") instanceof CommitOutcome.Committed);
        outcomes.forEach((name, outcome) -> {
            if (outcome instanceof CommitOutcome.Committed) {
                assertThat(read(observer, Records.key(name)))
                        .as(name + ": " + outcome)
                        .isPresent();
            } else if (outcome instanceof CommitOutcome.Conflict) {
                assertThat(read(observer, Records.key(name)))
                        .as(name + ": " + outcome)
                        .isEmpty();
            }
        });
    }
}
