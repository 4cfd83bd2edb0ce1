package io.drover.coordination.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private final Layout layout = Layout.of("lab");

    @Test
    void everyRecordIsFoundAgainByItsPath() {
        assertThat(layout.path(RecordKey.of(Records.HV1))).isEqualTo("/drover/lab/nodes/hv1");
        assertThat(layout.path(RecordKey.EPOCH)).isEqualTo("/drover/lab/epoch");
        for (RecordKey<?> key : java.util.List.<RecordKey<?>>of(
                RecordKey.of(Records.HV1),
                RecordKey.assignmentsOf(Records.HV2),
                Records.key("sql1"),
                new RecordKey<>(RecordKind.LIVE, "hv1"),
                new RecordKey<>(RecordKind.OPERATIONS, "1-1"),
                RecordKey.CONFIG,
                RecordKey.EPOCH)) {
            assertThat(layout.key(layout.path(key))).contains(key);
        }
    }

    @Test
    void pathsThatAreNoRecordsAreLeftAlone() {
        assertThat(layout.key("/drover/lab")).isEmpty();
        assertThat(layout.key("/drover/lab/nodes")).isEmpty();
        assertThat(layout.key("/drover/lab/leader/latch-1")).isEmpty();
        assertThat(layout.key("/drover/lab/nodes/hv1/deeper")).isEmpty();
        assertThat(layout.key("/drover/laboratory/nodes/hv1")).isEmpty();
    }

    @Test
    void aClusterNameThatCannotStandInAPathIsRefused() {
        assertThatThrownBy(() -> Layout.of("a/b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a/b'");
    }
}
