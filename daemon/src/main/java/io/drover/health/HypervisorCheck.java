package io.drover.health;

import io.drover.model.HealthLevel;

/** Whether the hypervisor answers. */
record HypervisorCheck(HypervisorAnswer hypervisor) implements Check {
    @Override
    public Observation run() {
        try {
            hypervisor.ask();
        } catch (RuntimeException e) {
            return new Observation(HealthLevel.CRITICAL, "the hypervisor does not answer: " + Evidence.of(e));
        }
        return new Observation(HealthLevel.HEALTHY, "the hypervisor answers");
    }
}
