package io.drover.hostsetup;

import java.util.Map;
import java.util.Optional;

/**
 * Which configuration versions of VMs a Windows Server knows: the newest is the one that it gives to new VMs (Microsoft's
 * "Upgrade virtual machine version in Hyper-V"). Versions from 5.0 on are known to all of them.
 */
final class ConfigurationVersions {
    private static final Map<String, String> NEWEST = Map.of(
            "10.0.14393", "8.0", // Windows Server 2016
            "10.0.17763", "9.0", // 2019
            "10.0.20348", "10.0", // 2022
            "10.0.26100", "12.0"); // 2025

    private ConfigurationVersions() {}

    /**
     * The newest that a host knows.
     *
     * @param windows as {@code 10.0.20348}
     * @return empty for a Windows that is not in the table: between and after those nothing is known
     */
    static Optional<String> newestOf(String windows) {
        return Optional.ofNullable(NEWEST.get(windows));
    }
}
