package io.drover.coordination.codec;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.drover.proto.v1.Provenance;
import java.util.HashMap;
import java.util.Map;

/**
 * Carries the fields that this version of Drover does not know from a stored message into the one that replaces it.
 *
 * <p>A message inside a message is followed where both have it. The messages in a list are matched by their first field
 * (number 1), which names them in every message of ours. {@link Provenance} is not followed: it tells of one write.
 */
final class UnknownFields {
    private static final int NAMING_FIELD = 1;

    private UnknownFields() {}

    static Message carry(Message next, Message previous) {
        Message.Builder result = next.toBuilder().setUnknownFields(previous.getUnknownFields());
        for (Map.Entry<FieldDescriptor, Object> entry : previous.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                    || field.getMessageType().equals(Provenance.getDescriptor())) {
                continue;
            }
            if (field.isRepeated()) {
                carryList(result, previous, field);
            } else if (result.hasField(field)) {
                result.setField(field, carry((Message) result.getField(field), (Message) entry.getValue()));
            }
        }
        return result.build();
    }

    private static void carryList(Message.Builder result, Message previous, FieldDescriptor field) {
        FieldDescriptor name = field.getMessageType().findFieldByNumber(NAMING_FIELD);
        if (name == null) {
            return;
        }
        Map<Object, Message> byName = new HashMap<>();
        for (int i = 0; i < previous.getRepeatedFieldCount(field); i++) {
            Message old = (Message) previous.getRepeatedField(field, i);
            byName.put(old.getField(name), old);
        }
        for (int i = 0; i < result.getRepeatedFieldCount(field); i++) {
            Message next = (Message) result.getRepeatedField(field, i);
            Message old = byName.get(next.getField(name));
            if (old != null) {
                result.setRepeatedField(field, i, carry(next, old));
            }
        }
    }
}
