package io.drover.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.qemu.SerialLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What must hold of guests whatever was done to the cluster. */
final class Guests {
    private Guests() {}

    /** Nobody was restarted, no tick was executed twice, none is missing: since the guests were added. */
    static void assertUnharmed(Lab lab, List<String> vms) {
        for (String vm : vms) {
            GuestTruth truth = lab.truth(vm);
            assertThat(truth.said().boots()).as("starts of %s", vm).isEqualTo(1);
            assertThat(truth.said().breaks())
                    .as("ticks of %s missing or repeated", vm)
                    .isEmpty();
            assertThat(truth.mostTicksInASecond())
                    .as("ticks of %s in a second", vm)
                    .isLessThan(GuestFiles.HZ * 2L);
            assertThat(truth.diskGaps())
                    .as("ticks missing on the disk of %s", vm)
                    .isEmpty();
            assertThat(truth.diskHeld())
                    .as("lock on the disk of %s is held", vm)
                    .isTrue();
        }
    }

    /** They are counting now. */
    static void assertCounting(Lab lab, List<String> vms) {
        Map<String, Long> before = new TreeMap<>();
        vms.forEach(vm -> before.put(vm, counter(lab, vm)));
        vms.forEach(vm ->
                await(vm + " counts").atMost(Lab.LIMIT).until(() -> counter(lab, vm) > before.getOrDefault(vm, 0L)));
    }

    /** Grows with each tick of a guest, also after a boot, at which it counts anew: each start has a log of its own. */
    static long counter(Lab lab, String vm) {
        return lab.nodes().stream()
                .map(node -> node.guests().resolve(vm))
                .filter(Files::isDirectory)
                .flatMap(Guests::logs)
                .flatMap(log -> last(log).stream())
                .mapToLong(SerialLog.Tick::counter)
                .sum();
    }

    private static Optional<SerialLog.Tick> last(Path log) {
        try {
            return SerialLog.last(log);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Stream<Path> logs(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("serial-")).toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
