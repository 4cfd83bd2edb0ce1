/**
 * The benchmarks. They measure the product as an operator runs it: they start {@code drover} itself, as processes, and
 * ask it over gRPC. What they need of the system besides (the memory of a process, QEMU) they read on Linux only.
 */
@NullMarked
package io.drover.sim.bench;

import org.jspecify.annotations.NullMarked;
