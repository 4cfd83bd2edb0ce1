package io.drover.sim.lab;

import io.drover.sim.shell.ClusterPlan;

/**
 * How much smaller everything is in the laboratory than in a scenario: the smallest VM becomes a guest that just counts,
 * and all other memory, of VMs and nodes, shrinks by the same factor, so that what fits where stays the same.
 *
 * @param factor at least 1
 */
record Scale(long factor) {
    /** The least that the guest which counts needs. */
    static final long GUEST = 8L << 20;

    static Scale of(ClusterPlan plan) {
        long smallest =
                plan.vms().stream().mapToLong(vm -> vm.spec().memory()).min().orElse(GUEST);
        return new Scale(Math.max(1, smallest / GUEST));
    }

    /** Bytes here, a whole number of MiB. */
    long scaled(long bytes) {
        long mebibyte = 1L << 20;
        return Math.max(mebibyte, bytes / factor / mebibyte * mebibyte);
    }
}
