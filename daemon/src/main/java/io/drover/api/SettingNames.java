package io.drover.api;

import io.drover.config.DurationText;
import io.drover.config.SizeText;
import io.drover.coordination.codec.SettingsCodec;
import io.drover.model.ClusterSettings;
import io.drover.proto.v1.ClusterSettingsRecord;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.Setting;
import io.drover.proto.v1.ShutdownPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The cluster's settings by their names, each as text. */
public final class SettingNames {
    private static final Map<String, Entry> ENTRIES = entries();

    private SettingNames() {}

    /**
     * One setting.
     *
     * @param meaning what it means and may be
     * @param get its value as text
     * @param set sets it from text; throws {@link IllegalArgumentException} if that is none
     */
    private record Entry(
            String meaning,
            Function<ClusterSettingsRecord, String> get,
            BiConsumer<ClusterSettingsRecord.Builder, String> set) {}

    /** All settings as they stand; each value is a text by which it can be set again. */
    public static List<Setting> of(ClusterSettings settings) {
        ClusterSettingsRecord now = SettingsCodec.toProto(settings);
        ClusterSettingsRecord usual = SettingsCodec.toProto(ClusterSettings.DEFAULTS);
        List<Setting> all = new ArrayList<>();
        ENTRIES.forEach((name, entry) -> all.add(Setting.newBuilder()
                .setName(name)
                .setValue(entry.get.apply(now))
                .setDefaultValue(entry.get.apply(usual))
                .setMeaning(entry.meaning)
                .build()));
        return all;
    }

