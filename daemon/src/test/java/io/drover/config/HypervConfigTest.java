package io.drover.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.config.ProbeConfig.Check;
import io.drover.hostsetup.MigrationNetwork;
import io.drover.hostsetup.MigrationSettings.Authentication;
import io.drover.hostsetup.MigrationSettings.Performance;
import io.drover.hostsetup.WantedSettings;
import io.drover.model.HealthLevel;
import io.drover.model.HostAspect;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code hypervisor} of a Hyper-V host. */
class HypervConfigTest {
    @TempDir
    Path folder;

    private HypervisorConfig.Hyperv read(String section) throws IOException {
        return (HypervisorConfig.Hyperv) agent(section, "").hypervisor();
    }

    private AgentConfig agent(String section, String more) throws IOException {
        Path file = Files.writeString(folder.resolve("agent.yaml"), """
                cluster: prod-a
                node: node1
                dataDirectory: data
                zookeeper: {connect: 'zk1:2181'}
                hypervisor: {type: hyperv, %s}
                %s
                """.formatted(section, more));
        return ConfigFile.read(file, () -> Optional.of("hv1.corp.example"));
    }

    @Test
    void hostWithoutFurtherWordsIsTheOwnOneByKerberos() throws IOException {
        HypervisorConfig.Hyperv config = read("folders: []");

        assertThat(config.address()).isEqualTo(URI.create("https://hv1.corp.example:5986/wsman"));
        assertThat(config.login()).isEqualTo(new HypervisorConfig.Hyperv.Login.OwnTickets());
        assertThat(config.liveMigration()).isEmpty();
        assertThat(config.at(URI.create("https://hv2:5986/wsman")).address().getHost())
                .isEqualTo("hv2");
    }

    @Test
    void hostIsLookedAtFromAllSidesAndItsFoldersAreWhereTheAgentsOwnSystemHasThem() throws IOException {
        Path own = folder.resolve("vms").toAbsolutePath();

        AgentConfig config = agent("folders: ['no/folder/of/this/system', '" + own + "']", "");

        assertThat(config.probes())
                .extracting(ProbeConfig::name)
                .containsExactly("hypervisor", "memory", "disk", "settings", "switches", "guests", "folder-1");
        assertThat(config.probes().get(3))
                .isEqualTo(new ProbeConfig(
                        "settings",
                        new Check.Host(HostAspect.SETTINGS, HealthLevel.WARNING),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(1),
                        1,
                        1,
                        Duration.ZERO));
        assertThat(config.probes().get(4).check()).isEqualTo(new Check.Host(HostAspect.SWITCHES, HealthLevel.CRITICAL));
        assertThat(config.probes().get(6).check()).isEqualTo(new Check.Disk(own, 0.10, 0.05, HealthLevel.WARNING));
    }

    @Test
    void probeOfASideKeepsItsOwnRhythmAndMayBeToldToWarnOnly() throws IOException {
        AgentConfig config = agent(
                "folders: []",
                "probes: [{name: switches, type: switches, worst: warning}, {name: settings, type: settings, interval: 1m}]");

        assertThat(config.probes().get(4))
                .isEqualTo(new ProbeConfig(
                        "switches",
                        new Check.Host(HostAspect.SWITCHES, HealthLevel.WARNING),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(20),
                        3,
                        4,
                        Duration.ofSeconds(30)));
        assertThat(config.probes().get(3).interval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.probes().get(3).window()).isEqualTo(1);
    }

    @Test
    void wantedSettingsAreRead() throws IOException {
        assertThat(
                        read("liveMigration: {authentication: credssp, performance: smb, migrations: 8, storageMigrations: 4,"
                                        + " networks: [10.20.0.0/16=1, 'FD00:20::/64']}")
                                .liveMigration())
                .contains(new WantedSettings(
                        Authentication.CREDSSP,
                        Performance.SMB,
                        8,
                        4,
                        Optional.of(List.of(
                                new MigrationNetwork("10.20.0.0/16", 1),
                                new MigrationNetwork("fd00:20:0:0:0:0:0:0/64", 0)))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            address: 'ftp://hv1'                                        | is no address of WinRM (expected: https://NAME:5986
            address: 'http://hv1'                                       | is not protected
            authentication: ntlm                                        | 'ntlm' is unknown
            authentication: basic                                       | hypervisor.user: missing
            authentication: certificate                                 | hypervisor.keyStore: missing
            liveMigration: {performance: fast}                          | hypervisor.liveMigration.performance: 'fast' is unknown
            liveMigration: {migrations: 0}                              | '0' is out of range (expected: a whole number from 1 to 64)
            liveMigration: {network: 10.0.0.0/8}                        | unknown key, did you mean 'networks'?
            liveMigration: {networks: [10.0.0.1/8]}                     | '10.0.0.1/8' is an address in a subnet, not its first one
            liveMigration: {networks: [10.0.0.0]}                       | '10.0.0.0' has no length of its prefix
            liveMigration: {networks: [10.0.0.0/33]}                    | '10.0.0.0/33' has too long a prefix
            liveMigration: {networks: [hv1/24]}                         | 'hv1/24' has no address
            liveMigration: {networks: [10.0.0.0/8=x]}                   | '10.0.0.0/8=x' has no number as its priority
            liveMigration: {networks: [10.0.0.0/8, 10.0.0.0/8=1]}       | networks: one is named twice
            """)
    void mistakesAreToldWithWhatWouldBeRight(String section, String problem) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(section))
                .withMessageContaining(problem);
    }
}
