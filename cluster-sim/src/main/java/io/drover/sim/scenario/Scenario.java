package io.drover.sim.scenario;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.shell.ClusterPlan;
import io.drover.sim.world.GuestFaults;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A story about a cluster.
 *
 * @param name for people
 * @param plan the cluster at its beginning
 * @param faults what goes wrong with named VMs
 * @param timeline what happens, by time
 * @param until when it ends
 * @param expectations what is to be so then
 */
public record Scenario(
        String name,
        ClusterPlan plan,
        List<GuestFault> faults,
        List<Moment> timeline,
        Duration until,
        Expectations expectations) {
    /**
     * So many attempts at something fail.
     *
     * @param onlyOn where; empty: everywhere
     * @param line of the file that says so
     */
    public record GuestFault(VmId vm, GuestFaults.Act act, int times, Set<NodeId> onlyOn, int line) {}

    /**
     * Things that happen at the same moment, in this order.
     *
     * @param line of the file that says so; 0 if no file does
     */
    public record Moment(Duration at, List<Act> acts, int line) {
        /** Copies the list. */
        public Moment {
            acts = List.copyOf(acts);
        }
    }

    /** Copies the lists, and sorts the timeline. */
    public Scenario {
        faults = List.copyOf(faults);
        timeline = timeline.stream().sorted(Comparator.comparing(Moment::at)).toList();
    }
}
