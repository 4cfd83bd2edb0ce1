package io.drover.config;

import io.drover.config.FencingConfig.Device;
import io.drover.config.FencingConfig.FenceAgent;
import io.drover.config.FencingConfig.Identity;
import io.drover.config.FencingConfig.Redfish;
import io.drover.config.FencingConfig.Trust;
import io.drover.model.NodeId;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads the section {@code fencing}. */
final class FencingReader {
    static final Duration DEFAULT_OFF_TIMEOUT = Duration.ofSeconds(30);
    static final Duration DEFAULT_REDFISH_TIMEOUT = Duration.ofSeconds(10);
    // An agent asks, acts and asks again before it answers, and waits some seconds in between.
    static final Duration DEFAULT_AGENT_TIMEOUT = Duration.ofSeconds(30);
    static final FencingConfig NONE = new FencingConfig(DEFAULT_OFF_TIMEOUT, new TreeMap<>());

    private static final int LEVEL_MAX = 9;
    private static final int DEVICES_MAX = 8;
    private static final ValueKind<Integer> LEVEL = ValueKind.integer(1, LEVEL_MAX);
    private static final ValueKind<Duration> TIMEOUT = ValueKind.duration(Duration.ofSeconds(1), Duration.ofMinutes(5));
    private static final ValueKind<String> TYPE = ValueKind.oneOf("fenceagent", "redfish");
    private static final Set<String> KEYS_OF_TYPES = Set.of(
            "url", "system", "uuid", "serial", "user", "passwordFile", "caFile", "fingerprint", "program", "options");

    private static final ValueKind<URI> SERVICE =
            new ValueKind<>("https://host or https://host:port", URI.create("https://x"), FencingReader::service);
    private static final ValueKind<String> RESOURCE =
            new ValueKind<>("an absolute path, such as /redfish/v1/Systems/1", "/x", FencingReader::resource);
    private static final ValueKind<UUID> SYSTEM_UUID =
            new ValueKind<>("a UUID, 8-4-4-4-12 hexadecimal digits", new UUID(0, 0), FencingReader::uuid);
    private static final ValueKind<String> LINE = new ValueKind<>("text of one line", "x", FencingReader::line);
    private static final ValueKind<String> FINGERPRINT = new ValueKind<>(
            "SHA-256 of the certificate: 64 hexadecimal digits, with or without colons",
            "0".repeat(64),
            FencingReader::fingerprint);
    private static final ValueKind<Path> ABSOLUTE_PROGRAM =
            new ValueKind<>("the absolute path of a program", Path.of("x"), FencingReader::program);

    private static final Pattern OPTION_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    // These would say what the agent does, or put a secret into this file.
    private static final Set<String> RESERVED = Set.of("action", "option", "passwd", "password");

    private final Path folder;

    FencingReader(Path folder) {
        this.folder = folder;
    }

    FencingConfig read(Section section) {
        Duration offTimeout = section.optional("offTimeout", TIMEOUT, DEFAULT_OFF_TIMEOUT);
        SortedMap<NodeId, List<Device>> nodes = new TreeMap<>();
        section.section("nodes").ifPresent(list -> {
            for (String name : list.keys()) {
                Optional<NodeId> node = node(list, name);
                List<Device> devices = devices(list, name);
                node.ifPresent(id -> nodes.put(id, devices));
            }
        });
        section.finish();
        return new FencingConfig(offTimeout, nodes);
    }

    private static Optional<NodeId> node(Section list, String name) {
        try {
            return Optional.of(ValueKind.NODE.reader().apply(name));
        } catch (IllegalArgumentException e) {
            list.reject(name, String.valueOf(e.getMessage()), ValueKind.NODE.expected());
            return Optional.empty();
        }
    }

    private List<Device> devices(Section list, String name) {
        boolean given = list.has(name);
        List<Device> devices = list.sections(name).stream()
                .map(this::device)
                .sorted(Comparator.comparingInt(Device::level))
                .toList();
        if (!given) {
            list.reject(name, "has no devices", "a list of devices");
        }
        if (devices.size() > DEVICES_MAX) {
            list.reject(name, devices.size() + " devices", "at most " + DEVICES_MAX);
        }
        return devices;
    }

    private Device device(Section section) {
        int level = section.optional("level", LEVEL, 1);
        String type = section.choice("type", TYPE, KEYS_OF_TYPES).orElse("");
        Device device = switch (type) {
            case "redfish" -> redfish(section, level);
            case "fenceagent" -> fenceAgent(section, level);
            // Reported already; reading goes on with something that nobody will use.
            default ->
                new FenceAgent(
                        level,
                        section.optional("timeout", TIMEOUT, DEFAULT_AGENT_TIMEOUT),
                        folder,
                        new TreeMap<>(),
                        Optional.empty());
        };
        section.finish();
        return device;
    }

