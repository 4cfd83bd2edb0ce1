package io.drover.hostsetup;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces what tells where a recording was made: names of hosts, domains, users and organisations, serial numbers,
 * identifiers of accounts, IPv4 addresses and thumbprints of certificates. The same text always gets the same placeholder.
 * Names of VMs, switches, shares and folders stay. Markup stays, too: names are replaced in the text between it.
 *
 * <p>A name is known if it was given, or where it stands tells what it is: {@link #learn} finds those. Whoever has learnt
 * from all texts before the first one is scrubbed leaves no name in any of them. Not for many threads.
 */
public final class Scrubber {
    private static final Pattern ADDRESS =
            Pattern.compile("(?<![\\d.])\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?![\\d.])");
    private static final Map<String, Pattern> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("sid", Pattern.compile("S-1-5-21-\\d+-\\d+-\\d+-\\d+"));
        KINDS.put("address", ADDRESS);
        KINDS.put("thumbprint", Pattern.compile("(?<![0-9A-Fa-f])[0-9A-Fa-f]{40}(?![0-9A-Fa-f])"));
    }

    /** Properties whose value is a name or a number of that place as a whole, and of what kind. */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("UserName", "user"),
            Map.entry("Owner", "user"),
            Map.entry("PrimaryOwnerName", "user"),
            Map.entry("PrimaryOwnerContact", "user"),
            Map.entry("RegisteredUser", "user"),
            Map.entry("Organization", "organization"),
            Map.entry("Workgroup", "domain"),
            Map.entry("Domain", "domain"),
            Map.entry("DNSHostName", "host"),
            Map.entry("CSName", "host"),
            Map.entry("DestinationHost", "host"),
            Map.entry("SerialNumber", "serial"),
            Map.entry("IdentifyingNumber", "serial"),
            Map.entry("BIOSSerialNumber", "serial"),
            Map.entry("ChassisSerialNumber", "serial"),
            Map.entry("BaseBoardSerialNumber", "serial"));

    /** {@code <p:Owner>VALUE<}, and the same property in a text that is an instance itself, escaped or not. */
    private static final Pattern VALUE = Pattern.compile(
            "<(?:\\w+:)?(NAMES)(?:\\s[^<>]*)?>([^<>]+)</|NAME=(?:\"|&quot;)(NAMES)(?:\"|&quot;)[^<>&]*(?:&quot;[^<>&]*)*"
                            .replace("NAMES", String.join("|", PROPERTIES.keySet()))
                    + "(?:>|&gt;)\\s*(?:<|&lt;)VALUE(?:>|&gt;)([^<>&]+)(?:<|&lt;)");

    /** The server in the path of a share or of an object; the rest of such a path holds no names of hosts. */
    private static final Pattern SERVER = Pattern.compile(
            "(?<![^\\s>\"'=(,;])(?:\\\\{2}|\\\\{4})([A-Za-z0-9][A-Za-z0-9._-]*)\\\\|&quot;\\\\\\\\([A-Za-z0-9][A-Za-z0-9._-]*)\\\\");

    private static final Pattern ACCOUNT = Pattern.compile("([^\\\\@]+)\\\\([^\\\\@]+)|([^\\\\@]+)@([^\\\\@]+)");
    private static final Pattern TAG = Pattern.compile("<[^<>]*>");

    /** Of Windows itself, in English as everywhere in the wire's own words; these tell nothing, and much stands beside them. */
    private static final Set<String> WORDS = Set.of(
            "microsoft",
            "windows",
            "system",
            "virtual",
            "machine",
            "hyper-v",
            "root",
            "name",
            "true",
            "false",
            "workgroup",
            "builtin",
            "nt authority",
            "nt virtual machine",
            "local service",
            "network service",
            "localhost",
            "vm",
            "host",
            "user",
            "domain",
            "serial",
            "organization",
            "address");

    private static final String BEHIND = "(?![A-Za-z0-9-])";
    private static final int ANY_CASE = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    private static final int SHORTEST = 2;

    /** What NetBIOS keeps of the name of a computer. */
    private static final int NETBIOS = 15;

    private final Map<String, String> names = new LinkedHashMap<>();
    private final Map<String, String> found = new LinkedHashMap<>();
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    /** One that knows no names yet. */
    public Scrubber() {}

    /**
     * One that knows these names.
     *
     * @param hosts names of hosts, short or with a domain
     * @param domains names of domains
     */
    public Scrubber(List<String> hosts, List<String> domains) {
        domains.forEach(this::domain);
        hosts.forEach(this::host);
    }

    // ---- what is learnt

    /** Remembers the names that a text tells by where they stand. */
    public void learn(String text) {
        Matcher values = VALUE.matcher(text);
        while (values.find()) {
            boolean isElement = values.group(1) != null;
            String value = (isElement ? values.group(2) : values.group(4)).strip();
            switch (PROPERTIES.getOrDefault(isElement ? values.group(1) : values.group(3), "")) {
                case "user" -> account(value);
                case "host" -> host(value);
                case "domain" -> domain(value);
                case "organization" -> name("organization", value);
                default -> name("serial", value);
            }
        }
        Matcher servers = SERVER.matcher(text);
        while (servers.find()) {
            host(servers.group(1) != null ? servers.group(1) : servers.group(2));
        }
        for (String domain : List.copyOf(names.keySet())) {
            if (domain.contains(".")) {
                Matcher hosts = Pattern.compile(
                                "(?<![A-Za-z0-9.-])([A-Za-z0-9-]+)\\." + Pattern.quote(domain) + BEHIND, ANY_CASE)
                        .matcher(text);
                while (hosts.find()) {
                    name("host", hosts.group(1));
                }
            }
        }
    }

    private void account(String text) {
        Matcher account = ACCOUNT.matcher(text);
        if (!account.matches()) {
            name("user", text);
        } else if (account.group(1) != null) {
            domain(account.group(1));
            // An account in $ is a computer's.
            if (account.group(2).endsWith("$")) {
                host(account.group(2).substring(0, account.group(2).length() - 1));
            } else {
                name("user", account.group(2));
            }
        } else {
            name("user", account.group(3));
            domain(account.group(4));
        }
    }

    /** A full name is replaced part by part, so that the short one means the same host. */
    private void host(String text) {
        int dot = text.indexOf('.');
        if (dot > 0 && isName(text)) {
            domain(text.substring(dot + 1));
        }
        String own = dot > 0 ? text.substring(0, dot) : text;
        name("host", own);
        if (own.length() > NETBIOS) {
            name("host", own.substring(0, NETBIOS));
        }
    }

    private void domain(String text) {
        name("domain", text);
        int dot = text.indexOf('.');
        if (dot > 0) {
            name("domain", text.substring(0, dot)); // Accounts name a domain so, unless it was given another name.
        }
    }

    /** An address may stand where a name is asked for, and is found as one. */
    private static boolean isName(String text) {
        return text.chars().anyMatch(Character::isLetter)
                && !ADDRESS.matcher(text).matches();
    }

    private void name(String kind, String text) {
        boolean isKnownToAll = WORDS.contains(text.toLowerCase(Locale.ROOT));
        boolean isSerial = kind.equals("serial");
        if (text.length() >= SHORTEST && !isKnownToAll && (isSerial || isName(text))) {
            var unused = placeholder(names, kind, text);
        }
    }

    private String placeholder(Map<String, String> placeholders, String kind, String text) {
        return placeholders.computeIfAbsent(
                text.toLowerCase(Locale.ROOT), key -> kind + "-" + numbers.merge(kind, 1, Integer::sum));
    }

    // ---- what is replaced

    /** The text without what it must not tell, as far as it is known. */
    public String scrub(String text) {
        learn(text);
        Pattern known = known();
        StringBuilder result = new StringBuilder();
        Matcher tags = TAG.matcher(text);
        int end = 0;
        while (tags.find()) {
            result.append(scrub(text.substring(end, tags.start()), known)).append(tags.group());
            end = tags.end();
        }
        return result.append(scrub(text.substring(end), known)).toString();
    }

    /** All known names, the longest first: a host's full name holds its domain. */
    private Pattern known() {
        String any = names.keySet().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .reduce((left, right) -> left + "|" + right)
                .orElse("(?!)");
        return Pattern.compile("(?<![A-Za-z0-9-])(?:" + any + ")" + BEHIND, ANY_CASE);
    }

    private String scrub(String text, Pattern known) {
        String result = known.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        names.getOrDefault(match.group().toLowerCase(Locale.ROOT), match.group())));
        for (Map.Entry<String, Pattern> kind : KINDS.entrySet()) {
            result = kind.getValue()
                    .matcher(result)
                    .replaceAll(match -> placeholder(found, kind.getKey(), match.group()));
        }
        return result;
    }
}
