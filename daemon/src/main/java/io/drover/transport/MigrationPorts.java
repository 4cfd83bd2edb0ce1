package io.drover.transport;

import io.drover.coordination.RecordStore;
import io.drover.hypervisor.Hypervisor;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What migrations work with.
 *
 * @param records the records
 * @param hypervisor this host's
 * @param host what there is to know of this node
 * @param events told of what happens
 * @param loop runs one thing at a time, in order; never blocked by migrations
 * @param worker runs what blocks, several at a time
 * @param timer for ticks; never blocked by migrations
 * @param clock for people only
 */
public record MigrationPorts(
        RecordStore records,
        Hypervisor hypervisor,
        MigrationHost host,
        MigrationEvents events,
        Executor loop,
        Executor worker,
        ScheduledExecutorService timer,
        InstantSource clock) {}
