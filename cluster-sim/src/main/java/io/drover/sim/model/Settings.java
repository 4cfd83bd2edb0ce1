package io.drover.sim.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The configurations that are searched. One that had everything in it would have more states than any machine visits, so
 * each combines a few parts; docs/design/0009-formal-model.md says which combinations that leaves out.
 */
public final class Settings {
    /** Searched to the end by each build. */
    public static final List<Setting> BUILD = List.of(
            // Promises of three voters, late and lost in every way.
            Setting.of(
                    "lease",
                    1,
                    3,
                    1,
                    1,
                    1,
                    Feature.REJOIN,
                    Feature.FAILOVER,
                    Feature.LATE_REQUESTS,
                    Feature.LATE_ANSWERS,
                    Feature.VOTER_RESTART),
            // Two nodes that fail in every way, and whose agents may take any time.
            Setting.of(
                    "node",
                    1,
                    1,
                    2,
                    1,
                    1,
                    Feature.REJOIN,
                    Feature.FAILOVER,
                    Feature.SLOW_AGENT,
                    Feature.AGENT_RESTART,
                    Feature.REBOOT),
            // Two coordinators, whose writes may take any time, and a fencing device.
            Setting.of(
                    "device",
                    1,
                    1,
                    1,
                    1,
                    2,
                    Feature.REJOIN,
                    Feature.FAILOVER,
                    Feature.DEVICE,
                    Feature.REBOOT,
                    Feature.LATE_WRITES),
            Setting.of(
                    "migration",
                    1,
                    1,
                    1,
                    1,
                    1,
                    Feature.REJOIN,
                    Feature.FAILOVER,
                    Feature.MIGRATION,
                    Feature.AGENT_RESTART,
                    Feature.LATE_WRITES),
            // Changes of the set of voters, without VMs: only that an incarnation that is fenced holds no lease.
            Setting.of("shrink", 1, 3, 1, 0, 1, Feature.REJOIN).withVoterSets(0b111, 0b011, 0b001),
            Setting.of("move", 3, 3, 1, 0, 1, Feature.REJOIN).withVoterSets(0b001, 0b011, 0b010),
            Setting.of("replace", 1, 3, 1, 0, 1, Feature.LOST_DISK).withVoterSets(0b111, 0b110, 0b111));

    /** Takes long, and much memory: three nodes, two of which may fail, two VMs, fencing devices, two coordinators. */
    public static final List<Setting> LARGE =
            List.of(Setting.of("large", 1, 1, 2, 2, 2, Feature.REJOIN, Feature.FAILOVER, Feature.DEVICE));

    private Settings() {}

    /** One of them. */
    public static Optional<Setting> named(String name) {
        return all().filter(setting -> setting.name().equals(name)).findFirst();
    }

    /** Those of the build first. */
    public static Stream<Setting> all() {
        return Stream.concat(BUILD.stream(), LARGE.stream());
    }
}
