package io.drover.sim.lab;

import io.drover.sim.scenario.Scenario;
import java.time.Duration;

/**
 * When what a scenario has at a moment of its own time happens in the laboratory, counted from when the cluster is ready.
 * A simulated cluster needs time to come up; a real one has been waited for, so that most of the time before the first
 * thing that happens is left out.
 *
 * @param skipped what is left out
 * @param end of the scenario, here
 */
record LabTime(Duration skipped, Duration end) {
    /** Before the first thing that happens. */
    private static final Duration LEAD = Duration.ofSeconds(3);

    static LabTime of(Scenario scenario) {
        Duration first = scenario.timeline().isEmpty()
                ? Duration.ZERO
                : scenario.timeline().get(0).at();
        Duration skipped = first.compareTo(LEAD) > 0 ? first.minus(LEAD) : Duration.ZERO;
        return new LabTime(skipped, scenario.until().minus(skipped));
    }

    /** When something happens here. */
    Duration at(Duration inScenario) {
        return inScenario.minus(skipped);
    }
}
