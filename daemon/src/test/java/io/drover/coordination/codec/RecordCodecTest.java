package io.drover.coordination.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.drover.coordination.CoordinationException;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.MigrationResult;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.StopRequest;
import io.drover.model.VmRecord;
import io.drover.proto.v1.ClusterSettingsRecord;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.Provenance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordCodecTest {
    private static final RecordKey<VmRecord> VM = RecordKey.of(Samples.spec().id());
    private static final RecordKey<NodeRecord> NODE = RecordKey.of(Samples.HV1);
    /** Fields of a VM's record of which only one is set at a time. */
    private static final Set<String> PHASES = Set.of("assigned", "placed", "migrating", "stopped");
    /** False in a migration that failed, and all that can be true at a time is one of them. */
    private static final Set<String> OUTCOMES = Set.of("succeeded", "cancelled", "lost");

    record Sample<T>(RecordKey<T> key, T value) {}

    static Stream<Sample<?>> everyKind() {
        return Stream.of(
                new Sample<>(VM, Samples.vm(new Phase.Assigned(Samples.HV1))),
                new Sample<>(VM, Samples.vm(new Phase.Placed(Samples.HV1, 4))),
                new Sample<>(VM, Samples.vm(Samples.migrating())),
                new Sample<>(VM, Samples.vm(new Phase.Stopped(Optional.of(Samples.HV1)))),
                new Sample<>(NODE, Samples.node()),
                new Sample<>(new RecordKey<>(RecordKind.LIVE, "hv1"), Samples.live()),
                new Sample<>(RecordKey.assignmentsOf(Samples.HV1), Samples.assignments()),
                new Sample<>(RecordKey.CONFIG, Samples.settings()),
                new Sample<>(RecordKey.EPOCH, Samples.epoch()),
                new Sample<>(RecordKey.of(Samples.OPERATION), Samples.operation()));
    }

    static Stream<Sample<?>> bare() {
        return Stream.of(
                new Sample<>(VM, Samples.bareVm(new Phase.Stopped(Optional.empty()))),
                new Sample<>(NODE, NodeRecord.unseen(Samples.HV1, false)),
                new Sample<>(RecordKey.assignmentsOf(Samples.HV1), Assignments.none(Samples.HV1)),
                new Sample<>(RecordKey.CONFIG, ClusterSettings.DEFAULTS),
                new Sample<>(RecordKey.of(Samples.OPERATION), Samples.bareOperation()));
    }

    @ParameterizedTest
    @MethodSource({"everyKind", "bare"})
    <T> void everyRecordComesBackAsItWas(Sample<T> sample) {
        byte[] stored = RecordCodec.encode(sample.key(), sample.value(), Samples.PROVENANCE, Optional.empty());

        assertThat(RecordCodec.decode(sample.key(), stored, 7)).isEqualTo(sample.value());
        assertThat(RecordCodec.provenance(sample.key(), stored)).isEqualTo(Samples.PROVENANCE);
    }

    /** A field that was added to the wire and forgotten in the mapping is found here. */
    @Test
    void everyFieldOfTheWireIsWritten() {
        VmRecord vm = Samples.vm(Samples.migrating());
        VmRecord saved = vm.withStopRequest(new StopRequest(Samples.OPERATION, StopRequest.Way.SAVE));
        // Nobody is turned off and saved: each of the two is in a record of its own.
        io.drover.proto.v1.VmRecord both = VmCodec.toProto(vm, Samples.PROVENANCE).toBuilder()
                .mergeFrom(VmCodec.toProto(saved, Samples.PROVENANCE))
                .build();
        Stream.of(
                        both,
                        NodeCodec.toProto(Samples.node(), Samples.PROVENANCE),
                        NodeCodec.toProto(Samples.live(), Samples.PROVENANCE),
                        NodeCodec.toProto(Samples.assignments(), Samples.PROVENANCE),
                        SettingsCodec.toProto(Samples.settings(), Samples.PROVENANCE),
                        EpochCodec.toProto(Samples.epoch(), Samples.PROVENANCE),
                        OperationCodec.toProto(Samples.operation(), Samples.PROVENANCE))
                .forEach(RecordCodecTest::assertEveryFieldSet);
    }

    @Test
    void everyOutcomeOfAMigrationComesBack() {
        for (MigrationResult.Outcome outcome : MigrationResult.Outcome.values()) {
            MigrationResult result = Samples.migration(outcome);
            assertThat(VmCodec.fromProto(VmCodec.toProto(result))).isEqualTo(result);
        }
    }

    @Test
    void everyWayOfStoppingComesBack() {
        for (StopRequest.Way way : StopRequest.Way.values()) {
            StopRequest request = new StopRequest(Samples.OPERATION, way);
            assertThat(VmCodec.fromProto(VmCodec.toProto(request))).isEqualTo(request);
        }
    }

    @Test
    void absentSettingsAreTheDefaults() {
        assertThat(SettingsCodec.fromProto(ClusterSettingsRecord.getDefaultInstance()))
                .isEqualTo(ClusterSettings.DEFAULTS);
    }

    @Test
    void negativeDurationsComeBack() {
        Duration duration = Duration.ofMillis(-1500);

        assertThat(Times.fromProto(Times.toProto(duration))).isEqualTo(duration);
        // The wire wants both parts of the same sign.
        assertThat(Times.toProto(duration))
                .isEqualTo(com.google.protobuf.Duration.newBuilder()
                        .setSeconds(-1)
                        .setNanos(-500_000_000)
                        .build());
    }

    @Test
    void fieldsOfALaterVersionSurviveARewrite() throws Exception {
        byte[] later = withUnknown(VmCodec.toProto(Samples.vm(Samples.migrating()), Samples.PROVENANCE).toBuilder())
                .setSpec(withUnknown(VmCodec.toProto(Samples.spec()).toBuilder()))
                .build()
                .toByteArray();
        VmRecord next = Samples.vm(new Phase.Placed(Samples.HV2, 1)).withFailed(false);

        byte[] rewritten = RecordCodec.encode(VM, next, Samples.PROVENANCE, Optional.of(later));

        io.drover.proto.v1.VmRecord message = io.drover.proto.v1.VmRecord.parseFrom(rewritten);
        assertThat(unknown(message)).isEqualTo("later");
        assertThat(unknown(message.getSpec())).isEqualTo("later");
        assertThat(RecordCodec.decode(VM, rewritten, 0)).isEqualTo(next);
    }

    @Test
    void fieldsOfALaterVersionSurviveInTheStepsOfAnOperation() throws Exception {
        OperationRecord.Builder later = OperationCodec.toProto(Samples.operation(), Samples.PROVENANCE).toBuilder();
        later.setSteps(0, withUnknown(later.getSteps(0).toBuilder()));
        RecordKey<io.drover.model.Operation> key = RecordKey.of(Samples.OPERATION);

        byte[] rewritten = RecordCodec.encode(
                key,
                Samples.operation().ended(OperationState.COMPLETED, Samples.AT, "done"),
                Samples.PROVENANCE,
                Optional.of(later.build().toByteArray()));

        assertThat(unknown(OperationRecord.parseFrom(rewritten).getSteps(0))).isEqualTo("later");
    }

    @Test
    void theProvenanceOfAnEarlierWriteIsNotMixedIn() throws Exception {
        io.drover.proto.v1.NodeRecord.Builder later = NodeCodec.toProto(Samples.node(), Samples.PROVENANCE).toBuilder();
        later.setProvenance(withUnknown(Samples.PROVENANCE.toBuilder()));
        Provenance next =
                Samples.PROVENANCE.toBuilder().setWriteId("w2").clearOperation().build();

        byte[] rewritten = RecordCodec.encode(
                NODE, Samples.node(), next, Optional.of(later.build().toByteArray()));

        assertThat(RecordCodec.provenance(NODE, rewritten)).isEqualTo(next);
    }

    @Test
    void whatTheNextRecordClearsStaysCleared() {
        byte[] before = RecordCodec.encode(VM, Samples.vm(Samples.migrating()), Samples.PROVENANCE, Optional.empty());
        VmRecord next = Samples.bareVm(new Phase.Stopped(Optional.empty()));

        byte[] rewritten = RecordCodec.encode(VM, next, Samples.PROVENANCE, Optional.of(before));

        assertThat(RecordCodec.decode(VM, rewritten, 0)).isEqualTo(next);
    }

    @Test
    void aHigherSchemaIsRefused() {
        Provenance later = Samples.PROVENANCE.toBuilder().setSchema(2).build();
        byte[] stored = RecordCodec.encode(NODE, Samples.node(), later, Optional.empty());

        assertThatThrownBy(() -> RecordCodec.decode(NODE, stored, 0))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("nodes/hv1")
                .hasMessageContaining("schema 2")
                .hasMessageContaining("expected: at most 1");
        assertThatThrownBy(() -> RecordCodec.encode(NODE, Samples.node(), Samples.PROVENANCE, Optional.of(stored)))
                .isInstanceOf(CoordinationException.class);
    }

    @Test
    void aWordOfALaterVersionIsRefused() {
        byte[] stored = NodeCodec.toProto(Samples.node(), Samples.PROVENANCE).toBuilder()
                .setModeValue(99)
                .build()
                .toByteArray();

        assertThatThrownBy(() -> RecordCodec.decode(NODE, stored, 0))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("nodes/hv1")
                .hasMessageContaining(NodeMode.class.getSimpleName());
    }

    @Test
    void bytesThatAreNoRecordAreRefused() {
        assertThatThrownBy(() -> RecordCodec.decode(NODE, new byte[] {1, 2, 3}, 0))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("nodes/hv1");
        assertThatThrownBy(() -> RecordCodec.decode(NODE, new byte[0], 0)).isInstanceOf(CoordinationException.class);
        assertThatThrownBy(() -> RecordCodec.decode(VM, new byte[0], 0)).isInstanceOf(CoordinationException.class);
    }

    private static void assertEveryFieldSet(Message message) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (PHASES.contains(field.getName()) || OUTCOMES.contains(field.getName())) {
                continue;
            }
            assertThat(message.getAllFields()).as(field.getFullName()).containsKey(field);
            Object value = message.getField(field);
            for (Object each : value instanceof List<?> list ? list : List.of(value)) {
                if (each instanceof Message inner
                        && inner.getDescriptorForType().getFullName().startsWith("drover")) {
                    assertEveryFieldSet(inner);
                }
            }
        }
    }

    private static <B extends Message.Builder> B withUnknown(B builder) {
        UnknownFieldSet.Field field = UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(com.google.protobuf.ByteString.copyFromUtf8("later"))
                .build();
        builder.setUnknownFields(
                UnknownFieldSet.newBuilder().addField(1000, field).build());
        return builder;
    }

    private static String unknown(Message message) {
        return message.getUnknownFields()
                .getField(1000)
                .getLengthDelimitedList()
                .get(0)
                .toString(StandardCharsets.UTF_8);
    }
}
