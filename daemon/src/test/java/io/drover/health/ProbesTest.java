package io.drover.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.config.ProbeConfig;
import io.drover.config.ProbeConfig.Check;
import io.drover.health.MemorySource.Memory;
import io.drover.hypervisor.HostFinding;
import io.drover.model.HealthLevel;
import io.drover.model.HostAspect;
import io.drover.model.NodeId;
import io.drover.model.ProbeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final NodeId NODE = new NodeId("node1");
    private static final Check HYPERVISOR = new Check.HypervisorAnswers();
    private static final Check MEMORY = new Check.FreeMemory(0.10, 0.05);

    private final List<String> changes = new CopyOnWriteArrayList<>();
    private final AtomicReference<Memory> memory = new AtomicReference<>(new Memory(50, 100));

    private final AtomicReference<HostAnswer> host = new AtomicReference<>(aspect -> List.of());

    @Test
    void probesAreHealthyAndUncheckedBeforeTheyStart() {
        try (Probes probes = probes(() -> {}, probe("hv", HYPERVISOR), probe("mem", MEMORY))) {
            assertThat(probes.statuses())
                    .containsExactly(
                            new ProbeStatus("hv", HealthLevel.HEALTHY, "not checked yet", NOW),
                            new ProbeStatus("mem", HealthLevel.HEALTHY, "not checked yet", NOW));
        }
    }

    @Test
    void verdictFollowsTheChecksAndTheListenerIsToldOnceForEachChange() {
        try (Probes probes = probes(() -> {}, probe("mem", MEMORY))) {
            probes.start();
            await().atMost(PATIENCE)
                    .until(() -> status(probes, "mem").evidence().contains("50B of 100B"));
            memory.set(new Memory(1, 100));
            await().atMost(PATIENCE).until(() -> status(probes, "mem").level() == HealthLevel.CRITICAL);
            memory.set(new Memory(50, 100));
            await().atMost(PATIENCE).until(() -> status(probes, "mem").level() == HealthLevel.HEALTHY);
        }
        assertThat(changes).containsExactly("mem HEALTHY->CRITICAL", "mem CRITICAL->HEALTHY");
    }

    @Test
    void hangingCheckTurnsCriticalIsInterruptedAndHoldsUpNoOther() {
        AtomicInteger interrupted = new AtomicInteger();
        try (Probes probes = probes(
                () -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                    }
                },
                impatient("hv", HYPERVISOR),
                probe("mem", MEMORY))) {
            probes.start();
            await().atMost(PATIENCE).until(() -> status(probes, "hv").level() == HealthLevel.CRITICAL);
            assertThat(status(probes, "hv").evidence()).contains("no answer");
            await().atMost(PATIENCE).until(() -> interrupted.get() >= 3);

            memory.set(new Memory(1, 100));

            await().atMost(PATIENCE).until(() -> status(probes, "mem").level() == HealthLevel.CRITICAL);
        }
    }

    @Test
    void checkThatCannotBeInterruptedIsNotBegunTwiceAndRecoversWhenItReturns() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        try (Probes probes = probes(
                () -> {
                    begun.incrementAndGet();
                    awaitUninterruptibly(release);
                },
                impatient("hv", HYPERVISOR))) {
            probes.start();
            await().atMost(PATIENCE).until(() -> status(probes, "hv").evidence().startsWith("still no answer"));
            assertThat(begun).hasValue(1);

            release.countDown();

            await().atMost(PATIENCE).until(() -> status(probes, "hv").level() == HealthLevel.HEALTHY);
        }
    }

    @Test
    void checkThatThrowsIsCriticalWithTheReason() {
        try (Probes probes = probes(
                () -> {
                    throw new IllegalStateException("no connection");
                },
                probe("hv", HYPERVISOR))) {
            probes.start();
            await().atMost(PATIENCE).until(() -> status(probes, "hv").level() == HealthLevel.CRITICAL);
            assertThat(status(probes, "hv").evidence()).isEqualTo("the hypervisor does not answer: no connection");
        }
    }

    @Test
    void sideOfTheHostIsAsBadAsItsWorstFindingAndNoWorseThanItsProbeMaySay() {
        Check settings = new Check.Host(HostAspect.SETTINGS, HealthLevel.WARNING);
        Check switches = new Check.Host(HostAspect.SWITCHES, HealthLevel.CRITICAL);
        host.set(aspect -> List.of(
                new HostFinding(HealthLevel.HEALTHY, "put right"), new HostFinding(HealthLevel.CRITICAL, "is gone")));
        try (Probes probes = probes(() -> {}, probe("settings", settings), probe("switches", switches))) {
            probes.start();
            await().atMost(PATIENCE).until(() -> status(probes, "switches").level() == HealthLevel.CRITICAL);
            await().atMost(PATIENCE).until(() -> status(probes, "settings").level() == HealthLevel.WARNING);
            assertThat(status(probes, "settings").evidence()).isEqualTo("2 findings: is gone; put right");
            host.set(aspect -> List.of());
            await().atMost(PATIENCE).until(() -> status(probes, "settings").level() == HealthLevel.HEALTHY);
            assertThat(status(probes, "settings").evidence()).isEqualTo("the host is set up as it is wanted");
        }
    }

    @Test
    void hostThatDoesNotTellOfASideIsAWarningHoweverLongItHangs() {
        Check switches = new Check.Host(HostAspect.SWITCHES, HealthLevel.CRITICAL);
        CountDownLatch release = new CountDownLatch(1);
        host.set(aspect -> {
            throw new IllegalStateException("no connection");
        });
        try (Probes probes = probes(() -> {}, impatient("switches", switches))) {
            probes.start();
            await().atMost(PATIENCE)
                    .until(() -> status(probes, "switches").evidence().contains("no connection"));
            host.set(aspect -> {
                awaitUninterruptibly(release);
                return List.of();
            });
            await().atMost(PATIENCE)
                    .until(() -> status(probes, "switches").evidence().startsWith("still no answer"));
            release.countDown();
            host.set(aspect -> List.of());
            await().atMost(PATIENCE).until(() -> status(probes, "switches").level() == HealthLevel.HEALTHY);
        }
        assertThat(changes).startsWith("switches HEALTHY->WARNING").noneMatch(each -> each.contains("CRITICAL"));
    }

    @Test
    void folderThatMayOnlyWarnIsNeverCritical(@TempDir Path folder) {
        Check gone = new Check.Disk(folder.resolve("gone"), 0.1, 0.05, HealthLevel.WARNING);
        try (Probes probes = probes(() -> {}, probe("folder-1", gone))) {
            probes.start();
            await().atMost(PATIENCE).until(() -> status(probes, "folder-1").level() == HealthLevel.WARNING);
            assertThat(status(probes, "folder-1").evidence()).contains("there is no such folder");
        }
        assertThat(changes).containsExactly("folder-1 HEALTHY->WARNING");
    }

    @Test
    void listenerThatThrowsStopsNothing() {
        AtomicInteger told = new AtomicInteger();
        try (Probes probes = new Probes(
                List.of(probe("mem", MEMORY)),
                NODE,
                () -> {},
                aspect -> List.of(),
                memory::get,
                InstantSource.fixed(NOW),
                (before, after) -> {
                    told.incrementAndGet();
                    throw new IllegalStateException("listener");
                })) {
            probes.start();
            memory.set(new Memory(1, 100));
            await().atMost(PATIENCE).until(() -> told.get() == 1);
            memory.set(new Memory(50, 100));
            await().atMost(PATIENCE).until(() -> told.get() == 2);
        }
    }

    @Test
    void nothingIsCheckedAfterTheEnd() {
        AtomicInteger checks = new AtomicInteger();
        Probes probes = probes(checks::incrementAndGet, probe("hv", HYPERVISOR));
        probes.start();
        await().atMost(PATIENCE).until(() -> checks.get() > 1);

        probes.close();

        int atEnd = checks.get();
        await().during(INTERVAL.multipliedBy(5)).atMost(PATIENCE).until(() -> checks.get() == atEnd);
    }

    @Test
    @Tag("integration")
    void hangingCommandIsDestroyedAndCountsAsCritical(@TempDir Path folder) {
        Path pid = folder.resolve("hang.pid");
        Check command = new Check.Command(ProbeProgram.command("hang", pid.toString()));
        Duration longEnoughToStart = Duration.ofSeconds(5);
        ProbeConfig probe =
                new ProbeConfig("raid", command, Duration.ofHours(1), longEnoughToStart, 1, 1, Duration.ZERO);
        try (Probes probes = probes(() -> {}, probe)) {
            probes.start();
            await().atMost(PATIENCE).until(() -> status(probes, "raid").level() == HealthLevel.CRITICAL);
            assertThat(status(probes, "raid").evidence()).isEqualTo("no answer within 5s");
            await().atMost(PATIENCE).until(() -> ended(pid));
        }
    }

    private static boolean ended(Path pidFile) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile)))
                .filter(ProcessHandle::isAlive)
                .isEmpty();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Probes probes(HypervisorAnswer hypervisor, ProbeConfig... configs) {
        return new Probes(
                List.of(configs),
                NODE,
                hypervisor,
                aspect -> host.get().inspect(aspect),
                memory::get,
                InstantSource.fixed(NOW),
                (before, after) -> changes.add(before.name() + " " + before.level() + "->" + after.level()));
    }

    private static ProbeConfig probe(String name, Check check) {
        return new ProbeConfig(name, check, INTERVAL, PATIENCE, 1, 1, Duration.ZERO);
    }

    private static ProbeConfig impatient(String name, Check check) {
        return new ProbeConfig(name, check, INTERVAL, INTERVAL, 1, 1, Duration.ZERO);
    }

    private static ProbeStatus status(Probes probes, String name) {
        return probes.statuses().stream()
                .filter(status -> status.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
