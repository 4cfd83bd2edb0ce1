package io.drover.hostsetup;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces what tells where a recording was made: names of hosts and domains, identifiers of accounts, IPv4 addresses and
 * thumbprints of certificates. The same text always gets the same placeholder. Names of VMs, switches and folders stay. Not
 * for many threads.
 */
public final class Scrubber {
    private static final Map<String, Pattern> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("sid", Pattern.compile("S-1-5-21-\\d+-\\d+-\\d+-\\d+"));
        KINDS.put("address", Pattern.compile("(?<![\\d.])\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?![\\d.])"));
        KINDS.put("thumbprint", Pattern.compile("(?<![0-9A-Fa-f])[0-9A-Fa-f]{40}(?![0-9A-Fa-f])"));
    }

    private final Map<String, String> placeholders = new LinkedHashMap<>();
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    /**
     * One that knows these names.
     *
     * @param hosts names of hosts, short or with a domain
     * @param domains names of domains
     */
    public Scrubber(List<String> hosts, List<String> domains) {
        // A host's full name holds its domain: the longest is replaced first.
        hosts.stream().filter(Scrubber::isName).sorted(byLength()).forEach(each -> placeholder("host", each));
        domains.stream().filter(Scrubber::isName).sorted(byLength()).forEach(each -> placeholder("domain", each));
    }

    /** An address may stand where a name is asked for, and is found as one. */
    private static boolean isName(String text) {
        return text.chars().anyMatch(Character::isLetter);
    }

    private static Comparator<String> byLength() {
        return Comparator.comparing(String::length).reversed();
    }

    private String placeholder(String kind, String text) {
        return placeholders.computeIfAbsent(
                text.toLowerCase(Locale.ROOT), key -> kind + "-" + numbers.merge(kind, 1, Integer::sum));
    }

    /** The text without what it must not tell. */
    public String scrub(String text) {
        String result = text;
        for (Map.Entry<String, String> each : List.copyOf(placeholders.entrySet())) {
            if (isName(each.getKey())) {
                Pattern name = Pattern.compile(
                        "(?<![A-Za-z0-9-])" + Pattern.quote(each.getKey()) + "(?![A-Za-z0-9-])",
                        Pattern.CASE_INSENSITIVE);
                result = name.matcher(result).replaceAll(Matcher.quoteReplacement(each.getValue()));
            }
        }
        for (Map.Entry<String, Pattern> kind : KINDS.entrySet()) {
            result = kind.getValue().matcher(result).replaceAll(match -> placeholder(kind.getKey(), match.group()));
        }
        return result;
    }
}
