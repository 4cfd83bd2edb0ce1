package io.drover.sim.fuzz;

import io.drover.sim.scenario.Scenario;
import io.drover.sim.shell.ClusterPlan;
import io.drover.sim.world.Weather;
import java.util.List;

/**
 * What happens to a cluster, from its beginning until everything is repaired.
 *
 * @param plan the cluster
 * @param weather how the world behaves until the repair
 * @param guestFaults what goes wrong with named VMs until then
 * @param moments what happens, by time
 * @param repairedAt when everything works again, virtual nanoseconds
 */
record History(
        ClusterPlan plan,
        Weather weather,
        List<Scenario.GuestFault> guestFaults,
        List<Scenario.Moment> moments,
        long repairedAt) {
    /** Copies the lists. */
    History {
        guestFaults = List.copyOf(guestFaults);
        moments = List.copyOf(moments);
    }

    History with(List<Scenario.Moment> fewer) {
        return new History(plan, weather, guestFaults, fewer, repairedAt);
    }

    History with(Weather other) {
        return new History(plan, other, guestFaults, moments, repairedAt);
    }

    History withGuestFaults(List<Scenario.GuestFault> fewer) {
        return new History(plan, weather, fewer, moments, repairedAt);
    }

    History with(ClusterPlan other) {
        return new History(other, weather, guestFaults, moments, repairedAt);
    }

    History repairedAt(long earlier) {
        return new History(plan, weather, guestFaults, moments, earlier);
    }
}
