package io.drover.cli.output;

/** Colours of a terminal. What a colour says is always said in words too. */
public enum Colour {
    /** No colour. */
    PLAIN(""),

    /** All is well. */
    GREEN("32"),

    /** Look at it. */
    YELLOW("33"),

    /** Act on it. */
    RED("31"),

    /** Headings. */
    BOLD("1");

    private final String code;

    Colour(String code) {
        this.code = code;
    }

    /** The text in this colour, if colours are wanted. */
    public String paint(String text, boolean colours) {
        return !colours || code.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
