package io.drover.sim.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Watches which copies of guests execute: each process of a guest writes to a log of its own, a hundred times a second. A
 * copy that says something after another, younger one has begun to speak has executed beside it. Guests that migrate
 * meanwhile are not for this watch.
 */
final class CopyWatch implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMillis(15);

    private final Lab lab;
    private final List<String> vms;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "copy-watch");

    /** By log: its size when it was looked at last. */
    private final Map<Path, Long> sizes = new HashMap<>();

    /** By VM: the log that grew last, when it did, and the longest time between two growths. */
    private final Map<String, Path> speaking = new TreeMap<>();

    /** Logs after which another one has spoken. */
    private final Set<Path> silenced = new HashSet<>();

    private final Map<String, Long> spokeAt = new TreeMap<>();
    private final Map<String, Duration> silence = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    CopyWatch(Lab lab, List<String> vms) {
        this.lab = lab;
        this.vms = vms;
        // What was said before is not new.
        vms.forEach(vm -> lab.nodes()
                .forEach(node -> logs(node.guests().resolve(vm))
                        .forEach(log -> sizes.put(log, log.toFile().length()))));
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (!stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void look() {
        for (String vm : vms) {
            for (LabNode node : lab.nodes()) {
                for (Path log : logs(node.guests().resolve(vm))) {
                    look(vm, log);
                }
            }
        }
    }

    private void look(String vm, Path log) {
        long size = log.toFile().length();
        Long before = sizes.put(log, size);
        if (size <= (before == null ? 0 : before)) {
            return;
        }
        long now = System.nanoTime();
        Path last = speaking.put(vm, log);
        if (last != null && !last.equals(log)) {
            silenced.add(last);
        }
        if (silenced.contains(log)) {
            faults.add(vm + ": " + log + " speaks again after " + last);
        }
        Long spoke = spokeAt.put(vm, now);
        if (spoke != null) {
            silence.merge(vm, Duration.ofNanos(now - spoke), (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
    }

    private static List<Path> logs(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("serial-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies that executed beside others; empty if there never were two. */
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** The longest time for which no copy of a guest said anything. */
    synchronized Duration longestSilence(String vm) {
        return silence.getOrDefault(vm, Duration.ZERO);
    }

    @Override
    public void close() {
        stop.countDown();
    }
}
