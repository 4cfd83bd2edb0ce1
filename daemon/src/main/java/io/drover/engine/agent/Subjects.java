package io.drover.engine.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Reads the records other than VMs', one reading of each at a time; a hint that comes meanwhile leads to one more. */
final class Subjects {
    private static final Duration BACK_OFF = Duration.ofSeconds(2);

    private final CoreState core;
    private final Map<Subject, Reading> readings = new EnumMap<>(Subject.class);

    /** The reading of one record. */
    private static final class Reading {
        private long id;
        private boolean isAgain;
        private Instant dueAt = Instant.MAX;
    }

    Subjects(CoreState core) {
        this.core = core;
        for (Subject subject : Subject.values()) {
            readings.put(subject, new Reading());
        }
    }

    private Reading of(Subject subject) {
        return Objects.requireNonNull(readings.get(subject));
    }

    void readAll() {
        readings.keySet().forEach(this::read);
    }

    void read(Subject subject) {
        Reading reading = of(subject);
        if (reading.id != 0) {
            reading.isAgain = true;
            return;
        }
        begin(subject, reading);
    }

    private void begin(Subject subject, Reading reading) {
        reading.isAgain = false;
        reading.id = core.nextId();
        reading.dueAt = core.in(NodeCore.PATIENCE);
        core.decide(new NodeDecision.Read(subject, reading.id));
    }

    /** Whether an answer is that to the reading under way: what it says is to be taken. */
    boolean isAnswered(Subject subject, long id) {
        Reading reading = of(subject);
        if (reading.id != id) {
            return false;
        }
        reading.id = 0;
        reading.dueAt = Instant.MAX;
        if (reading.isAgain) {
            begin(subject, reading);
        }
        return true;
    }

    void failed(Subject subject, long id) {
        Reading reading = of(subject);
        if (reading.id == id) {
            reading.id = 0;
            reading.isAgain = false;
            reading.dueAt = core.in(BACK_OFF);
        }
    }

    /** When something about it is due. */
    Instant dueAt() {
        Instant due = Instant.MAX;
        for (Reading reading : readings.values()) {
            due = TrackedVm.earlier(due, reading.dueAt);
        }
        return due;
    }

    /** Gives up what has not been answered, and reads what is due. */
    void tick() {
        readings.forEach((subject, reading) -> {
            if (!core.now.isBefore(reading.dueAt)) {
                begin(subject, reading);
            }
        });
    }
}
