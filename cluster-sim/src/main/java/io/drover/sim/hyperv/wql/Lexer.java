package io.drover.sim.hyperv.wql;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a query into words, signs, texts, numbers and paths in braces. */
final class Lexer {
    /** What a token is. */
    enum Kind {
        WORD,
        SIGN,
        TEXT,
        NUMBER,
        PATH
    }

    /**
     * A part of a query.
     *
     * @param text without quotes, braces and escapes
     */
    record Token(Kind kind, String text) {
        boolean is(String word) {
            return (kind == Kind.WORD || kind == Kind.SIGN) && text.equalsIgnoreCase(word);
        }
    }

    /** Each repetition takes what it can and gives nothing back: a text of any length needs no stack. */
    private static final Pattern TOKEN = Pattern.compile("\\s*+(?:"
            + "(?<word>[A-Za-z_][\\w.]*+)"
            + "|(?<number>0[xX][0-9A-Fa-f]{1,16}+|[+-]?\\d++(?:\\.\\d++)?(?:[eE][+-]?\\d{1,3})?)"
            + "|'(?<single>(?:[^'\\\\]++|\\\\.)*+)'"
            + "|\"(?<double>(?:[^\"\\\\]++|\\\\.)*+)\""
            + "|\\{(?<path>(?:[^}\"']++|\"(?:[^\"\\\\]++|\\\\.)*+\"|'(?:[^'\\\\]++|\\\\.)*+')*+)\\}"
            + "|(?<sign><>|!=|<=|>=|[=<>(),*])"
            + ")\\s*+");

    private Lexer() {}

    static List<Token> tokens(String query) {
        List<Token> tokens = new ArrayList<>();
        Matcher next = TOKEN.matcher(query);
        int at = 0;
        while (at < query.length()) {
            next.region(at, query.length());
            if (!next.lookingAt()) {
                throw WqlException.invalid("cannot be read from '" + query.substring(at) + "'");
            }
            tokens.add(token(next));
            at = next.end();
        }
        return tokens;
    }

    private static Token token(Matcher found) {
        if (found.group("word") != null) {
            return new Token(Kind.WORD, found.group("word"));
        }
        if (found.group("number") != null) {
            return new Token(Kind.NUMBER, decimal(found.group("number")));
        }
        if (found.group("path") != null) {
            return new Token(Kind.PATH, found.group("path"));
        }
        if (found.group("sign") != null) {
            return new Token(Kind.SIGN, found.group("sign"));
        }
        String text = found.group("single") != null ? found.group("single") : found.group("double");
        return new Token(Kind.TEXT, text.replaceAll("\\\\(.)", "$1"));
    }

    private static String decimal(String number) {
        boolean isHexadecimal = number.startsWith("0x") || number.startsWith("0X");
        return isHexadecimal ? new BigInteger(number.substring(2), 16).toString() : number;
    }
}
