package io.drover.coordination.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.drover.coordination.CoordinationException;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.LiveNode;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import io.drover.proto.v1.AssignmentsRecord;
import io.drover.proto.v1.ClusterSettingsRecord;
import io.drover.proto.v1.EpochRecord;
import io.drover.proto.v1.LiveRecord;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.Provenance;
import io.drover.proto.v1.VoterSetRecord;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Records of every kind as the bytes that are stored, and back. */
public final class RecordCodec {
    /** Version of the schema that this version of Drover writes, and the highest that it reads. */
    public static final int SCHEMA = 1;

    private static final Map<RecordKind<?>, Format<?, ?>> FORMATS = Map.of(
            RecordKind.VOTERS,
            new Format<>(
                    VoterSet.class,
                    VoterSetRecord.parser(),
                    PolicyCodec::toProto,
                    (message, version) -> PolicyCodec.fromProto(message)),
            RecordKind.NODES,
            new Format<>(
                    NodeRecord.class,
                    io.drover.proto.v1.NodeRecord.parser(),
                    NodeCodec::toProto,
                    (message, version) -> NodeCodec.fromProto(message)),
            RecordKind.LIVE,
            new Format<>(
                    LiveNode.class,
                    LiveRecord.parser(),
                    NodeCodec::toProto,
                    (message, version) -> NodeCodec.fromProto(message)),
            RecordKind.VMS,
            new Format<>(
                    VmRecord.class,
                    io.drover.proto.v1.VmRecord.parser(),
                    VmCodec::toProto,
                    (message, version) -> VmCodec.fromProto(message)),
            RecordKind.ASSIGNMENTS,
            new Format<>(
                    Assignments.class,
                    AssignmentsRecord.parser(),
                    NodeCodec::toProto,
                    (message, version) -> NodeCodec.fromProto(message)),
            RecordKind.OPERATIONS,
            new Format<>(
                    Operation.class,
                    OperationRecord.parser(),
                    OperationCodec::toProto,
                    (message, version) -> OperationCodec.fromProto(message)),
            RecordKind.CONFIG,
            new Format<>(
                    ClusterSettings.class,
                    ClusterSettingsRecord.parser(),
                    SettingsCodec::toProto,
                    (message, version) -> SettingsCodec.fromProto(message)),
            RecordKind.EPOCH,
            new Format<>(
                    Epoch.class,
                    EpochRecord.parser(),
                    EpochCodec::toProto,
                    (message, version) -> EpochCodec.fromProto(message, version)));

    private RecordCodec() {}

    /**
     * The bytes to store.
     *
     * @param previous the bytes that they replace; the fields in them that this version does not know are carried over
     * @throws CoordinationException if the previous bytes cannot be read
     */
    public static <T> byte[] encode(RecordKey<T> key, T value, Provenance provenance, Optional<byte[]> previous) {
        Format<?, ?> format = format(key);
        Message next = format.write(value, provenance);
        if (previous.isEmpty()) {
            return next.toByteArray();
        }
        return UnknownFields.carry(next, parse(key, format, previous.get())).toByteArray();
    }

    /**
     * The record that is stored.
     *
     * @param version the version of the stored record
     * @throws CoordinationException if the bytes are not a record of this kind, or one of a higher schema
     */
    public static <T> T decode(RecordKey<T> key, byte[] stored, int version) {
        Format<?, ?> format = format(key);
        Message message = parse(key, format, stored);
        try {
            return key.kind().type().cast(format.read(message, version));
        } catch (IllegalArgumentException e) {
            throw new CoordinationException("record " + key + ": " + e.getMessage(), e);
        }
    }

    /**
     * Who wrote a stored record, and by which write.
     *
     * @throws CoordinationException if the bytes are not a record of this kind, or one of a higher schema
     */
    public static Provenance provenance(RecordKey<?> key, byte[] stored) {
        return provenanceOf(parse(key, format(key), stored));
    }

    private static Message parse(RecordKey<?> key, Format<?, ?> format, byte[] stored) {
        Message message;
        try {
            message = format.parser().parseFrom(stored);
        } catch (InvalidProtocolBufferException e) {
            throw new CoordinationException(
                    "record " + key + ": " + stored.length + " bytes that are no "
                            + format.type().getSimpleName() + " (" + e.getMessage() + ")",
                    e);
        }
        Provenance provenance = provenanceOf(message);
        // The field is unsigned on the wire.
        if (Integer.compareUnsigned(provenance.getSchema(), SCHEMA) > 0) {
            throw new CoordinationException("record " + key + ": schema "
                    + Integer.toUnsignedString(provenance.getSchema()) + ", written by '" + provenance.getWriter()
                    + "' (expected: at most " + SCHEMA + "): this version of Drover is too old to read it");
        }
        return message;
    }

    private static Provenance provenanceOf(Message message) {
        return (Provenance) message.getField(message.getDescriptorForType().findFieldByName("provenance"));
    }

    private static Format<?, ?> format(RecordKey<?> key) {
        Format<?, ?> format = FORMATS.get(key.kind());
        if (format == null) {
            throw new IllegalArgumentException("record kind: " + key.kind() + " (expected: one of RecordKind's)");
        }
        return format;
    }

    private record Format<T, M extends Message>(
            Class<T> type, Parser<M> parser, BiFunction<T, Provenance, M> writer, BiFunction<M, Integer, T> reader) {
        Message write(Object value, Provenance provenance) {
            return writer.apply(type.cast(value), provenance);
        }

        T read(Message message, int version) {
            // The parser of this format made the message.
            @SuppressWarnings("unchecked")
            M typed = (M) message;
            return reader.apply(typed, version);
        }
    }
}
