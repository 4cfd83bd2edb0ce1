package io.drover.model;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the whole cluster, stored in ZooKeeper.
 *
 * @param migrationsPerNode migrations that one node takes part in at a time, in and out together; 1 to 100
 * @param migrationsPerCluster migrations in the whole cluster at a time; 1 to 1000
 * @param attemptsPerStep times a step of an operation is tried before it counts as failed; 1 to 100
 * @param retryDelay wait before the second try; doubles with each further one, up to 60 s
 * @param operationsKept how long a finished operation is kept
 * @param migrationBandwidth limit of one migration, bytes a second; 0: none
 * @param downtimeLimit longest blackout that a live migration may aim at
 * @param migrationTimeout longest time that one live migration may take
 * @param shutdownTimeout how long a guest has to shut down before it is turned off
 * @param lease how nodes hold on and let go
 * @param failover what the cluster does by itself
 * @param rules which VMs belong together or apart
 */
public record ClusterSettings(
        int migrationsPerNode,
        int migrationsPerCluster,
        int attemptsPerStep,
        Duration retryDelay,
        Duration operationsKept,
        long migrationBandwidth,
        Duration downtimeLimit,
        Duration migrationTimeout,
        Duration shutdownTimeout,
        LeaseTerms lease,
        FailoverPolicy failover,
        List<AffinityRule> rules) {

    /**
     * The defaults. Two migrations per host is Hyper-V's own default (Set-VMHost, MaximumVirtualMachineMigrations);
     * the cluster-wide limit of one that Windows introduced in 2022 makes drains slow and is not followed.
     */
    public static final ClusterSettings DEFAULTS = new ClusterSettings(
            2,
            8,
            3,
            Duration.ofSeconds(1),
            Duration.ofDays(7),
            0,
            Duration.ofMillis(50),
            Duration.ofMinutes(30),
            Duration.ofMinutes(2),
            LeaseTerms.DEFAULTS,
            FailoverPolicy.DEFAULTS,
            List.of());

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public ClusterSettings {
        rules = List.copyOf(rules);
        range("migrationsPerNode", migrationsPerNode, 1, 100);
        range("migrationsPerCluster", migrationsPerCluster, 1, 1000);
        range("attemptsPerStep", attemptsPerStep, 1, 100);
        if (migrationBandwidth < 0) {
            throw new IllegalArgumentException("migrationBandwidth: " + migrationBandwidth + " (expected: >= 0)");
        }
    }

    /** With other terms of leases. */
    public ClusterSettings withLease(LeaseTerms lease) {
        return with(lease, failover, rules);
    }

    /** With another policy of failover. */
    public ClusterSettings withFailover(FailoverPolicy failover) {
        return with(lease, failover, rules);
    }

    /** With other rules. */
    public ClusterSettings withRules(List<AffinityRule> rules) {
        return with(lease, failover, rules);
    }

    private ClusterSettings with(LeaseTerms lease, FailoverPolicy failover, List<AffinityRule> rules) {
        return new ClusterSettings(
                migrationsPerNode,
                migrationsPerCluster,
                attemptsPerStep,
                retryDelay,
                operationsKept,
                migrationBandwidth,
                downtimeLimit,
                migrationTimeout,
                shutdownTimeout,
                lease,
                failover,
                rules);
    }

    /** Wait before the try after this many: doubles from {@link #retryDelay}, at most a minute. */
    public Duration delayAfter(int attempts) {
        return new BackOff(retryDelay, Duration.ofMinutes(1)).after(attempts);
    }

    private static void range(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }
}
