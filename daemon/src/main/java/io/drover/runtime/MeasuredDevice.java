package io.drover.runtime;

import io.drover.fencing.Deadline;
import io.drover.fencing.FencingDevice;
import io.drover.fencing.FencingException;
import io.drover.fencing.PowerReading;
import io.drover.metrics.FencingMetrics;
import io.drover.metrics.FencingMetrics.Request;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A fencing device whose requests are measured. Safe for any thread.
 *
 * @param device the device itself
 * @param metrics where its figures go
 */
record MeasuredDevice(FencingDevice device, FencingMetrics metrics) implements FencingDevice {
    @Override
    public String name() {
        return device.name();
    }

    @Override
    public PowerReading read(Deadline deadline) {
        long begun = System.nanoTime();
        PowerReading reading = device.read(deadline);
        told(Request.READ, reading.power().name().toLowerCase(Locale.ROOT), begun);
        return reading;
    }

    @Override
    public void requestOff(Deadline deadline) {
        order(Request.OFF, device::requestOff, deadline);
    }

    @Override
    public void requestOn(Deadline deadline) {
        order(Request.ON, device::requestOn, deadline);
    }

    private void order(Request request, Consumer<Deadline> order, Deadline deadline) {
        long begun = System.nanoTime();
        try {
            order.accept(deadline);
            told(request, "taken", begun);
        } catch (FencingException e) {
            told(request, "failed", begun);
            throw e;
        }
    }

    private void told(Request request, String result, long begun) {
        metrics.requested(name(), request, result, Duration.ofNanos(System.nanoTime() - begun));
    }

    @Override
    public void close() {
        device.close();
    }
}
