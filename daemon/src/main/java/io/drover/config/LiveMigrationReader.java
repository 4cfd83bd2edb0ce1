package io.drover.config;

import io.drover.hostsetup.MigrationNetwork;
import io.drover.hostsetup.MigrationSettings.Authentication;
import io.drover.hostsetup.MigrationSettings.Performance;
import io.drover.hostsetup.WantedSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the section {@code hypervisor.liveMigration}: how the host is to take part in migrations. */
final class LiveMigrationReader {
    private static final ValueKind<String> AUTHENTICATION = ValueKind.oneOf("kerberos", "credssp");
    private static final ValueKind<String> PERFORMANCE = ValueKind.oneOf("compression", "tcpip", "smb");
    private static final ValueKind<Integer> COUNT = ValueKind.integer(WantedSettings.LEAST, WantedSettings.MOST);
    private static final ValueKind<MigrationNetwork> NETWORK =
            new ValueKind<>(NetworkText.EXPECTED, new MigrationNetwork("0.0.0.0/0", 0), NetworkText::parse);

    private LiveMigrationReader() {}

    static WantedSettings read(Section section) {
        WantedSettings usual = WantedSettings.DEFAULTS;
        String authentication =
                section.optional("authentication", AUTHENTICATION, WantedSettings.word(usual.authentication()));
        String performance = section.optional("performance", PERFORMANCE, WantedSettings.word(usual.performance()));
        int migrations = section.optional("migrations", COUNT, usual.migrations());
        int storageMigrations = section.optional("storageMigrations", COUNT, usual.storageMigrations());
        List<MigrationNetwork> networks = section.list("networks", NETWORK);
        section.finish();
        try {
            return new WantedSettings(
                    Authentication.valueOf(authentication.toUpperCase(Locale.ROOT)),
                    Performance.valueOf(performance.toUpperCase(Locale.ROOT)),
                    migrations,
                    storageMigrations,
                    networks.isEmpty() ? Optional.empty() : Optional.of(networks));
        } catch (IllegalArgumentException e) {
            section.reject("networks", String.valueOf(e.getMessage()), NetworkText.EXPECTED);
            return usual;
        }
    }
}
