package io.drover.sim.hyperv.wql;

import io.drover.sim.hyperv.wql.Condition.Operand;
import io.drover.sim.hyperv.wql.Condition.Operator;
import io.drover.sim.hyperv.wql.Lexer.Kind;
import io.drover.sim.hyperv.wql.Lexer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads queries. WQL has no joins and no ORDER BY; keywords are in any case. */
final class WqlParser {
    private static final int DEPTH_MAX = 64;

    private final List<Token> tokens;
    private int at;
    private int depth;

    private WqlParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    static Query parse(String query) {
        WqlParser parser = new WqlParser(Lexer.tokens(query));
        Query parsed = parser.query();
        if (parser.at < parser.tokens.size()) {
            throw WqlException.invalid("'" + parser.peek().text() + "' is one word too many");
        }
        return parsed;
    }

    private Query query() {
        if (accept("SELECT")) {
            return select();
        }
        boolean wantsAssociations = accept("REFERENCES");
        if (wantsAssociations || accept("ASSOCIATORS")) {
            expect("OF");
            return related(wantsAssociations);
        }
        throw WqlException.invalid("'" + peek().text() + "' (expected: SELECT, ASSOCIATORS OF or REFERENCES OF)");
    }

    private Query select() {
        List<String> properties = new ArrayList<>();
        if (!accept("*")) {
            do {
                properties.add(word());
            } while (accept(","));
        }
        expect("FROM");
        String className = word();
        Optional<Condition> condition = accept("WHERE") ? Optional.of(or()) : Optional.empty();
        return new Query.Select(List.copyOf(properties), className, condition);
    }

    private Query related(boolean wantsAssociations) {
        String path = take(Kind.PATH, "the path of an object in braces").text();
        Map<String, String> wanted = new TreeMap<>();
        boolean isSchemaOnly = false;
        if (accept("WHERE")) {
            do {
                String name = word().toLowerCase(Locale.ROOT);
                switch (name) {
                    case "keysonly" -> {}
                    case "schemaonly", "classdefsonly" -> isSchemaOnly = true;
                    case "assocclass",
                            "resultclass",
                            "role",
                            "resultrole",
                            "requiredqualifier",
                            "requiredassocqualifier" -> {
                        expect("=");
                        wanted.put(name, word());
                    }
                    default -> throw WqlException.invalid("'" + name + "' behind WHERE");
                }
            } while (at < tokens.size());
        }
        if (wantsAssociations && (wanted.containsKey("assocclass") || wanted.containsKey("resultrole"))) {
            throw WqlException.invalid("REFERENCES OF with AssocClass or ResultRole");
        }
        return new Query.Related(
                path,
                wantsAssociations,
                wanted.getOrDefault("assocclass", ""),
                wanted.getOrDefault("resultclass", ""),
                wanted.getOrDefault("role", ""),
                wanted.getOrDefault("resultrole", ""),
                isSchemaOnly);
    }

    private Condition or() {
        Condition left = and();
        while (accept("OR")) {
            left = new Condition.Or(left, and());
        }
        return left;
    }

    private Condition and() {
        Condition left = not();
        while (accept("AND")) {
            left = new Condition.And(left, not());
        }
        return left;
    }

    private Condition not() {
        if (++depth > DEPTH_MAX) {
            throw WqlException.invalid("nested deeper than " + DEPTH_MAX);
        }
        try {
            if (accept("NOT")) {
                return new Condition.Not(not());
            }
            if (accept("(")) {
                Condition inner = or();
                expect(")");
                return inner;
            }
            return comparison();
        } finally {
            depth--;
        }
    }

    private Condition comparison() {
        Operand left = operand();
        if (accept("IS")) {
            boolean isNegated = accept("NOT");
            expect("NULL");
            Condition isNull = new Condition.IsNull(left.text());
            return isNegated ? new Condition.Not(isNull) : isNull;
        }
        if (accept("ISA")) {
            return new Condition.IsA(left.text(), operand().text());
        }
        boolean isNegated = accept("NOT");
        if (accept("LIKE")) {
            Condition like = new Condition.Compare(left, Operator.LIKE, operand());
            return isNegated ? new Condition.Not(like) : like;
        }
        if (isNegated) {
            throw WqlException.invalid("NOT before '" + peek().text() + "' (expected: LIKE)");
        }
        Operator operator = Operator.of(take(Kind.SIGN, "a comparison").text());
        Operand right = operand();
        if (right.kind() == Kind.WORD && right.text().equalsIgnoreCase("NULL")) {
            Condition isNull = new Condition.IsNull(left.text());
            return operator == Operator.EQUAL ? isNull : new Condition.Not(isNull);
        }
        return new Condition.Compare(left, operator, right);
    }

    private Operand operand() {
        if (at >= tokens.size() || peek().kind() == Kind.SIGN || peek().kind() == Kind.PATH) {
            throw WqlException.invalid("'" + peek().text() + "' (expected: a property or a value)");
        }
        Token token = tokens.get(at++);
        return new Operand(token.kind(), token.text());
    }

    private Token peek() {
        return at < tokens.size() ? tokens.get(at) : new Token(Kind.SIGN, "the end");
    }

    private boolean accept(String word) {
        boolean isThere = at < tokens.size() && tokens.get(at).is(word);
        if (isThere) {
            at++;
        }
        return isThere;
    }

    private void expect(String word) {
        if (!accept(word)) {
            throw WqlException.invalid("'" + peek().text() + "' (expected: " + word + ")");
        }
    }

    private String word() {
        return take(Kind.WORD, "a name").text();
    }

    private Token take(Kind kind, String expected) {
        if (at >= tokens.size() || tokens.get(at).kind() != kind) {
            throw WqlException.invalid("'" + peek().text() + "' (expected: " + expected + ")");
        }
        return tokens.get(at++);
    }
}
