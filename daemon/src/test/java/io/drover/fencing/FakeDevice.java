package io.drover.fencing;

import io.drover.fencing.PowerReading.Power;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/** A device that does what a test says. */
final class FakeDevice implements FencingDevice {
    /** What it was told, in order, "off" and "on". */
    final List<String> orders = new CopyOnWriteArrayList<>();

    /** What it answers to a question. */
    volatile Power power = Power.ON;

    /** What an order makes of its power; may throw. */
    volatile UnaryOperator<Power> onOff = before -> Power.OFF;

    /** Whether it keeps every caller waiting, deadline or not. */
    volatile boolean hangs;

    /** How long a request to it may take; so long that a busy machine is no reason for it to fail. */
    volatile Duration timeout = Duration.ofSeconds(20);

    volatile boolean closed;

    private final String name;

    FakeDevice(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PowerReading read(Deadline deadline) {
        hangIfToldTo();
        return new PowerReading(power, "says " + power);
    }

    @Override
    public void requestOff(Deadline deadline) {
        orders.add("off");
        hangIfToldTo();
        power = onOff.apply(power);
    }

    @Override
    public void requestOn(Deadline deadline) {
        orders.add("on");
        power = Power.ON;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void hangIfToldTo() {
        if (hangs) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FencingException("interrupted", e);
            }
        }
    }
}
