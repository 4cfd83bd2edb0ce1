package io.drover.runtime.hostsetup;

import io.drover.config.ConfigException;
import io.drover.config.ConfigFile;
import io.drover.config.HypervisorConfig;
import io.drover.config.NetworkText;
import io.drover.config.WinRmAddress;
import io.drover.hostsetup.MigrationNetwork;
import io.drover.hostsetup.MigrationSettings.Authentication;
import io.drover.hostsetup.MigrationSettings.Performance;
import io.drover.hostsetup.WantedSettings;
import io.drover.proto.v1.HostAccess;
import io.drover.proto.v1.WantedHostSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The hosts that a command is about, and what is wanted of them. */
final class HostList {
    private HostList() {}

    /**
     * How each host is reached.
     *
     * @throws IllegalArgumentException if the configuration or an address is not accepted, or there is none
     */
    static List<HypervisorConfig.Hyperv> of(HostAccess access) {
        if (access.getConfig().isEmpty()) {
            if (access.getHostsList().isEmpty()) {
                throw new IllegalArgumentException(
                        "no host is named (expected: names of hosts, or --config with the file of the host's agent)");
            }
            return access.getHostsList().stream()
                    .map(each -> byKerberos(WinRmAddress.parse(each, false)))
                    .toList();
        }
        HypervisorConfig.Hyperv own = configured(Path.of(access.getConfig()));
        boolean isBasic = own.login() instanceof HypervisorConfig.Hyperv.Login.Basic;
        return access.getHostsList().isEmpty()
                ? List.of(own)
                : access.getHostsList().stream()
                        .map(each -> own.at(WinRmAddress.parse(each, isBasic)))
                        .toList();
    }

    private static HypervisorConfig.Hyperv configured(Path file) {
        try {
            if (ConfigFile.read(file).hypervisor() instanceof HypervisorConfig.Hyperv own) {
                return own;
            }
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                file + ": hypervisor.type is not hyperv (expected: the file of an agent of a" + " Hyper-V host)");
    }

    private static HypervisorConfig.Hyperv byKerberos(URI address) {
        return new HypervisorConfig.Hyperv(
                address,
                new HypervisorConfig.Hyperv.Login.OwnTickets(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.empty());
    }

    /**
     * What is wanted of a host: what the command line says, and what its configuration says where that says nothing.
     *
     * @throws IllegalArgumentException if that makes no sense
     */
    static WantedSettings wanted(Optional<WantedSettings> ofFile, WantedHostSettings given) {
        WantedSettings configured = ofFile.orElse(WantedSettings.DEFAULTS);
        List<MigrationNetwork> networks =
                given.getNetworksList().stream().map(NetworkText::parse).toList();
        return new WantedSettings(
                given.getAuthentication().isEmpty()
                        ? configured.authentication()
                        : option(Authentication.class, "--authentication", given.getAuthentication()),
                given.getPerformance().isEmpty()
                        ? configured.performance()
                        : option(Performance.class, "--performance", given.getPerformance()),
                given.getMigrations() == 0 ? configured.migrations() : given.getMigrations(),
                given.getStorageMigrations() == 0 ? configured.storageMigrations() : given.getStorageMigrations(),
                networks.isEmpty() ? configured.networks() : Optional.of(networks));
    }

    private static <E extends Enum<E>> E option(Class<E> type, String name, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + ": '" + text + "' (expected: one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(WantedSettings::word)
                                .collect(Collectors.joining(", "))
                        + ")"));
    }
}
