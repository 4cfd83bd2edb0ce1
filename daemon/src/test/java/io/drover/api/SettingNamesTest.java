package io.drover.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.proto.v1.Setting;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"0", "100MiB", "100MB", "1234567 B", "1.5GiB"})
    void whatIsShownCanBeSetAgain(String bandwidth) {
        ClusterSettings settings = SettingNames.with(
                ClusterSettings.DEFAULTS,
                Map.of("migrationBandwidth", bandwidth, "lease.duration", "7500ms", "failover.failback", "none"));
        Map<String, String> shown =
                SettingNames.of(settings).stream().collect(Collectors.toMap(Setting::getName, Setting::getValue));
        assertThat(SettingNames.with(ClusterSettings.DEFAULTS, shown)).isEqualTo(settings);
    }
}
