package io.drover.hostsetup;

import io.drover.hostsetup.MigrationSettings.Authentication;
import io.drover.hostsetup.MigrationSettings.Performance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How hosts are to take part in live migrations. Migrations are always wanted.
 *
 * @param authentication how hosts prove for whom they act
 * @param performance how memory travels
 * @param migrations how many VMs may be under way at a time, {@value #LEAST} to {@value #MOST}
 * @param storageMigrations the same for moves of files
 * @param networks over which VMs may arrive; empty: whatever is set at the host
 */
public record WantedSettings(
        Authentication authentication,
        Performance performance,
        int migrations,
        int storageMigrations,
        Optional<List<MigrationNetwork>> networks) {
    /** The fewest moves at a time. */
    public static final int LEAST = 1;

    /** The most moves at a time: more than any network carries. */
    public static final int MOST = 64;

    /** Kerberos, since a service is signed in nowhere; all else as Hyper-V has it. */
    public static final WantedSettings DEFAULTS =
            new WantedSettings(Authentication.KERBEROS, Performance.COMPRESSION, 2, 2, Optional.empty());

    private static final String ABSENT = "absent";

    /**
     * Checks the numbers and copies the networks.
     *
     * @throws IllegalArgumentException if a number is out of range, a subnet is named twice, or the list is empty
     */
    public WantedSettings {
        checkRange("migrations", migrations);
        checkRange("storageMigrations", storageMigrations);
        networks = networks.map(List::copyOf);
        networks.ifPresent(WantedSettings::check);
    }

    private static void checkRange(String name, int value) {
        if (value < LEAST || value > MOST) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + LEAST + " to " + MOST + ")");
        }
    }

    private static void check(List<MigrationNetwork> networks) {
        if (networks.isEmpty()) {
            throw new IllegalArgumentException("networks: none, so that no VM could arrive (expected: one or more)");
        }
        long different =
                networks.stream().map(MigrationNetwork::subnet).distinct().count();
        if (different < networks.size()) {
            throw new IllegalArgumentException("networks: one is named twice (expected: each subnet once)");
        }
    }

    /** What of a host is not as wanted, in a fixed order; empty if all is. */
    public List<SettingDifference> differences(MigrationSettings is) {
        List<SettingDifference> differences = new ArrayList<>();
        compare(differences, "enabled", is.isEnabled(), true);
        compare(differences, "authentication", word(is.authentication()), word(authentication));
        compare(differences, "performance", word(is.performance()), word(performance));
        compare(differences, "migrations", is.migrations(), migrations);
        compare(differences, "storageMigrations", is.storageMigrations(), storageMigrations);
        networks.ifPresent(wanted -> compare(differences, is.networks(), wanted));
        return List.copyOf(differences);
    }

    private static void compare(List<SettingDifference> differences, String setting, Object is, Object wanted) {
        if (!is.equals(wanted)) {
            differences.add(new SettingDifference(setting, is.toString(), wanted.toString()));
        }
    }

    private static void compare(
            List<SettingDifference> differences, List<MigrationNetwork> is, List<MigrationNetwork> wanted) {
        for (MigrationNetwork each : wanted) {
            compare(
                    differences,
                    "network " + each.subnet(),
                    priority(is, each.subnet()),
                    priority(wanted, each.subnet()));
        }
        for (MigrationNetwork each : is) {
            if (priorityOf(wanted, each.subnet()).isEmpty()) {
                compare(differences, "network " + each.subnet(), priority(is, each.subnet()), ABSENT);
            }
        }
    }

    private static String priority(List<MigrationNetwork> networks, String subnet) {
        OptionalLong priority = priorityOf(networks, subnet);
        return priority.isPresent() ? "priority " + priority.getAsLong() : ABSENT;
    }

    private static OptionalLong priorityOf(List<MigrationNetwork> networks, String subnet) {
        return networks.stream()
                .filter(each -> each.subnet().equals(subnet))
                .mapToLong(MigrationNetwork::priority)
                .findFirst();
    }

    /** The word of an authentication or a performance option, as the configuration has it. */
    public static String word(Enum<?> option) {
        return option.name().toLowerCase(Locale.ROOT);
    }
}
