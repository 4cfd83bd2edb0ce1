package io.drover.sim.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One configuration of the model: what is in it, and how much of it.
 *
 * @param name short
 * @param lease its length, in ticks
 * @param voters how many
 * @param leased how many of the three nodes can lose their lease and be fenced; the others never fail
 * @param vms how many
 * @param coordinators how many may believe that they lead
 * @param features what else is in it
 * @param voterSets who votes, in the order in which that changes; one bit for each voter
 */
public record Setting(
        String name,
        int lease,
        int voters,
        int leased,
        int vms,
        int coordinators,
        Set<Feature> features,
        List<Integer> voterSets) {

    /** Ticks that the hardest way of stopping a guest takes. */
    static final int KILL_TIME = 1;

    /** Ticks for a timer that fires late. */
    static final int GRANULARITY = 1;

    static Setting of(String name, int lease, int voters, int leased, int vms, int coordinators, Feature... features) {
        Set<Feature> all = EnumSet.noneOf(Feature.class);
        all.addAll(List.of(features));
        return new Setting(name, lease, voters, leased, vms, coordinators, all, List.of((1 << voters) - 1));
    }

    Setting withVoterSets(Integer... sets) {
        Set<Feature> all = EnumSet.of(Feature.VOTER_CHANGE);
        all.addAll(features);
        return new Setting(name, lease, voters, leased, vms, coordinators, all, List.of(sets));
    }

    boolean has(Feature feature) {
        return features.contains(feature);
    }
}
