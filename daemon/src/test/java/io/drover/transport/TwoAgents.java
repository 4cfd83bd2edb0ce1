package io.drover.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.coordination.Versioned;
import io.drover.model.DesiredState;
import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two agents, real gRPC between them, records in memory and hosts whose copies stop where a test wants. */
abstract class TwoAgents {
    static final NodeId A = new NodeId("a");
    static final NodeId B = new NodeId("b");
    static final VmId VM = new VmId("vm1");
    static final OperationId OPERATION = new OperationId("1-1");
    static final long MEMORY = 64L << 20;

    final MemoryRecords records = new MemoryRecords();
    FakeHosts hosts;
    TestAgent a;
    TestAgent b;

    @BeforeEach
    void open() {
        open(false);
    }

    final void open(boolean isAtomic) {
        hosts = new FakeHosts(isAtomic);
        a = new TestAgent(A, 1, hosts, records);
        b = new TestAgent(B, 1, hosts, records);
        hosts.host(A).put(VM, GuestState.RUNNING);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
        hosts.close();
        assertThat(hosts.violations).isEmpty();
    }

    final VmRecord record() {
        return records.get(VM);
    }

    static VmSpec spec() {
        VmSpec plain = VmSpec.of(VM, MEMORY);
        return new VmSpec(
                VM,
                MEMORY,
                1,
                List.of(new DiskSpec("/disks/vm1", "raw")),
                List.of("lan"),
                plain.priority(),
                List.of(),
                List.of(),
                true,
                plain.failback(),
                3,
                3,
                "",
                "");
    }

    final Versioned<VmRecord> migrating(VmSpec spec) {
        VmRecord placed =
                VmRecord.added(spec, DesiredState.RUNNING).assignedTo(A).claimedBy(A, 1);
        return records.put(placed.migrating(new Phase.Migrating(A, 1, B, OPERATION, 1)));
    }

    final void begin() {
        assertThat(a.migrations.begin(migrating(spec()), b.address())).isTrue();
    }

    static void settled(TestAgent... agents) {
        for (TestAgent agent : agents) {
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> agent.migrations.sessions().isEmpty()
                            && (!agent.results.isEmpty() || !agent.refusals.isEmpty()));
        }
    }

    final void awaitAt(FakeHosts.Gate gate) {
        switch (gate) {
            case COPY -> await().until(() -> !a.progress.isEmpty());
            case SWITCH -> await().until(() -> a.guest(VM).equals(Optional.of(GuestState.PAUSED)));
            case DEPARTED -> await().until(() -> b.guest(VM).equals(Optional.of(GuestState.ARRIVED)));
        }
    }

    final void awaitStreamBreakSeenBy(TestAgent agent) {
        await().until(() ->
                agent.reasons.stream().anyMatch(reason -> reason.text().contains("broke"))
                        || agent.migrations.sessions().isEmpty());
    }

    static void awaitState(TestAgent agent, String state) {
        await().until(() -> agent.migrations.sessions().stream()
                .anyMatch(view -> view.state().equals(state)));
    }
}
