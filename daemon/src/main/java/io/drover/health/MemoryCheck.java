package io.drover.health;

import io.drover.config.ProbeConfig;
import io.drover.health.MemorySource.Memory;
import io.drover.model.HealthLevel;

/** The free share of the host's memory. */
record MemoryCheck(MemorySource source, ProbeConfig.Check.FreeMemory limits) implements Check {
    @Override
    public Observation run() {
        Memory memory;
        try {
            memory = source.read();
        } catch (RuntimeException e) {
            return new Observation(HealthLevel.CRITICAL, "free memory is unknown: " + Evidence.of(e));
        }
        return FreeShare.judge("memory", memory.free(), memory.total(), limits.warningBelow(), limits.criticalBelow());
    }
}
