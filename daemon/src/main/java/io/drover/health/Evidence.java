package io.drover.health;

/** Makes a short line of whatever a check came across. */
final class Evidence {
    /** Long enough for a sentence; evidence travels in every report of the node. */
    static final int LENGTH_MAX = 200;

    private Evidence() {}

    /** The text in one line without control characters, cut where it gets too long. */
    static String of(String text) {
        String line = text.strip().replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ");
        return line.length() <= LENGTH_MAX ? line : line.substring(0, LENGTH_MAX - 3) + "...";
    }

    /** What an exception says, or what it is if it says nothing. */
    static String of(Exception e) {
        String message = e.getMessage();
        return of(message == null || message.isBlank() ? e.getClass().getSimpleName() : message);
    }
}
