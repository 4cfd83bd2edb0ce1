package io.drover.sim.scenario;

import io.drover.config.Section;
import io.drover.config.ValueKind;
import io.drover.model.AffinityRule;
import io.drover.model.ClusterSettings;
import io.drover.model.FailbackMode;
import io.drover.model.FailoverPolicy;
import io.drover.model.LeaseTerms;
import io.drover.model.ShutdownPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads the cluster's settings: each under its own name, those of leases and of failover also in a mapping of their own or
 * with a dot, {@code lease.duration}; those of failover also without either.
 */
final class SettingsReader {
    private static final ValueKind<Duration> TIME = ValueKind.duration(Duration.ZERO, Duration.ofDays(3660));
    private static final ValueKind<Long> RATE = ValueKind.size(0);

    private final Section root;
    private final Optional<Section> lease;
    private final Optional<Section> failover;

    private SettingsReader(Section root) {
        this.root = root;
        this.lease = root.section("lease");
        this.failover = root.section("failover");
    }

    static ClusterSettings read(Optional<Section> section, List<AffinityRule> rules) {
        if (section.isEmpty()) {
            return ClusterSettings.DEFAULTS.withRules(rules);
        }
        SettingsReader reader = new SettingsReader(section.get());
        ClusterSettings settings = reader.settings(rules);
        section.get().finish();
        reader.lease.ifPresent(Section::finish);
        reader.failover.ifPresent(Section::finish);
        return settings;
    }

    private ClusterSettings settings(List<AffinityRule> rules) {
        ClusterSettings usual = ClusterSettings.DEFAULTS;
        LeaseTerms terms = terms();
        FailoverPolicy policy = policy();
        return new ClusterSettings(
                root.optional("migrationsPerNode", ValueKind.integer(1, 100), usual.migrationsPerNode()),
                root.optional("migrationsPerCluster", ValueKind.integer(1, 1000), usual.migrationsPerCluster()),
                root.optional("attemptsPerStep", ValueKind.integer(1, 100), usual.attemptsPerStep()),
                root.optional("retryDelay", TIME, usual.retryDelay()),
                root.optional("operationsKept", TIME, usual.operationsKept()),
                root.optional("migrationBandwidth", RATE, usual.migrationBandwidth()),
                root.optional("downtimeLimit", TIME, usual.downtimeLimit()),
                root.optional("migrationTimeout", TIME, usual.migrationTimeout()),
                root.optional("shutdownTimeout", TIME, usual.shutdownTimeout()),
                terms,
                policy,
                rules);
    }

    private LeaseTerms terms() {
        LeaseTerms usual = LeaseTerms.DEFAULTS;
        try {
            return new LeaseTerms(
                    ofLease("duration", TIME, usual.duration()),
                    ofLease("renewEvery", TIME, usual.renewEvery()),
                    ofLease("pauseBefore", TIME, usual.pauseBefore()),
                    ofLease("keepPaused", TIME, usual.keepPaused()),
                    ofLease("killTime", TIME, usual.killTime()),
                    ofLease("granularity", TIME, usual.granularity()),
                    ofLease("driftPpm", ValueKind.integer(0, 100_000), usual.driftPpm()));
        } catch (IllegalArgumentException e) {
            reject("lease", e);
            return usual;
        }
    }

    private FailoverPolicy policy() {
        FailoverPolicy usual = FailoverPolicy.DEFAULTS;
        try {
            return new FailoverPolicy(
                    ofFailover("armed", ValueKind.TRUTH, usual.armed()),
                    usual.armedAgainAt(),
                    ofFailover("disarmReason", ValueKind.TEXT, usual.disarmReason()),
                    ofFailover("failback", Words.constant(usual.failback(), FailbackMode.values()), usual.failback()),
                    ofFailover(
                            "shutdownPolicy",
                            Words.constant(usual.shutdownPolicy(), ShutdownPolicy.values()),
                            usual.shutdownPolicy()),
                    ofFailover("suspectAfter", TIME, usual.suspectAfter()),
                    ofFailover("startsPerNode", ValueKind.integer(1, 100), usual.startsPerNode()),
                    ofFailover("restartWindow", TIME, usual.restartWindow()),
                    ofFailover("quarantineAfter", Words.COUNT, usual.quarantineAfter()),
                    ofFailover("quarantineWindow", TIME, usual.quarantineWindow()),
                    ofFailover("quarantineDuration", TIME, usual.quarantineDuration()));
        } catch (IllegalArgumentException e) {
            reject("failover", e);
            return usual;
        }
    }

    private void reject(String key, IllegalArgumentException wrong) {
        root.reject(key, String.valueOf(wrong.getMessage()), "values that fit each other");
    }

    private <T> T ofLease(String name, ValueKind<T> kind, T usual) {
        Optional<T> dotted = root.optional("lease." + name, kind);
        Optional<T> nested = lease.flatMap(section -> section.optional(name, kind));
        return nested.or(() -> dotted).orElse(usual);
    }

    private <T> T ofFailover(String name, ValueKind<T> kind, T usual) {
        Optional<T> dotted = root.optional("failover." + name, kind);
        Optional<T> plain = root.optional(name, kind);
        Optional<T> nested = failover.flatMap(section -> section.optional(name, kind));
        return nested.or(() -> plain).or(() -> dotted).orElse(usual);
    }
}
