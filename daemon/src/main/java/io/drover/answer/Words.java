package io.drover.answer;

/** Text from the net made fit for a line of ours. */
public final class Words {
    private static final int LENGTH_MAX = 300;

    private Words() {}

    /** The first 300 characters, without line breaks and other control characters. */
    public static String of(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints()
                .limit(LENGTH_MAX)
                .map(each -> Character.isISOControl(each) ? ' ' : each)
                .forEach(line::appendCodePoint);
        return line.toString().strip();
    }
}
