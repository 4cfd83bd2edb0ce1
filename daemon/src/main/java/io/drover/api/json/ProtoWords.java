package io.drover.api.json;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.ProtocolMessageEnum;

/**
 * The words for the values of enums: {@code NODE_STATE_UP} is {@code Up}, {@code DRAIN_STATUS_IN_PROGRESS} is {@code
 * InProgress}. Knows nothing of JSON, so that whoever needs the words alone does not load a JSON library.
 */
public final class ProtoWords {
    private static final String UNSPECIFIED = "UNSPECIFIED";
    private static final String UNRECOGNIZED = "Unrecognized";

    private ProtoWords() {}

    /** The word; empty for an unspecified value, {@code Unrecognized} for one that this version does not know. */
    public static String of(ProtocolMessageEnum value) {
        try {
            return of(value.getValueDescriptor());
        } catch (IllegalStateException unrecognized) {
            // Generated enums have no descriptor for a number that a newer version of the wire has added.
            return UNRECOGNIZED;
        }
    }

    /** The same for the descriptor of a value. */
    static String of(EnumValueDescriptor value) {
        if (value.getIndex() < 0) {
            return UNRECOGNIZED;
        }
        if (value.getNumber() == 0) {
            return "";
        }
        String unspecified = value.getType().getValues().get(0).getName();
        return upperCamel(value.getName().substring(unspecified.length() - UNSPECIFIED.length()));
    }

    private static String upperCamel(String snake) {
        StringBuilder word = new StringBuilder(snake.length());
        for (String part : snake.split("_", -1)) {
            word.append(part.charAt(0));
            for (int i = 1; i < part.length(); i++) {
                word.append(Character.toLowerCase(part.charAt(i)));
            }
        }
        return word.toString();
    }
}
