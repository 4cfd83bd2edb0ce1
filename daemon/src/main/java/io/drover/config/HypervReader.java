package io.drover.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads the section {@code hypervisor} of a Hyper-V host. */
final class HypervReader {
    /** All that may stand in the section besides its type. */
    static final Set<String> KEYS = Set.of(
            "address",
            "authentication",
            "user",
            "passwordFile",
            "keytab",
            "keyStore",
            "trustedCertificates",
            "migrationHost",
            "folders",
            "switches",
            "liveMigration");

    private static final int HTTPS_PORT = WinRmAddress.HTTPS_PORT;
    private static final ValueKind<String> AUTHENTICATION = ValueKind.oneOf("kerberos", "certificate", "basic");

    private final Section section;
    private final Path folder;
    private final Supplier<Optional<String>> hostName;

    HypervReader(Section section, Path folder, Supplier<Optional<String>> hostName) {
        this.section = section;
        this.folder = folder;
        this.hostName = hostName;
    }

    HypervisorConfig.Hyperv read() {
        String authentication = section.optional("authentication", AUTHENTICATION, "kerberos");
        URI address = address(authentication);
        return new HypervisorConfig.Hyperv(
                address,
                login(authentication),
                section.optional("trustedCertificates", ValueKind.path(folder)),
                section.optional("migrationHost", ValueKind.TEXT),
                section.list("folders", ValueKind.TEXT),
                switches(),
                section.section("liveMigration").map(LiveMigrationReader::read));
    }

    /** Plain HTTP is for tests on the same machine only: nothing protects what is sent. */
    private URI address(String authentication) {
        Optional<String> text = section.optional("address", ValueKind.TEXT);
        String expected = WinRmAddress.EXPECTED;
        if (text.isEmpty() && hostName.get().isEmpty()) {
            section.reject("address", "missing, and the machine's own name cannot be found out", expected);
        }
        String given = text.orElseGet(() -> hostName.get().orElse("localhost") + ":" + HTTPS_PORT);
        try {
            return WinRmAddress.parse(given, authentication.equals("basic"));
        } catch (IllegalArgumentException e) {
            section.reject("address", String.valueOf(e.getMessage()), expected);
            return URI.create("https://localhost:" + HTTPS_PORT + "/wsman");
        }
    }

    private HypervisorConfig.Hyperv.Login login(String authentication) {
        return switch (authentication) {
            case "basic" ->
                new HypervisorConfig.Hyperv.Login.Basic(
                        section.required("user", ValueKind.TEXT),
                        section.required("passwordFile", ValueKind.path(folder)));
            case "certificate" ->
                new HypervisorConfig.Hyperv.Login.Certificate(
                        section.required("keyStore", ValueKind.path(folder)),
                        section.optional("passwordFile", ValueKind.path(folder)));
            default -> kerberos(section.optional("keytab", ValueKind.path(folder)));
        };
    }

    private HypervisorConfig.Hyperv.Login kerberos(Optional<Path> keytab) {
        return keytab.isEmpty()
                ? new HypervisorConfig.Hyperv.Login.OwnTickets()
                : new HypervisorConfig.Hyperv.Login.Keytab(section.required("user", ValueKind.TEXT), keytab.get());
    }

    private Map<String, String> switches() {
        Map<String, String> switches = new LinkedHashMap<>();
        Optional<Section> names = section.section("switches");
        if (names.isPresent()) {
            List<String> keys = new ArrayList<>();
            names.get().keys().forEach(keys::add);
            keys.forEach(key -> switches.put(key, names.get().required(key, ValueKind.TEXT)));
        }
        return switches;
    }
}
