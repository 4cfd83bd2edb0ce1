package io.drover.coordination.codec;

import io.drover.model.ClusterSettings;
import io.drover.proto.v1.ClusterSettingsRecord;
import io.drover.proto.v1.Provenance;

/** The cluster's settings as a message and back. */
public final class SettingsCodec {
    private SettingsCodec() {}

    /** The settings as they are stored. */
    public static ClusterSettingsRecord toProto(ClusterSettings settings, Provenance provenance) {
        return toProto(settings).toBuilder().setProvenance(provenance).build();
    }

    /** The settings for the wire; every field is present. */
    public static ClusterSettingsRecord toProto(ClusterSettings settings) {
        return ClusterSettingsRecord.newBuilder()
                .setMigrationsPerNode(settings.migrationsPerNode())
                .setMigrationsPerCluster(settings.migrationsPerCluster())
                .setAttemptsPerStep(settings.attemptsPerStep())
                .setRetryDelay(Times.toProto(settings.retryDelay()))
                .setOperationsKept(Times.toProto(settings.operationsKept()))
                .setMigrationBandwidth(settings.migrationBandwidth())
                .setDowntimeLimit(Times.toProto(settings.downtimeLimit()))
                .setMigrationTimeout(Times.toProto(settings.migrationTimeout()))
                .setShutdownTimeout(Times.toProto(settings.shutdownTimeout()))
                .setLease(PolicyCodec.toProto(settings.lease()))
                .setFailover(PolicyCodec.toProto(settings.failover()))
                .addAllRules(settings.rules().stream().map(PolicyCodec::toProto).toList())
                .build();
    }

    /**
     * The settings from their stored form or from the wire; an absent field has its default.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static ClusterSettings fromProto(ClusterSettingsRecord message) {
        ClusterSettings defaults = ClusterSettings.DEFAULTS;
        return new ClusterSettings(
                message.hasMigrationsPerNode() ? message.getMigrationsPerNode() : defaults.migrationsPerNode(),
                message.hasMigrationsPerCluster() ? message.getMigrationsPerCluster() : defaults.migrationsPerCluster(),
                message.hasAttemptsPerStep() ? message.getAttemptsPerStep() : defaults.attemptsPerStep(),
                message.hasRetryDelay() ? Times.fromProto(message.getRetryDelay()) : defaults.retryDelay(),
                message.hasOperationsKept() ? Times.fromProto(message.getOperationsKept()) : defaults.operationsKept(),
                message.hasMigrationBandwidth() ? message.getMigrationBandwidth() : defaults.migrationBandwidth(),
                message.hasDowntimeLimit() ? Times.fromProto(message.getDowntimeLimit()) : defaults.downtimeLimit(),
                message.hasMigrationTimeout()
                        ? Times.fromProto(message.getMigrationTimeout())
                        : defaults.migrationTimeout(),
                message.hasShutdownTimeout()
                        ? Times.fromProto(message.getShutdownTimeout())
                        : defaults.shutdownTimeout(),
                PolicyCodec.fromProto(message.getLease()),
                PolicyCodec.fromProto(message.getFailover()),
                message.getRulesList().stream().map(PolicyCodec::fromProto).toList());
    }
}
