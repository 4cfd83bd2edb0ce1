package io.drover.sim.kernel;

import java.util.SplittableRandom;

/**
 * Chance from a seed. Each part of the world rolls its own, so that what one part does leaves the rolls of the others as
 * they were: a history from which a fault has been taken away stays alike in everything else for as long as it can.
 */
public final class Dice {
    private final long seed;
    private final SplittableRandom random;

    /** From a seed. */
    public Dice(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** Chance of its own for a part of the world; the same name gives the same. */
    public Dice of(String name) {
        long mixed = seed;
        for (int i = 0; i < name.length(); i++) {
            mixed = mixed * 0x9E3779B97F4A7C15L + name.charAt(i) + 1;
            mixed ^= mixed >>> 29;
        }
        return new Dice(mixed);
    }

    /** Whether something happens that has this probability, 0 to 1. */
    public boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** From {@code least} to {@code most}, both included. */
    public long between(long least, long most) {
        return least >= most ? least : least + random.nextLong(most - least + 1);
    }

    /** From 0 to {@code bound}, which is not included. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** From 0 to 1. */
    public double share() {
        return random.nextDouble();
    }
}
