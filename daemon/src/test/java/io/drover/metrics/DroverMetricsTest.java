package io.drover.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination.Connection;
import io.drover.model.HealthLevel;
import io.drover.model.ProbeStatus;
import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.DrainStatus;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.OperationKind;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.RejectReason;
import io.drover.proto.v1.VmState;
import io.drover.proto.v1.VmStatus;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DroverMetricsTest {
    private final DroverMetrics metrics = new DroverMetrics("1.2.3");

    @Test
    void everythingIsThereAtZeroFromTheStart() {
        assertThat(lines())
                .contains(
                        "drover_elections_won_total 0.0",
                        "drover_elections_lost_total 0.0",
                        "drover_coordinator 0.0",
                        "drover_epoch 0.0",
                        "drover_sessions_lost_total 0.0",
                        "drover_sessions_suspended_total 0.0",
                        "drover_connection_state{state=\"connected\"} 0.0",
                        "drover_migrations_total{result=\"succeeded\"} 0.0",
                        "drover_migrations_total{result=\"failed\"} 0.0",
                        "drover_migrations_total{result=\"cancelled\"} 0.0",
                        "drover_migration_seconds_count 0",
                        "drover_migration_blackout_seconds_count 0",
                        "drover_migration_bytes_total 0.0",
                        "drover_event_queue_length 0.0",
                        "drover_decision_seconds_count 0",
                        "drover_commits_total{outcome=\"stale_epoch\"} 0.0",
                        "drover_commit_seconds_count 0",
                        "drover_vms{state=\"running\"} 0.0",
                        "drover_operations{kind=\"drain\",state=\"running\"} 0.0",
                        "drover_quorate 0.0");
    }

    @Test
    void eachFigureIsDescribedInTheDocumentation() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "metrics.md"));

        List<String> names = lines().stream()
                .filter(line -> line.startsWith("# HELP "))
                .map(line -> line.split(" ", -1)[2])
                .toList();

        assertThat(names)
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    @Test
    void leasesFencingAndTakeOversAreShown() {
        metrics.lease().asked("node2", LeaseMetrics.Answer.SILENT);
        metrics.lease().renewed(millis(3400));
        metrics.lease().did(LeaseMetrics.Deed.PAUSED);
        metrics.lease().leftFrom(() -> Optional.of(millis(2500)));
        metrics.lease().voterFrom(() -> 7, () -> 2);
        metrics.fencing().requested("redfish https://b", FencingMetrics.Request.OFF, "taken", millis(700));
        metrics.fencing().took(FencingMetrics.Part.PROOF, millis(3100));

        assertThat(lines())
                .contains(
                        "drover_lease_renewals_total{answer=\"silent\",voter=\"node2\"} 1.0",
                        "drover_lease_margin_seconds_bucket{le=\"3.0\"} 0",
                        "drover_lease_margin_seconds_bucket{le=\"3.5\"} 1",
                        "drover_lease_guests_total{deed=\"paused\"} 1.0",
                        "drover_lease_guests_total{deed=\"turned_off\"} 0.0",
                        "drover_lease_left_seconds 2.5",
                        "drover_voter_requests_total{answer=\"granted\"} 7.0",
                        "drover_fencing_request_seconds_count{device=\"redfish https://b\",request=\"off\",result=\"taken\"} 1",
                        "drover_takeover_seconds_sum{part=\"proof\"} 3.1",
                        "drover_takeover_seconds_count{part=\"start\"} 0");
    }

    @Test
    void leadershipIsShown() {
        metrics.electionWon(7);
        assertThat(lines()).contains("drover_elections_won_total 1.0", "drover_coordinator 1.0", "drover_epoch 7.0");

        metrics.electionLost();
        assertThat(lines()).contains("drover_elections_lost_total 1.0", "drover_coordinator 0.0");
    }

    @Test
    void connectionIsOneGaugeForEachStateAndItsLossesAreCounted() {
        metrics.connection(Connection.CONNECTED);
        metrics.connection(Connection.SUSPENDED);
        metrics.connection(Connection.LOST);

        assertThat(lines())
                .contains(
                        "drover_sessions_suspended_total 1.0",
                        "drover_sessions_lost_total 1.0",
                        "drover_connection_state{state=\"connected\"} 0.0",
                        "drover_connection_state{state=\"lost\"} 1.0",
                        "drover_connection_state{state=\"suspended\"} 0.0");
    }

    @Test
    void migrationsAreCountedByResultWithTheirTimesAndBytes() {
        metrics.migrationEnded(MigrationOutcome.SUCCEEDED, millis(80), millis(1500), 1000);
        metrics.migrationEnded(MigrationOutcome.FAILED, millis(9000), millis(500), 24);

        assertThat(lines())
                .contains(
                        "drover_migrations_total{result=\"succeeded\"} 1.0",
                        "drover_migrations_total{result=\"failed\"} 1.0",
                        "drover_migration_bytes_total 1024.0",
                        "drover_migration_seconds_count 2",
                        "drover_migration_seconds_sum 2.0",
                        "drover_migration_seconds{quantile=\"0.99\"} 1.5",
                        "drover_migration_blackout_seconds_count 1",
                        "drover_migration_blackout_seconds_sum 0.08");
    }

    @Test
    void refusalsAreCountedByReason() {
        metrics.refused(RejectReason.REJECT_REASON_NOT_ENOUGH_MEMORY);
        metrics.refused(RejectReason.REJECT_REASON_NOT_ENOUGH_MEMORY);
        metrics.refused(RejectReason.REJECT_REASON_NO_SLOT);

        assertThat(lines())
                .contains(
                        "drover_migration_refusals_total{reason=\"no_slot\"} 1.0",
                        "drover_migration_refusals_total{reason=\"not_enough_memory\"} 2.0");
    }

    @Test
    void commitsAreCountedByOutcome() {
        metrics.committed(new CommitOutcome.Committed(List.of()), millis(3));
        metrics.committed(new CommitOutcome.Conflict("changed"), millis(3));
        metrics.committed(new CommitOutcome.StaleEpoch(2), millis(3));
        metrics.committed(new CommitOutcome.Unknown("lost"), millis(3));

        assertThat(lines())
                .contains(
                        "drover_commits_total{outcome=\"committed\"} 1.0",
                        "drover_commits_total{outcome=\"conflict\"} 1.0",
                        "drover_commits_total{outcome=\"stale_epoch\"} 1.0",
                        "drover_commits_total{outcome=\"unknown\"} 1.0",
                        "drover_commit_seconds_count 4");
    }

    @Test
    void pictureOfTheClusterIsShownAndAskedForOncePerScrape() {
        AtomicInteger asked = new AtomicInteger();
        metrics.statusFrom(() -> {
            asked.incrementAndGet();
            return picture();
        });

        assertThat(lines())
                .contains(
                        "drover_quorate 1.0",
                        "drover_epoch 9.0",
                        "drover_cluster_health{health=\"degraded\"} 1.0",
                        "drover_cluster_health{health=\"healthy\"} 0.0",
                        "drover_node_state{node=\"node1\",state=\"paused\"} 1.0",
                        "drover_node_state{node=\"node1\",state=\"up\"} 0.0",
                        "drover_node_state{node=\"node2\",state=\"up\"} 1.0",
                        "drover_node_heartbeat_age_seconds{node=\"node1\"} 0.25",
                        "drover_drain_remaining{node=\"node1\"} 2.0",
                        "drover_drain_remaining{node=\"node2\"} 0.0",
                        "drover_vms{state=\"migrating\"} 1.0",
                        "drover_vms{state=\"running\"} 2.0",
                        "drover_operations{kind=\"drain\",state=\"running\"} 1.0",
                        "drover_operations{kind=\"migrate\",state=\"failed\"} 0.0")
                .noneMatch(line -> line.startsWith("drover_node_heartbeat_age_seconds{node=\"node2\""))
                .noneMatch(line -> line.contains("unspecified") || line.contains("unrecognized"));
        assertThat(asked).hasValue(1);
    }

    @Test
    void probesQueueAndBuildAreShown() {
        metrics.queueLengthFrom(() -> 42);
        metrics.probesFrom(() -> List.of(new ProbeStatus("raid", HealthLevel.CRITICAL, "failed", Instant.EPOCH)));
        metrics.decisionTook(millis(1));

        assertThat(lines())
                .contains(
                        "drover_event_queue_length 42.0",
                        "drover_probe_level{probe=\"raid\"} 2.0",
                        "drover_decision_seconds_count 1")
                .contains("drover_build_info{java=\"" + Runtime.version() + "\",version=\"1.2.3\"} 1");
    }

    @Test
    void ownFiguresAreShownWhenThePictureCannotBeHad() {
        metrics.statusFrom(() -> {
            throw new IllegalStateException("no coordinator");
        });
        metrics.electionWon(3);

        assertThat(lines()).contains("drover_epoch 3.0", "drover_quorate 0.0");
    }

    @Test
    void everyMetricHasAHelpTextForPeopleAndALegalNameAndIsThereOnce() {
        metrics.migrationEnded(MigrationOutcome.SUCCEEDED, millis(80), millis(1500), 1000);
        metrics.refused(RejectReason.REJECT_REASON_NO_SLOT);
        metrics.statusFrom(DroverMetricsTest::picture);
        Pattern name = Pattern.compile("drover(_[a-z]+)+");

        List<String> helps =
                lines().stream().filter(line -> line.startsWith("# HELP ")).toList();

        assertThat(helps).hasSizeGreaterThan(20).allSatisfy(line -> {
            String[] words = line.split(" ", 4);
            assertThat(words[2]).matches(name);
            assertThat(words[3]).endsWith(".").doesNotContain("Dropwizard");
        });
        assertThat(helps.stream().map(line -> line.split(" ", 4)[2])).doesNotHaveDuplicates();
    }

    @Test
    void labelsThatNeverEndAreCountedTogether() {
        var registry = new PrometheusRegistry();
        LabelledCounter counter = new LabelledCounter(registry, "x", "x", "y", List.of());
        for (int i = 0; i < 1000; i++) {
            counter.increment("value" + i);
        }
        var points = registry.scrape().get(0).getDataPoints();
        assertThat(points).hasSize(LabelledCounter.VALUES_MAX + 1);
        assertThat(points)
                .anyMatch(
                        point -> LabelledCounter.OTHER.equals(point.getLabels().get("y")));
    }

    private List<String> lines() {
        return metrics.prometheusText().lines().toList();
    }

    private static java.time.Duration millis(long millis) {
        return java.time.Duration.ofMillis(millis);
    }

    private static GetStatusResponse picture() {
        return GetStatusResponse.newBuilder()
                .setHealth(ClusterHealth.CLUSTER_HEALTH_DEGRADED)
                .setQuorate(true)
                .setEpoch(9)
                .addNodes(NodeStatus.newBuilder()
                        .setName("node1")
                        .setState(NodeState.NODE_STATE_PAUSED)
                        .setDrainStatus(DrainStatus.DRAIN_STATUS_IN_PROGRESS)
                        .setHeardAgo(Duration.newBuilder().setNanos(250_000_000))
                        .addVms("a")
                        .addVms("b"))
                .addNodes(NodeStatus.newBuilder()
                        .setName("node2")
                        .setState(NodeState.NODE_STATE_UP)
                        .setDrainStatus(DrainStatus.DRAIN_STATUS_NOT_INITIATED)
                        .addVms("c"))
                .addVms(VmStatus.newBuilder().setState(VmState.VM_STATE_RUNNING))
                .addVms(VmStatus.newBuilder().setState(VmState.VM_STATE_RUNNING))
                .addVms(VmStatus.newBuilder().setState(VmState.VM_STATE_MIGRATING))
                .addOperations(OperationRecord.newBuilder()
                        .setKind(OperationKind.OPERATION_KIND_DRAIN)
                        .setState(OperationState.OPERATION_STATE_RUNNING))
                .build();
    }
}
