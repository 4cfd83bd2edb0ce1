package io.drover.coordination.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.coordination.codec.RecordCodec;
import io.drover.coordination.zookeeper.Settlement.Evidence;
import io.drover.coordination.zookeeper.Settlement.Verdict;
import io.drover.model.NodeRecord;
import io.drover.proto.v1.Provenance;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

class SettlementTest {
    private static final RecordKey<NodeRecord> KEY = RecordKey.of(Records.HV1);
    private static final NodeRecord NODE = NodeRecord.unseen(Records.HV1, true);
    private static final Provenance OURS = new Writer("hv1").provenance(Optional.empty(), 0);
    private static final Provenance THEIRS = new Writer("hv2").provenance(Optional.empty(), 0);

    private final PlannedWrite<NodeRecord> update =
            PlannedWrite.update(new Versioned<>(KEY, NODE, 4, bytes(THEIRS)), NODE.joined(), OURS);
    private final PlannedWrite<NodeRecord> create = PlannedWrite.create(KEY, NODE, OURS, CreateMode.PERSISTENT);
    private final PlannedWrite<NodeRecord> delete = PlannedWrite.delete(KEY, 4);

    @Test
    void aRecordWithOurWriteIdProvesThatItIsStored() {
        assertThat(evidence(update, stored(5, OURS))).isEqualTo(Evidence.OURS);
        assertThat(evidence(create, stored(0, OURS))).isEqualTo(Evidence.OURS);
    }

    @Test
    void aRecordThatSomeoneElseWroteInOurPlaceProvesThatItIsNot() {
        assertThat(evidence(update, stored(5, THEIRS))).isEqualTo(Evidence.SOMEONE_ELSES);
        assertThat(evidence(create, stored(0, THEIRS))).isEqualTo(Evidence.SOMEONE_ELSES);
        assertThat(evidence(delete, stored(5, THEIRS))).isEqualTo(Evidence.SOMEONE_ELSES);
    }

    @Test
    void aRecordThatWasWrittenTwiceSinceTellsNothing() {
        assertThat(evidence(update, stored(6, THEIRS))).isEqualTo(Evidence.SILENT);
        assertThat(evidence(create, stored(1, THEIRS))).isEqualTo(Evidence.SILENT);
        assertThat(evidence(update, Optional.empty())).isEqualTo(Evidence.SILENT);
    }

    @Test
    void anUntouchedRecordIsRecognised() {
        assertThat(evidence(update, stored(4, THEIRS))).isEqualTo(Evidence.UNCHANGED);
        assertThat(evidence(create, Optional.empty())).isEqualTo(Evidence.UNCHANGED);
        assertThat(evidence(delete, stored(4, THEIRS))).isEqualTo(Evidence.UNCHANGED);
    }

    @Test
    void anUntouchedRecordProvesNothingInAnotherSession() {
        assertThat(Settlement.judge(List.of(Evidence.UNCHANGED), true)).isEqualTo(Verdict.NOT_STORED);
        assertThat(Settlement.judge(List.of(Evidence.UNCHANGED), false)).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void oneRecordThatTellsIsEnough() {
        assertThat(Settlement.judge(List.of(Evidence.SILENT, Evidence.OURS), false))
                .isEqualTo(Verdict.STORED);
        assertThat(Settlement.judge(List.of(Evidence.GONE, Evidence.SOMEONE_ELSES), false))
                .isEqualTo(Verdict.NOT_STORED);
        assertThat(Settlement.judge(List.of(Evidence.GONE, Evidence.UNCHANGED), true))
                .isEqualTo(Verdict.NOT_STORED);
    }

    @Test
    void nothingIsAssumedWhereNothingTells() {
        assertThat(Settlement.judge(List.of(Evidence.SILENT), true)).isEqualTo(Verdict.UNKNOWN);
        assertThat(Settlement.judge(List.of(Evidence.GONE, Evidence.SILENT), true))
                .isEqualTo(Verdict.UNKNOWN);
        assertThat(Settlement.judge(List.of(), true)).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void aDeletionIsDoneWhenTheRecordIsGone() {
        assertThat(evidence(delete, Optional.empty())).isEqualTo(Evidence.GONE);
        assertThat(Settlement.judge(List.of(Evidence.GONE), false)).isEqualTo(Verdict.STORED);
    }

    private static Evidence evidence(PlannedWrite<?> write, Optional<Stored> found) {
        return Settlement.evidence(write, found, OURS.getWriteId());
    }

    private static Optional<Stored> stored(int version, Provenance provenance) {
        Stat stat = new Stat();
        stat.setVersion(version);
        return Optional.of(new Stored(bytes(provenance), stat));
    }

    private static byte[] bytes(Provenance provenance) {
        return RecordCodec.encode(KEY, NODE, provenance, Optional.empty());
    }
}