    /**
     * The settings with some of them changed.
     *
     * @param values by name; an empty value stands for the default
     * @throws IllegalArgumentException if there is no such setting, or it cannot have that value
     */
    static ClusterSettings with(ClusterSettings settings, Map<String, String> values) {
        ClusterSettingsRecord usual = SettingsCodec.toProto(ClusterSettings.DEFAULTS);
        ClusterSettingsRecord.Builder next = SettingsCodec.toProto(settings).toBuilder();
        values.forEach((name, value) -> {
            Entry entry = ENTRIES.get(name);
            if (entry == null) {
                throw new IllegalArgumentException("setting '" + name + "': unknown (expected: one of "
                        + String.join(", ", ENTRIES.keySet()) + ")");
            }
            try {
                entry.set.accept(next, value.isBlank() ? entry.get.apply(usual) : value.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(name + ": " + e.getMessage() + " (" + entry.meaning + ")", e);
            }
        });
        return SettingsCodec.fromProto(next.build());
    }

    private static Map<String, Entry> entries() {
        Map<String, Entry> all = new LinkedHashMap<>();
        all.put(
                "migrationsPerNode",
                number(
                        "migrations that one node takes part in at a time, in and out; 1 to 100",
                        ClusterSettingsRecord::getMigrationsPerNode,
                        ClusterSettingsRecord.Builder::setMigrationsPerNode));
        all.put(
                "migrationsPerCluster",
                number(
                        "migrations in the whole cluster at a time; 1 to 1000",
                        ClusterSettingsRecord::getMigrationsPerCluster,
                        ClusterSettingsRecord.Builder::setMigrationsPerCluster));
        all.put(
                "attemptsPerStep",
                number(
                        "tries of a move before it counts as failed; 1 to 100",
                        ClusterSettingsRecord::getAttemptsPerStep,
                        ClusterSettingsRecord.Builder::setAttemptsPerStep));
        all.put(
                "retryDelay",
                time(
                        "wait before the second try; doubles, up to 60s",
                        ClusterSettingsRecord::getRetryDelay,
                        ClusterSettingsRecord.Builder::setRetryDelay));
        all.put(
                "operationsKept",
                time(
                        "how long a finished operation is kept",
                        ClusterSettingsRecord::getOperationsKept,
                        ClusterSettingsRecord.Builder::setOperationsKept));
        all.put("migrationBandwidth", bandwidth());
        all.put(
                "downtimeLimit",
                time(
                        "longest blackout that a live migration may aim at",
                        ClusterSettingsRecord::getDowntimeLimit,
                        ClusterSettingsRecord.Builder::setDowntimeLimit));
        all.put(
                "migrationTimeout",
                time(
                        "longest time that one live migration may take",
                        ClusterSettingsRecord::getMigrationTimeout,
                        ClusterSettingsRecord.Builder::setMigrationTimeout));
        all.put(
                "shutdownTimeout",
                time(
                        "how long a guest has to shut down before it is turned off",
                        ClusterSettingsRecord::getShutdownTimeout,
                        ClusterSettingsRecord.Builder::setShutdownTimeout));
        lease(all);
        failover(all);
        return all;
    }

    private static void lease(Map<String, Entry> all) {
        all.put(
                "lease.duration",
                time(
                        "what a voter promises with each renewal; at least four times lease.renewEvery",
                        now -> now.getLease().getDuration(),
                        (next, value) -> next.getLeaseBuilder().setDuration(value)));
        all.put(
                "lease.renewEvery",
                time(
                        "time between two renewals",
                        now -> now.getLease().getRenewEvery(),
                        (next, value) -> next.getLeaseBuilder().setRenewEvery(value)));
        all.put(
                "lease.pauseBefore",
                time(
                        "how long before the end of a lease the pausing of VMs begins",
                        now -> now.getLease().getPauseBefore(),
                        (next, value) -> next.getLeaseBuilder().setPauseBefore(value)));
        all.put(
                "lease.keepPaused",
                time(
                        "how long after the end a paused VM is kept for a resume without a restart",
                        now -> now.getLease().getKeepPaused(),
                        (next, value) -> next.getLeaseBuilder().setKeepPaused(value)));
        all.put(
                "lease.killTime",
                time(
                        "the longest that the hardest way of stopping a VM takes",
                        now -> now.getLease().getKillTime(),
                        (next, value) -> next.getLeaseBuilder().setKillTime(value)));
        all.put(
                "lease.granularity",
                time(
                        "added to every wait, for timers that fire late",
                        now -> now.getLease().getGranularity(),
                        (next, value) -> next.getLeaseBuilder().setGranularity(value)));
        all.put(
                "lease.driftPpm",
                number(
                        "how far a monotonic clock may run from real time, in millionths; 0 to 100000",
                        now -> now.getLease().getDriftPpm(),
                        (next, value) -> next.getLeaseBuilder().setDriftPpm(value)));
    }

    private static void failover(Map<String, Entry> all) {
        all.put(
                "failover.failback",
                word(
                        "whether VMs return to a node that they prefer: immediate, policy or none",
                        FailbackMode.values(),
                        "FAILBACK_MODE_",
                        now -> now.getFailover().getFailback(),
                        (next, value) -> next.getFailoverBuilder().setFailback(value)));
        all.put(
                "failover.shutdownPolicy",
                word(
                        "what becomes of a node's VMs when its host shuts down: drain, freeze or failover",
                        ShutdownPolicy.values(),
                        "SHUTDOWN_POLICY_",
                        now -> now.getFailover().getShutdownPolicy(),
                        (next, value) -> next.getFailoverBuilder().setShutdownPolicy(value)));
        all.put(
                "failover.suspectAfter",
                time(
                        "a node without report and renewal for so long is suspected; at least 500ms",
                        now -> now.getFailover().getSuspectAfter(),
                        (next, value) -> next.getFailoverBuilder().setSuspectAfter(value)));
        all.put(
                "failover.startsPerNode",
                number(
                        "VMs that are starting on one node at a time; 1 to 100",
                        now -> now.getFailover().getStartsPerNode(),
                        (next, value) -> next.getFailoverBuilder().setStartsPerNode(value)));
        all.put(
                "failover.restartWindow",
                time(
                        "failures of a VM count against its limits for so long",
                        now -> now.getFailover().getRestartWindow(),
                        (next, value) -> next.getFailoverBuilder().setRestartWindow(value)));
        all.put(
                "failover.quarantineAfter",
                number(
                        "departures within the window that put a node into quarantine; 0: never",
                        now -> now.getFailover().getQuarantineAfter(),
                        (next, value) -> next.getFailoverBuilder().setQuarantineAfter(value)));
        all.put(
                "failover.quarantineWindow",
                time(
                        "how far back departures count",
                        now -> now.getFailover().getQuarantineWindow(),
                        (next, value) -> next.getFailoverBuilder().setQuarantineWindow(value)));
        all.put(
                "failover.quarantineDuration",
                time(
                        "how long a quarantine lasts",
                        now -> now.getFailover().getQuarantineDuration(),
                        (next, value) -> next.getFailoverBuilder().setQuarantineDuration(value)));
    }

    private static Entry number(
            String meaning,
            Function<ClusterSettingsRecord, Integer> get,
            BiConsumer<ClusterSettingsRecord.Builder, Integer> set) {
        return new Entry(meaning, now -> Integer.toString(get.apply(now)), (next, text) -> {
            if (!text.matches("[0-9]{1,9}")) {
                throw new IllegalArgumentException("'" + text + "' is not a whole number from 0");
            }
            set.accept(next, Integer.parseInt(text));
        });
    }

    private static Entry time(
            String meaning,
            Function<ClusterSettingsRecord, com.google.protobuf.Duration> get,
            BiConsumer<ClusterSettingsRecord.Builder, com.google.protobuf.Duration> set) {
        return new Entry(
                meaning,
                now -> {
                    com.google.protobuf.Duration value = get.apply(now);
                    return DurationText.format(Duration.ofSeconds(value.getSeconds(), value.getNanos()));
                },
                (next, text) -> {
                    Duration value = DurationText.parse(text);
                    set.accept(
                            next,
                            com.google.protobuf.Duration.newBuilder()
                                    .setSeconds(value.getSeconds())
                                    .setNanos(value.getNano())
                                    .build());
                });
    }

    private static Entry bandwidth() {
        return new Entry(
                "limit of one migration, bytes a second, such as 100MiB; 0: none",
                now -> exact(now.getMigrationBandwidth()),
                (next, text) -> next.setMigrationBandwidth(text.equals("0") ? 0 : SizeText.parse(text)));
    }

    /** For people where that says it all: what is shown can be set again. */
    private static String exact(long bytes) {
        if (bytes == 0) {
            return "0";
        }
        String text = SizeText.format(bytes);
        return SizeText.parse(text) == bytes ? text : bytes + " B";
    }

    private static <E extends Enum<E>> Entry word(
            String meaning,
            E[] words,
            String prefix,
            Function<ClusterSettingsRecord, E> get,
            BiConsumer<ClusterSettingsRecord.Builder, E> set) {
        return new Entry(meaning, now -> text(get.apply(now), prefix), (next, text) -> {
            E word = Stream.of(words)
                    .filter(each -> text(each, prefix).equals(text) && !text.equals("unspecified"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not one of "
                            + Stream.of(words)
                                    .map(each -> text(each, prefix))
                                    .filter(each -> !each.equals("unspecified") && !each.equals("UNRECOGNIZED"))
                                    .collect(Collectors.joining(", "))));
            set.accept(next, word);
        });
    }

    private static String text(Enum<?> word, String prefix) {
        return word.name().startsWith(prefix)
                ? word.name().substring(prefix.length()).toLowerCase(Locale.ROOT)
                : word.name();
    }
}
