package io.drover.wsman;

import io.drover.answer.Words;
import java.util.Map;
import java.util.TreeMap;

/** Reads a WMI object path from left to right. */
final class ObjectPath {
    private final String path;
    private int at;

    ObjectPath(String path) {
        this.path = path;
    }

    static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    CimReference parse() {
        if (path.startsWith("\\\\")) {
            at = 2;
            until('\\');
        }
        CimNamespace namespace = new CimNamespace(until(':'));
        CimClass cimClass = new CimClass(namespace, until('.'));
        Map<String, String> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        do {
            String name = until('=');
            if (name.isEmpty() || keys.put(name, value()) != null) {
                throw refused("a key that is empty or comes twice");
            }
        } while (comma());
        return CimReference.of(cimClass, keys);
    }

    private String until(char end) {
        int to = path.indexOf(end, at);
        if (to < 0) {
            throw refused("no '" + end + "' after character " + at);
        }
        String part = path.substring(at, to);
        at = to + 1;
        return part;
    }

    private boolean comma() {
        if (at == path.length()) {
            return false;
        }
        if (path.charAt(at) != ',') {
            throw refused("'" + path.charAt(at) + "' after a value");
        }
        at++;
        return true;
    }

    private String value() {
        if (at < path.length() && path.charAt(at) == '"') {
            at++;
            return quoted();
        }
        int comma = path.indexOf(',', at);
        String number = path.substring(at, comma < 0 ? path.length() : comma);
        at += number.length();
        return number;
    }

    private String quoted() {
        StringBuilder value = new StringBuilder();
        while (at < path.length()) {
            char next = path.charAt(at++);
            if (next == '"') {
                return value.toString();
            }
            if (next == '\\') {
                if (at == path.length()) {
                    break;
                }
                next = path.charAt(at++);
            }
            value.append(next);
        }
        throw refused("a value without its closing quote");
    }

    private IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("object path '" + Words.of(path) + "' has " + why
                + " (expected: \\\\HOST\\root\\namespace:Class.Key=\"value\")");
    }
}
