package io.drover.sim.hyperv.wql;

/** What stands behind WHERE. */
sealed interface Condition {
    /** Both hold. */
    record And(Condition left, Condition right) implements Condition {}

    /** One of them holds. */
    record Or(Condition left, Condition right) implements Condition {}

    /** It does not hold. */
    record Not(Condition inner) implements Condition {}

    /** A property has no value. */
    record IsNull(String property) implements Condition {}

    /** The object is of a class, or of one that derives from it. */
    record IsA(String property, String className) implements Condition {}

    /** A comparison of two sides; a word on either side is a property. */
    record Compare(Operand left, Operator operator, Operand right) implements Condition {}

    /**
     * One side of a comparison.
     *
     * @param kind whether it is a property ({@code WORD}), a text or a number
     * @param text the name or the value
     */
    record Operand(Lexer.Kind kind, String text) {}

    /** How two sides are compared. */
    enum Operator {
        EQUAL,
        UNEQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        LIKE;

        static Operator of(String sign) {
            return switch (sign) {
                case "=" -> EQUAL;
                case "<>", "!=" -> UNEQUAL;
                case "<" -> LESS;
                case "<=" -> LESS_OR_EQUAL;
                case ">" -> GREATER;
                case ">=" -> GREATER_OR_EQUAL;
                default -> throw WqlException.invalid("'" + sign + "' (expected: =, <>, !=, <, <=, > or >=)");
            };
        }
    }
}
