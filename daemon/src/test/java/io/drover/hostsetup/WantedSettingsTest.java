package io.drover.hostsetup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.drover.hostsetup.MigrationSettings.Authentication;
import io.drover.hostsetup.MigrationSettings.Performance;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WantedSettingsTest {
    private static final MigrationNetwork FIRST = new MigrationNetwork("10.1.0.0/24", 0);
    private static final MigrationNetwork SECOND = new MigrationNetwork("10.2.0.0/24", 7);

    private static MigrationSettings host(MigrationNetwork... networks) {
        return new MigrationSettings(true, Authentication.KERBEROS, Performance.COMPRESSION, 2, 2, List.of(networks));
    }

    private static WantedSettings wanted(MigrationNetwork... networks) {
        return new WantedSettings(
                Authentication.KERBEROS, Performance.COMPRESSION, 2, 2, Optional.of(List.of(networks)));
    }

    @Test
    void hostThatIsAsWantedDiffersInNothing() {
        assertThat(WantedSettings.DEFAULTS.differences(host(FIRST, SECOND))).isEmpty();
        assertThat(wanted(SECOND, FIRST).differences(host(FIRST, SECOND))).isEmpty();
    }

    @Test
    void freshHostDiffersInWhatADocumentHasAnAdministratorSet() {
        MigrationSettings fresh =
                new MigrationSettings(false, Authentication.CREDSSP, Performance.SMB, 1, 4, List.of());

        assertThat(wanted(FIRST).differences(fresh))
                .extracting(SettingDifference::text)
                .containsExactly(
                        "enabled is false, wanted: true",
                        "authentication is credssp, wanted: kerberos",
                        "performance is smb, wanted: compression",
                        "migrations is 1, wanted: 2",
                        "storageMigrations is 4, wanted: 2",
                        "network 10.1.0.0/24 is absent, wanted: priority 0");
    }

    @Test
    void networksThatAreNotWantedAreADifferenceOnlyIfSomeAreNamed() {
        MigrationNetwork other = new MigrationNetwork(SECOND.subnet(), 1);

        assertThat(wanted(other).differences(host(FIRST, SECOND)))
                .extracting(SettingDifference::text)
                .containsExactly(
                        "network 10.2.0.0/24 is priority 7, wanted: priority 1",
                        "network 10.1.0.0/24 is priority 0, wanted: absent");
        assertThat(WantedSettings.DEFAULTS.differences(host())).isEmpty();
    }

    @Test
    void whatCannotBeWantedIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new WantedSettings(Authentication.KERBEROS, Performance.TCPIP, 0, 2, Optional.empty()))
                .withMessage("migrations: 0 (expected: 1 to 64)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wanted(FIRST, FIRST))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException().isThrownBy(() -> wanted()).withMessageContaining("none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MigrationNetwork("10.1.0.0/24", -1))
                .withMessageContaining("0 to 4294967295");
    }
}
