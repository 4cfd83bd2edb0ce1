package io.drover.sim.lab;

import io.drover.config.DurationText;
import io.drover.model.ClusterSettings;
import io.drover.model.FailoverPolicy;
import io.drover.model.LeaseTerms;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Settings as an operator writes them. */
final class SettingTexts {
    private SettingTexts() {}

    /** Those that are not as usual; whether the cluster is armed is none of them. */
    static Map<String, String> unusual(ClusterSettings settings) {
        Map<String, String> texts = all(settings);
        Map<String, String> usual = all(ClusterSettings.DEFAULTS);
        texts.entrySet().removeIf(entry -> entry.getValue().equals(usual.get(entry.getKey())));
        return texts;
    }

    private static Map<String, String> all(ClusterSettings settings) {
        Map<String, String> texts = new TreeMap<>();
        texts.put("migrationsPerNode", Integer.toString(settings.migrationsPerNode()));
        texts.put("migrationsPerCluster", Integer.toString(settings.migrationsPerCluster()));
        texts.put("attemptsPerStep", Integer.toString(settings.attemptsPerStep()));
        texts.put("retryDelay", DurationText.format(settings.retryDelay()));
        texts.put("operationsKept", DurationText.format(settings.operationsKept()));
        texts.put(
                "migrationBandwidth", settings.migrationBandwidth() + (settings.migrationBandwidth() == 0 ? "" : "B"));
        texts.put("downtimeLimit", DurationText.format(settings.downtimeLimit()));
        texts.put("migrationTimeout", DurationText.format(settings.migrationTimeout()));
        texts.put("shutdownTimeout", DurationText.format(settings.shutdownTimeout()));
        lease(settings.lease(), texts);
        failover(settings.failover(), texts);
        return texts;
    }

    private static void lease(LeaseTerms lease, Map<String, String> texts) {
        texts.put("lease.duration", DurationText.format(lease.duration()));
        texts.put("lease.renewEvery", DurationText.format(lease.renewEvery()));
        texts.put("lease.pauseBefore", DurationText.format(lease.pauseBefore()));
        texts.put("lease.keepPaused", DurationText.format(lease.keepPaused()));
        texts.put("lease.killTime", DurationText.format(lease.killTime()));
        texts.put("lease.granularity", DurationText.format(lease.granularity()));
        texts.put("lease.driftPpm", Integer.toString(lease.driftPpm()));
    }

    private static void failover(FailoverPolicy failover, Map<String, String> texts) {
        texts.put("failover.failback", failover.failback().name().toLowerCase(Locale.ROOT));
        texts.put("failover.shutdownPolicy", failover.shutdownPolicy().name().toLowerCase(Locale.ROOT));
        texts.put("failover.suspectAfter", DurationText.format(failover.suspectAfter()));
        texts.put("failover.startsPerNode", Integer.toString(failover.startsPerNode()));
        texts.put("failover.restartWindow", DurationText.format(failover.restartWindow()));
        texts.put("failover.quarantineAfter", Integer.toString(failover.quarantineAfter()));
        texts.put("failover.quarantineWindow", DurationText.format(failover.quarantineWindow()));
        texts.put("failover.quarantineDuration", DurationText.format(failover.quarantineDuration()));
    }
}