    private Redfish redfish(Section section, int level) {
        return new Redfish(
                level,
                section.optional("timeout", TIMEOUT, DEFAULT_REDFISH_TIMEOUT),
                section.required("url", SERVICE),
                section.optional("system", RESOURCE),
                identity(section),
                section.required("user", LINE),
                section.required("passwordFile", ValueKind.path(folder)),
                trust(section));
    }

    private static Identity identity(Section section) {
        Identity identity = new Identity(section.optional("uuid", SYSTEM_UUID), section.optional("serial", LINE));
        if (!section.has("uuid") && !section.has("serial")) {
            section.reject("uuid", "missing, and serial too", "at least one of them: the wrong system must not be hit");
        }
        return identity;
    }

    private Trust trust(Section section) {
        Optional<Path> caFile = section.optional("caFile", ValueKind.path(folder));
        Optional<String> fingerprint = section.optional("fingerprint", FINGERPRINT);
        if (section.has("caFile") == section.has("fingerprint")) {
            String what = section.has("caFile") ? "stands next to fingerprint" : "missing, and fingerprint too";
            section.reject("caFile", what, "either caFile or fingerprint");
        }
        return caFile.<Trust>map(Trust.CaFile::new)
                .orElseGet(() -> new Trust.Fingerprint(fingerprint.orElse(FINGERPRINT.standIn())));
    }

    private FenceAgent fenceAgent(Section section, int level) {
        SortedMap<String, String> options = new TreeMap<>();
        section.section("options").ifPresent(list -> {
            for (String name : list.keys()) {
                option(list, name).ifPresent(value -> options.put(name, value));
            }
        });
        return new FenceAgent(
                level,
                section.optional("timeout", TIMEOUT, DEFAULT_AGENT_TIMEOUT),
                section.required("program", ABSOLUTE_PROGRAM),
                options,
                section.optional("passwordFile", ValueKind.path(folder)));
    }

    private static Optional<String> option(Section list, String name) {
        if (!list.has(name)) {
            list.reject(name, "has no value", "a value, such as 1 for an option that is only set");
            return Optional.empty();
        }
        Optional<String> value = list.optional(name, LINE);
        if (!OPTION_NAME.matcher(name).matches()) {
            list.reject(name, "is not the name of an option", "letters, digits, '_' or '-', the first a letter");
        } else if (RESERVED.contains(name)) {
            String expected =
                    name.startsWith("passw") ? "passwordFile beside options" : "no such option: Drover sets it";
            list.reject(name, "cannot be given here", expected);
        }
        return value;
    }

    private static URI service(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not a URL: " + e.getReason(), e);
        }
        if (!"https".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("'" + text + "' is not https");
        }
        if (uri.getHost() == null || uri.getUserInfo() != null) {
            throw new IllegalArgumentException("'" + text + "' has no plain host");
        }
        boolean bare = (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (!bare) {
            throw new IllegalArgumentException("'" + text + "' says more than a host and a port");
        }
        return URI.create("https://" + uri.getRawAuthority());
    }

    private static String resource(String text) {
        if (!text.matches("/[A-Za-z0-9._~%!$&'()*+,;=:@/-]{1,500}") || text.contains("//")) {
            throw new IllegalArgumentException("'" + text + "' is not a path of a service");
        }
        return text;
    }

    private static UUID uuid(String text) {
        // The JDK's own reader takes shorter groups for granted and pads them.
        if (!text.matches("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")) {
            throw new IllegalArgumentException("'" + text + "' is not a UUID");
        }
        UUID uuid = UUID.fromString(text);
        boolean placeholder = uuid.equals(new UUID(0, 0)) || uuid.equals(new UUID(-1, -1));
        if (placeholder) {
            throw new IllegalArgumentException("'" + text + "' is what machines say that have none of their own");
        }
        return uuid;
    }

    private static String line(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("has a line break or another control character in it");
        }
        return text;
    }

    private static String fingerprint(String text) {
        String digits = text.replace(":", "").toLowerCase(Locale.ROOT);
        if (!digits.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("'" + text + "' is not a SHA-256");
        }
        return digits;
    }

    private static Path program(String text) {
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException("'" + text + "' is not an absolute path");
            }
            return path.normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + e.getReason(), e);
        }
    }
}
