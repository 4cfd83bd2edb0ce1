package io.drover.fencing;

/** A password on its way from its file to a device. It has no text form, so that no log can hold it by accident. */
public final class Secret {
    private static final String SHOWN = "(secret)";

    private final String value;

    Secret(String value) {
        this.value = value;
    }

    /** The password itself: for the device, and for nothing else. */
    public String reveal() {
        return value;
    }

    /** A text in which the password, wherever it stands, is not readable. */
    public String hideIn(String text) {
        return text.replace(value, SHOWN);
    }

    @Override
    public String toString() {
        return SHOWN;
    }
}
