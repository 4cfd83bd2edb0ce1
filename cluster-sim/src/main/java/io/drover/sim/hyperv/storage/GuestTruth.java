package io.drover.sim.hyperv.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What guests did, by what they wrote to their disks themselves; no host and no daemon is asked. It proves that no VM
 * executed twice at a time, and says how often each was started, where it went, and how long it was silent.
 */
public final class GuestTruth {
    private static final Comparator<Tick> ORDER =
            Comparator.comparing(Tick::at).thenComparing(Tick::boot).thenComparing(Tick::counter).thenComparing(Tick::host);

    private final SortedMap<String, List<Tick>> ticks = new TreeMap<>();

    private GuestTruth() {}

    /** Writes a tick to a disk. */
    public static void write(Path disk, Tick tick) {
        try {
            Files.writeString(
                    disk, tick.line(), StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("emulated disk " + disk, e);
        }
    }

    /** The last start that a disk knows of, 0 if there was none. */
    public static long lastBoot(Path disk) {
        return ticksOf(disk).stream().mapToLong(Tick::boot).max().orElse(0);
    }

    /** Reads all disks below a folder. A copy of a disk, with what was written before, counts once. */
    public static GuestTruth read(Path root) {
        GuestTruth truth = new GuestTruth();
        SortedMap<String, TreeSet<Tick>> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.getFileName().toString().endsWith(".vhdx"))
                    .flatMap(file -> ticksOf(file).stream())
                    .forEach(tick -> found.computeIfAbsent(tick.vm(), unused -> new TreeSet<>(ORDER)).add(tick));
        } catch (IOException e) {
            throw new UncheckedIOException("emulated storage " + root, e);
        }
        found.forEach((vm, all) -> truth.ticks.put(vm, List.copyOf(all)));
        return truth;
    }

    private static List<Tick> ticksOf(Path disk) {
        try (Stream<String> lines = Files.lines(disk, StandardCharsets.UTF_8)) {
            return lines.flatMap(line -> Tick.parse(line).stream()).toList();
        } catch (java.nio.file.NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("emulated disk " + disk, e);
        }
    }

    /** All VMs that ever executed. */
    public List<String> vms() {
        return List.copyOf(ticks.keySet());
    }

    /** All ticks of a VM, the oldest first. */
    public List<Tick> ticks(String vm) {
        return ticks.getOrDefault(vm, List.of());
    }

    /**
     * VMs that executed twice at a time, in words; empty if none did. A copy gives itself away when a counter does not go up,
     * or when one speaks that was started before another that has spoken already.
     */
    public List<String> doubles() {
        List<String> all = new ArrayList<>();
        for (Map.Entry<String, List<Tick>> each : ticks.entrySet()) {
            List<Tick> line = each.getValue();
            for (int i = 1; i < line.size(); i++) {
                Tick before = line.get(i - 1);
                Tick tick = line.get(i);
                boolean isDouble = tick.boot() < before.boot()
                        || (tick.boot() == before.boot() && tick.counter() <= before.counter());
                if (isDouble) {
                    all.add("VM " + each.getKey() + " at " + tick.at() + ": start " + tick.boot() + ", tick "
                            + tick.counter() + " on " + tick.host() + " after start " + before.boot() + ", tick "
                            + before.counter() + " on " + before.host());
                    break;
                }
            }
        }
        return all;
    }

    /** How often a VM was started from its disk, without the first time. */
    public long restarts(String vm) {
        return Math.max(0, ticks(vm).stream().map(Tick::boot).distinct().count() - 1);
    }

    /** Where a VM executed, one entry for each move. */
    public List<String> hosts(String vm) {
        List<String> hosts = new ArrayList<>();
        for (Tick each : ticks(vm)) {
            if (hosts.isEmpty() || !hosts.get(hosts.size() - 1).equals(each.host())) {
                hosts.add(each.host());
            }
        }
        return hosts;
    }

    /** When a VM last executed. */
    public Optional<Instant> lastAt(String vm) {
        List<Tick> all = ticks(vm);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1).at());
    }
}
