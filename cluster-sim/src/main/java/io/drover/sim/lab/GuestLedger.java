package io.drover.sim.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps account of which copies of guests execute, by what they say themselves: each process of a guest writes to a serial
 * log of its own, {@code BOOT} when it starts from its disk and then its counter, a hundred times a second. A copy that
 * says something after another, younger one has begun to speak has executed beside it.
 *
 * <p>Has a thread of its own, until it is closed. Safe for many threads.
 */
public final class GuestLedger implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);
    private static final long SCAN_EVERY_NANOS = Duration.ofMillis(20).toNanos();
    private static final int BUFFER = 64 << 10;

    private final Path root;
    private final Map<Path, Log> logs = new TreeMap<>();
    private final Map<String, Account> accounts = new TreeMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "guest-ledger");
    private @Nullable RuntimeException failure;
    private long scanAt;

    /**
     * A copy of a guest that began to count.
     *
     * @param node where
     * @param isBoot whether it started from its disk; otherwise it went on from another copy
     * @param atNanos when its first tick was read, by {@link System#nanoTime()}
     */
    public record Begin(String node, boolean isBoot, long atNanos) {}

    /** Over all {@code <node>/guests/<vm>/serial-N.log} below a folder, from what is there now. */
    public GuestLedger(Path root) {
        this.root = root;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (!stop.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            synchronized (this) {
                failure = e;
            }
        }
    }

    private synchronized void look() {
        if (System.nanoTime() >= scanAt) {
            scan();
            scanAt = System.nanoTime() + SCAN_EVERY_NANOS;
        }
        for (Account account : accounts.values()) {
            Log speaker = account.speaker;
            account.logs.stream().filter(log -> log != speaker).forEach(log -> read(account, log));
            // Last: what the old copy said before a new one was heard, it may have said before the new one began.
            if (speaker != null) {
                if (account.speaker == speaker) {
                    read(account, speaker);
                } else {
                    account.closing = true;
                    read(account, speaker);
                    account.closing = false;
                }
            }
        }
    }

    private void scan() {
        SerialLogs.below(root, 4).stream()
                .filter(file -> !logs.containsKey(file))
                .forEach(this::open);
    }

    private void open(Path file) {
        Path inside = root.relativize(file);
        String vm = inside.getName(inside.getNameCount() - 2).toString();
        Account account = accounts.computeIfAbsent(vm, unused -> new Account());
        try {
            Log log = new Log(inside.getName(0).toString(), file, FileChannel.open(file, StandardOpenOption.READ));
            logs.put(file, log);
            account.logs.add(log);
        } catch (IOException e) {
            throw new UncheckedIOException("serial log " + file, e);
        }
    }

    private static void read(Account account, Log log) {
        try {
            log.buffer.clear();
            int count = log.channel.read(log.buffer, log.position);
            if (count > 0) {
                log.position += count;
                account.heard(log, new String(log.buffer.array(), 0, count, StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("serial log " + log.file, e);
        }
    }

    // ---- what it knows

    private synchronized Optional<Account> account(String vm) {
        if (failure != null) {
            throw new IllegalStateException("the guests cannot be watched: " + failure.getMessage(), failure);
        }
        return Optional.ofNullable(accounts.get(vm));
    }

    /** Copies that began to count, the oldest first. */
    public synchronized List<Begin> begins(String vm) {
        return account(vm).map(account -> List.copyOf(account.begins)).orElse(List.of());
    }

    /** Times that it was started from its disk although it had run before. */
    public int restarts(String vm) {
        return (int) Math.max(0, begins(vm).stream().filter(Begin::isBoot).count() - 1);
    }

    /** Times that it went on counting in another copy. */
    public int migrations(String vm) {
        return (int) begins(vm).stream().filter(begin -> !begin.isBoot()).count();
    }

    /** The node of the copy that spoke last, if that said something within the time. */
    public synchronized Optional<String> executes(String vm, Duration within) {
        return account(vm)
                .filter(account -> account.speaker != null && System.nanoTime() - account.spokeAt <= within.toNanos())
                .map(account -> account.speaker == null ? "" : account.speaker.node);
    }

    /** Whether it is to count from now on: silence is an outage only while it is. */
    public synchronized void wanted(String vm, boolean isWanted) {
        Account account = accounts.computeIfAbsent(vm, unused -> new Account());
        account.closeGap();
        account.isWanted = isWanted;
    }

    /** The longest time for which no copy said anything although one should have, until now. */
    public synchronized Duration longestSilence(String vm) {
        return account(vm)
                .map(account -> {
                    account.closeGap();
                    return Duration.ofNanos(account.longestSilence);
                })
                .orElse(Duration.ZERO);
    }

    /** Copies that executed beside others, in words; empty if there never were two. */
    public synchronized List<String> doubles() {
        List<String> all = new ArrayList<>();
        accounts.forEach((vm, account) -> account.doubles.forEach(text -> all.add(vm + ": " + text)));
        return all;
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Log log : logs.values()) {
            try {
                log.channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** One file as it grows. */
    private static final class Log {
        private final String node;
        private final Path file;
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        private final StringBuilder line = new StringBuilder();
        private long position;
        private boolean hasSpoken;
        private boolean hasBooted;

        Log(String node, Path file, FileChannel channel) {
            this.node = node;
            this.file = file;
            this.channel = channel;
        }
    }

    /** One guest. */
    private static final class Account {
        private final List<Log> logs = new ArrayList<>();
        private final List<Begin> begins = new ArrayList<>();
        private final List<String> doubles = new ArrayList<>();
        private @Nullable Log speaker;
        private boolean isWanted = true;
        /** What is heard is the rest of what the copy before said. */
        private boolean closing;

        private long spokeAt;
        private long longestSilence;

        void heard(Log log, String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c != '\n') {
                    log.line.append(c);
                    continue;
                }
                line(log, log.line.toString());
                log.line.setLength(0);
            }
        }

        private void line(Log log, String line) {
            boolean isBoot = line.equals("BOOT");
            log.hasBooted |= isBoot;
            if (isBoot || closing) {
                return;
            }
            if (log != speaker) {
                if (log.hasSpoken) {
                    String text = "its copy on " + log.node + " speaks again (" + log.file.getFileName()
                            + ") after that on " + (speaker == null ? "none" : speaker.node);
                    if (!doubles.contains(text)) {
                        doubles.add(text);
                    }
                    return;
                }
                begins.add(new Begin(log.node, log.hasBooted, System.nanoTime()));
                log.hasSpoken = true;
                speaker = log;
            }
            closeGap();
            spokeAt = System.nanoTime();
        }

        /** The time since the last word counts as silence. */
        void closeGap() {
            if (spokeAt != 0 && isWanted) {
                longestSilence = Math.max(longestSilence, System.nanoTime() - spokeAt);
            }
            if (!isWanted) {
                spokeAt = spokeAt == 0 ? 0 : System.nanoTime();
            }
        }
    }
}
