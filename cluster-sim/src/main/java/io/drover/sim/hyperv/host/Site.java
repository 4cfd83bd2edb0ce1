package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.schema.Schema;
import io.drover.sim.hyperv.storage.SharedStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All emulated hosts, and what is between them. Everything in it happens while its lock is held; methods of hosts that say
 * so take it themselves.
 */
public final class Site {
    private final Object lock;
    private final Timeline timeline;
    private final SharedStorage storage;
    private final Schema schema;
    private final Texts texts;
    private final Duration tickEvery;
    private final List<EmulatedHost> hosts = new ArrayList<>();
    private MigrationNetwork network = new MigrationNetwork(1000, 100);
    private boolean isClosed;

    /**
     * Without hosts yet.
     *
     * @param lock that of the timeline too
     * @param language of what hosts say, such as {@code en-US}
     * @param tickEvery how often guests write to their disks
     */
    public Site(
            Object lock, Timeline timeline, SharedStorage storage, Schema schema, String language, Duration tickEvery) {
        this.lock = lock;
        this.timeline = timeline;
        this.storage = storage;
        this.schema = schema;
        this.texts = new Texts(language);
        this.tickEvery = tickEvery;
        timeline.after(tickEvery, this::tick);
    }

    private void tick() {
        if (!isClosed) {
            hosts.forEach(EmulatedHost::tick);
            timeline.after(tickEvery, this::tick);
        }
    }

    /** Puts a host up. */
    public EmulatedHost add(HostShape shape) {
        synchronized (lock) {
            EmulatedHost host = new EmulatedHost(this, shape);
            hosts.add(host);
            return host;
        }
    }

    /** Stops guests from writing. */
    public void close() {
        synchronized (lock) {
            isClosed = true;
        }
    }

    /** Held by whoever looks into the site or changes it. */
    public Object lock() {
        return lock;
    }

    /** Its clock. */
    public Timeline timeline() {
        return timeline;
    }

    /** The files. */
    public SharedStorage storage() {
        return storage;
    }

    /** The classes. */
    public Schema schema() {
        return schema;
    }

    /** The language of what hosts say. */
    public String language() {
        return texts.language();
    }

    Texts texts() {
        return texts;
    }

    /** Changes the network over which VMs move, for what starts from now on. */
    public void network(MigrationNetwork changed) {
        synchronized (lock) {
            network = changed;
        }
    }

    MigrationNetwork network() {
        return network;
    }

    /** All hosts, by name. */
    public List<EmulatedHost> hosts() {
        return hosts.stream()
                .sorted(Comparator.comparing(each -> each.shape().name()))
                .toList();
    }

    /** The host that a text means: its name, with or without domain, or its address for migrations. */
    public Optional<EmulatedHost> find(String text) {
        return hosts.stream().filter(each -> each.shape().isMeantBy(text)).findFirst();
    }
}
