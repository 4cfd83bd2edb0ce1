package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.AffinityRule;
import io.drover.model.DesiredState;
import io.drover.model.FailbackMode;
import io.drover.model.OperationState;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Clusters in random disorder, with random rules: they come to rest, with no rule broken that could be put right, and stay
 * so. A failure names its seed; {@code -Dseed=N} repeats it.
 */
class RandomRulesTest {
    private static final int CLUSTERS = Integer.getInteger("clusters", 100);

    /** Longer than any repair may take here. */
    private static final int TIME = 600;

    private final List<String> hosts = new ArrayList<>();
    private final List<String> vms = new ArrayList<>();

    private static LongStream seeds() {
        Long wanted = Long.getLong("seed");
        return wanted == null ? LongStream.rangeClosed(1, CLUSTERS) : LongStream.of(wanted);
    }

    @Test
    void fromAnyStateTheRulesAreBroughtBackInForceAndThenNothingMoves() {
        int[] moved = new int[2];
        seeds().forEach(seed -> {
            try {
                ClusterModel cluster = cluster(new SplittableRandom(seed));
                run(cluster);
                moved[0] += cluster.movesBegun() > 0 ? 1 : 0;
                moved[1] += RuleStates.broken(cluster.view()).isEmpty() ? 0 : 1;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " (repeat with -Dseed=" + seed + "): " + e.getMessage(), e);
            }
        });

        assertThat(Long.getLong("seed") != null || (moved[0] > CLUSTERS / 3 && moved[1] > CLUSTERS / 20))
                .as("%s repaired, %s not to be repaired", moved[0], moved[1])
                .isTrue();
    }

    private void run(ClusterModel cluster) {
        int quiet = 0;
        for (int i = 0; i < TIME && quiet < 30; i++) {
            boolean open = cluster.operations().values().stream()
                    .anyMatch(operation -> !operation.state().isFinal());
            quiet = cluster.tick().isEmpty() && !open ? quiet + 1 : 0;
        }
        long moves = cluster.movesBegun();
        if (quiet < 30) {
            throw new AssertionError("it does not come to rest after " + moves + " moves: " + cluster.told());
        }
        cluster.ticks(200);
        if (cluster.movesBegun() != moves) {
            throw new AssertionError("it moves again: " + cluster.told());
        }
        for (RuleStates.Broken broken : RuleStates.broken(cluster.view())) {
            if (broken.rule().enforced() && broken.why().isEmpty()) {
                throw new AssertionError("it could be put right: " + broken + "\n" + cluster.told());
            }
        }
        cluster.operations().values().forEach(operation -> {
            if (operation.state() != OperationState.COMPLETED) {
                throw new AssertionError("a move was begun that could not be made: " + operation);
            }
        });
        for (VmRecord vm : cluster.vms().values()) {
            if (vm.generation() > 0 && !vm.failures().isEmpty()) {
                throw new AssertionError("it was stopped: " + vm);
            }
        }
    }

    private ClusterModel cluster(SplittableRandom random) {
        hosts.clear();
        vms.clear();
        ClusterModel cluster = ClusterModel.of(0).roundsOfMove(1 + random.nextInt(3));
        for (int i = 1; i <= 2 + random.nextInt(4); i++) {
            hosts.add("hv" + i);
            cluster.host("hv" + i, 16L << random.nextInt(2));
        }
        int count = 2 + random.nextInt(10);
        for (int i = 1; i <= count; i++) {
            vms.add("vm" + i);
            add(cluster, spec("vm" + i, random), random);
        }
        List<AffinityRule> rules = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            List<VmId> named = vms.stream()
                    .filter(vm -> random.nextInt(3) == 0)
                    .map(VmId::new)
                    .toList();
            if (named.size() >= 2) {
                AffinityRule.Kind kind = random.nextBoolean() ? AffinityRule.Kind.TOGETHER : AffinityRule.Kind.SEPARATE;
                rules.add(new AffinityRule("r" + i, kind, named, random.nextInt(5) > 0));
            }
        }
        cluster.settings(cluster.settings().withRules(rules));
        cluster.hear();
        return random.nextInt(3) == 0 ? cluster.failback(FailbackMode.IMMEDIATE) : cluster;
    }

    private void add(ClusterModel cluster, VmSpec spec, SplittableRandom random) {
        FakeHost host = cluster.host(any(random));
        if (random.nextInt(6) == 0) {
            cluster.put(VmRecord.added(spec, DesiredState.RUNNING));
        } else if (host.memory() - host.memoryHeld() >= spec.memory()) {
            cluster.running(spec, host.id().value());
        } else {
            cluster.off(spec);
        }
    }

    private VmSpec spec(String name, SplittableRandom random) {
        VmSpec spec = Specs.of(name, 1L + random.nextInt(6));
        return switch (random.nextInt(8)) {
            case 0 -> Specs.fixed(spec);
            case 1 -> Specs.onlyOn(spec, any(random), any(random));
            case 2, 3 -> Specs.prefers(spec, any(random), any(random));
            default -> spec;
        };
    }

    private String any(SplittableRandom random) {
        return hosts.get(random.nextInt(hosts.size()));
    }
}
