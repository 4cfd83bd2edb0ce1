package io.drover.fencing;

import io.drover.fencing.Judgement.Answer;
import io.drover.fencing.PlacedDevice.Order;
import io.drover.fencing.PowerReading.Power;
import io.drover.model.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The devices of one node. Questions may be asked at any time; orders are carried out one after the other. */
final class NodeDevices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeDevices.class);

    /** Slow controllers log in anew for each question: more often would only make them slower. */
    private static final Duration POLL_EVERY = Duration.ofMillis(500);

    /** An order that failed may have been taken all the same; worth a look before another level is disturbed. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    /** Who said on so short a time ago need not be asked whether it is off already before it is ordered off. */
    private static final Duration ON_LATELY = Duration.ofMillis(1_500);

    private final NodeId node;
    private final Duration offTimeout;
    private final SortedMap<Integer, List<PlacedDevice>> levels;
    private final List<PlacedDevice> devices;
    private final ReentrantLock orders = new ReentrantLock(true);
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Until when a node that has said on is ordered off without another question. */
    private volatile Deadline onLately = Deadline.after(Duration.ZERO);

    NodeDevices(NodeId node, Duration offTimeout, List<PlacedDevice> devices) {
        this.node = node;
        this.offTimeout = offTimeout;
        this.devices = List.copyOf(devices);
        levels = new TreeMap<>(devices.stream().collect(Collectors.groupingBy(PlacedDevice::level)));
    }

    /** Asks all devices at once. */
    PowerReading read() {
        try {
            Deadline asked = Deadline.after(ON_LATELY);
            PowerReading reading = Judgement.of(answers());
            onLately = reading.power() == Power.ON ? asked : Deadline.after(Duration.ZERO);
            return reading;
        } catch (InterruptedException e) {
            return interrupted();
        }
    }

    /** Orders the power off, level by level, until the devices say that it is off. */
    PowerReading switchOff() {
        return inTurn(() -> {
            if (onLately.isPassed()) {
                PowerReading before = read();
                if (before.isOff()) {
                    return before;
                }
            }
            return offByLevels();
        });
    }

    /** Orders the power on, the last level first: a controller behind an outlet hears nothing before the outlet is on. */
    PowerReading switchOn() {
        return inTurn(() -> {
            List<Integer> numbers = new ArrayList<>(levels.keySet());
            Collections.reverse(numbers);
            List<String> failures = new ArrayList<>();
            for (int number : numbers) {
                failures.addAll(failures(order(level(number), Order.ON)));
            }
            return with(failures, read());
        });
    }

    private PowerReading offByLevels() throws InterruptedException {
        List<String> failures = new ArrayList<>();
        PowerReading reading = PowerReading.unknown("no device");
        for (int number : levels.keySet()) {
            LOG.info("fencing {}: power off ordered at level {}: {}", node, number, names(level(number)));
            List<Failure> refused = order(level(number), Order.OFF);
            List<PlacedDevice> answering = refused.isEmpty() ? List.of() : answering(refused);
            if (!answering.isEmpty()) {
                refused = onceMore(refused, answering);
            }
            reading = untilOff(patience(refused, answering));
            if (closed.getCount() == 0) {
                return PowerReading.unknown("fencing of " + node + " was stopped");
            }
            if (reading.isOff()) {
                LOG.info("fencing {}: {}", node, reading.words());
                return reading;
            }
            List<String> why = refused.isEmpty()
                    ? List.of(
                            "level " + number + " took the order and is not off after " + offTimeout.toMillis() + " ms")
                    : failures(refused);
            LOG.warn("fencing {}: level {} failed: {}; {}", node, number, String.join("; ", why), reading.words());
            failures.addAll(why);
        }
        return with(failures, reading);
    }

    /** Those of the devices which say that there is power, and so could take an order. */
    private List<PlacedDevice> answering(List<Failure> failures) throws InterruptedException {
        List<PlacedDevice> failed = failures.stream().map(Failure::device).toList();
        return answers().stream()
                .filter(answer -> answer.reading().power() == Power.ON && failed.contains(answer.device()))
                .map(Answer::device)
                .toList();
    }

    /** An order that got lost on the way to a device that answers is given once more; it may be followed twice. */
    private static List<Failure> onceMore(List<Failure> refused, List<PlacedDevice> answering)
            throws InterruptedException {
        List<Failure> still = new ArrayList<>(refused);
        still.removeIf(failure -> answering.contains(failure.device()));
        still.addAll(order(answering, Order.OFF));
        return still;
    }

    /** How long a level is asked before the next is tried: not at all if one of its devices is dead. */
    private Duration patience(List<Failure> refused, List<PlacedDevice> answering) {
        if (refused.isEmpty()) {
            return offTimeout;
        }
        boolean allAnswer = refused.stream().map(Failure::device).allMatch(answering::contains);
        return allAnswer ? Collections.min(List.of(AFTER_FAILURE, offTimeout)) : Duration.ZERO;
    }

    private PowerReading untilOff(Duration limit) throws InterruptedException {
        Deadline deadline = Deadline.after(limit);
        PowerReading reading = Judgement.of(answers());
        while (!reading.isOff() && !deadline.isPassed()) {
            if (closed.await(POLL_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                return reading;
            }
            reading = Judgement.of(answers());
        }
        return reading;
    }

    private List<Answer> answers() throws InterruptedException {
        List<CompletableFuture<PowerReading>> asked =
                devices.stream().map(PlacedDevice::read).toList();
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            answers.add(new Answer(devices.get(i), get(asked.get(i))));
        }
        return answers;
    }

    /** A device that is not known to have taken an order. */
    private record Failure(PlacedDevice device, String words) {}

    private static List<Failure> order(List<PlacedDevice> level, Order order) throws InterruptedException {
        var given = level.stream().map(device -> device.order(order)).toList();
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < level.size(); i++) {
            PlacedDevice device = level.get(i);
            get(given.get(i)).ifPresent(words -> failures.add(new Failure(device, words)));
        }
        return failures;
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a device's future fails", e);
        }
    }

    /** Something that takes its turn among the orders. */
    private interface Turn {
        PowerReading take() throws InterruptedException;
    }

    private PowerReading inTurn(Turn turn) {
        try {
            if (!orders.tryLock(longest().toMillis(), TimeUnit.MILLISECONDS)) {
                return PowerReading.unknown("another order to the devices of " + node + " is under way");
            }
            try {
                return turn.take();
            } finally {
                orders.unlock();
            }
        } catch (InterruptedException e) {
            return interrupted();
        }
    }

    /**
     * An upper bound of what one order takes: a question before it, and for each level two orders, a question between
     * them, and questions until it is off, the last of which may begin at the end of its time.
     */
    Duration longest() {
        Duration slowest = devices.stream()
                .map(PlacedDevice::longest)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        return offTimeout
                .plus(POLL_EVERY)
                .plus(slowest.multipliedBy(4))
                .multipliedBy(levels.size())
                .plus(slowest);
    }

    private List<PlacedDevice> level(int number) {
        return levels.getOrDefault(number, List.of());
    }

    private PowerReading interrupted() {
        Thread.currentThread().interrupt();
        return PowerReading.unknown("the question for the power of " + node + " was interrupted");
    }

    private static PowerReading with(List<String> failures, PowerReading reading) {
        return failures.isEmpty()
                ? reading
                : new PowerReading(reading.power(), String.join("; ", failures) + "; " + reading.words());
    }

    private static List<String> failures(List<Failure> failures) {
        return failures.stream().map(Failure::words).toList();
    }

    private static String names(List<PlacedDevice> level) {
        return level.stream().map(PlacedDevice::name).collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        closed.countDown();
        devices.forEach(PlacedDevice::close);
    }
}
