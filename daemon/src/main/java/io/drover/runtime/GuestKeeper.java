package io.drover.runtime;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.Duties;
import io.drover.engine.agent.Duty;
import io.drover.engine.agent.LocalGuest;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.Hypervisor;
import io.drover.model.Assignments;
import io.drover.model.ClusterSettings;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's guests as their records want them: reads the records that the node's assignments name, looks at the
 * hypervisor, asks {@link Duties} what is next for each VM, and does it, one thing at a time for each VM. All methods run
 * on the event loop.
 */
public final class GuestKeeper {
    /** The hypervisor is looked at this often; after each deed it is looked at anyway. */
    private static final Duration POLL = Duration.ofSeconds(1);

    /** Records of guests that no assignment names are read again this often. */
    private static final Duration STRANGERS = Duration.ofSeconds(10);

    /** A deed that failed is not tried again before. */
    private static final Duration BACK_OFF = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(GuestKeeper.class);

    private final EventLoop loop;
    private final Workers workers;
    private final RecordStore store;
    private final Hypervisor hypervisor;
    private final InstantSource clock;
    private final NodeId self;
    private final Duties duties;
    private final Transfers migrations;
    private final DutyRunner runner;

    private final Map<VmId, Versioned<VmRecord>> records = new TreeMap<>();
    private final Map<VmId, LocalGuest> locals = new TreeMap<>();
    private final Map<VmId, GuestStatus> inventory = new TreeMap<>();
    private final Map<VmId, Long> revisions = new HashMap<>();
    private final Set<VmId> assigned = new HashSet<>();
    private final Set<VmId> busy = new HashSet<>();
    private final Set<VmId> reading = new HashSet<>();
    private final Set<VmId> readAgain = new HashSet<>();
    private final Map<VmId, Long> touched = new HashMap<>();
    private final Map<VmId, String> troubles = new TreeMap<>();

    private ClusterSettings settings = ClusterSettings.DEFAULTS;
    private long looks;
    private long lastLook;
    private boolean looking;
    private boolean looked;
    private boolean lookAgain;
    private boolean followed;
    private Runnable changed = () -> {};

    /** For one node in one incarnation. */
    public GuestKeeper(
            EventLoop loop,
            Workers workers,
            RecordStore store,
            Hypervisor hypervisor,
            InstantSource clock,
            Reasons reasons,
            NodeId self,
            long incarnation,
            Transfers migrations) {
        this.loop = loop;
        this.workers = workers;
        this.store = store;
        this.hypervisor = hypervisor;
        this.clock = clock;
        this.self = self;
        this.duties = new Duties(self, incarnation);
        this.migrations = migrations;
        this.runner = new DutyRunner(this, loop, workers, store, hypervisor, clock, reasons, self, duties, migrations);
    }

    /** Begins: watches the assignments and looks at the hypervisor. */
    public void start(Runnable onChange) {
        changed = onChange;
        look();
        loop.every(POLL, this::look);
        loop.every(
                STRANGERS,
                () -> inventory.keySet().stream()
                        .filter(vm -> !assigned.contains(vm))
                        .forEach(this::reread));
        store.watch(RecordKey.assignmentsOf(self), () -> loop.execute(this::readAssignments));
        store.watch(RecordKey.CONFIG, () -> loop.execute(this::readSettings));
    }

    private void readSettings() {
        loop.when(store.read(RecordKey.CONFIG), (found, failure) -> {
            if (failure == null) {
                settings = found.map(Versioned::value).orElse(ClusterSettings.DEFAULTS);
            }
        });
    }

    /** The cluster's settings, as last read. */
    public ClusterSettings settings() {
        return settings;
    }

    private void readAssignments() {
        loop.when(store.read(RecordKey.assignmentsOf(self)), (found, failure) -> {
            if (failure != null) {
                LOG.debug("the assignments could not be read: {}", failure.toString());
                loop.after(BACK_OFF, this::readAssignments);
                return;
            }
            follow(found.map(Versioned::value).orElse(Assignments.none(self)));
        });
    }

    private void follow(Assignments assignments) {
        if (!followed) {
            followed = true;
            migrations.startedWith(assignments.byVm().keySet());
        }
        Set<VmId> before = new HashSet<>(assigned);
        assigned.clear();
        assigned.addAll(assignments.byVm().keySet());
        assignments.byVm().forEach((vm, assignment) -> {
            Long known = revisions.put(vm, assignment.revision());
            Versioned<VmRecord> record = records.get(vm);
            boolean current = record != null && record.value().revision() >= assignment.revision();
            if (known == null || !current) {
                reread(vm);
            }
        });
        before.removeAll(assigned);
        before.forEach(vm -> {
            revisions.remove(vm);
            reread(vm);
        });
    }

    /** Reads one record again; a hint that comes meanwhile leads to one more reading. */
    public void reread(VmId vm) {
        if (!reading.add(vm)) {
            readAgain.add(vm);
            return;
        }
        loop.when(store.read(RecordKey.of(vm)), (found, failure) -> {
            reading.remove(vm);
            if (failure != null) {
                readAgain.remove(vm);
                loop.after(BACK_OFF, () -> reread(vm));
                return;
            }
            if (readAgain.remove(vm)) {
                reread(vm);
                return;
            }
            accept(vm, found);
        });
    }

    private void accept(VmId vm, Optional<Versioned<VmRecord>> found) {
        if (found.isEmpty()) {
            records.remove(vm);
            locals.remove(vm);
        } else {
            Versioned<VmRecord> known = records.get(vm);
            if (known == null || known.version() <= found.get().version()) {
                records.put(vm, found.get());
            }
            migrations.recordSeen(found.get());
        }
        reconcile(vm);
        changed.run();
    }

    /** Looks at the hypervisor now. */
    public void look() {
        if (looking) {
            lookAgain = true;
            return;
        }
        looking = true;
        lookAgain = false;
        long number = ++looks;
        loop.when(workers.call(hypervisor::guests), (found, failure) -> {
            looking = false;
            if (failure != null) {
                trouble(failure);
            } else {
                see(number, found);
            }
            if (lookAgain) {
                look();
            }
        });
    }

    private void trouble(Throwable failure) {
        LOG.warn("the hypervisor could not be looked at: {}", failure.getMessage());
    }

    private void see(long number, Collection<GuestStatus> found) {
        looked = true;
        lastLook = number;
        Set<VmId> affected = new HashSet<>(inventory.keySet());
        Map<VmId, GuestStatus> fresh = new TreeMap<>();
        found.forEach(status -> fresh.put(status.vm(), status));
        affected.addAll(fresh.keySet());
        for (VmId vm : affected) {
            // What was seen before the end of a deed says nothing about the time after it.
            if (busy.contains(vm) || touched.getOrDefault(vm, 0L) >= number) {
                continue;
            }
            touched.remove(vm);
            GuestStatus status = fresh.get(vm);
            if (status == null) {
                inventory.remove(vm);
            } else {
                inventory.put(vm, status);
                if (!records.containsKey(vm)) {
                    reread(vm);
                }
            }
        }
        List.copyOf(records.keySet()).forEach(this::reconcile);
        changed.run();
    }

    /** What the hypervisor said last of each guest. */
    public Collection<GuestStatus> inventory() {
        return List.copyOf(inventory.values());
    }

    /** Bytes that each guest holds. */
    Map<VmId, Long> memoryTaken() {
        Map<VmId, Long> taken = new TreeMap<>();
        inventory.values().forEach(status -> taken.put(status.vm(), status.memory()));
        return taken;
    }

    /** What the hypervisor said last of one guest. */
    Optional<GuestStatus> status(VmId vm) {
        return Optional.ofNullable(inventory.get(vm));
    }

    /** The record of a VM of this node, as last read. */
    public Optional<Versioned<VmRecord>> record(VmId vm) {
        return Optional.ofNullable(records.get(vm));
    }

    /** What is wrong with a VM here; empty if nothing is. */
    public String trouble(VmId vm) {
        return troubles.getOrDefault(vm, "");
    }

    /** Whether assignments and hypervisor have both been read. */
    public boolean hasLooked() {
        return looked;
    }

    private LocalGuest local(VmId vm) {
        Optional<GuestState> state = Optional.ofNullable(inventory.get(vm)).map(GuestStatus::state);
        return locals.getOrDefault(vm, LocalGuest.UNKNOWN).seenAs(state).withSession(migrations.hasSession(vm));
    }

    /** A migration of the VM has begun or ended here: looks again at everything about it. */
    public void migrationChanged(VmId vm) {
        touched.put(vm, looks);
        look();
        reread(vm);
        changed.run();
    }

    /** Does what is next for a VM, if anything is and nothing is under way. */
    void reconcile(VmId vm) {
        Versioned<VmRecord> record = records.get(vm);
        // After a deed or a migration, only a look that began later says anything.
        boolean blind = !looked || touched.getOrDefault(vm, 0L) >= lastLook;
        if (record == null || busy.contains(vm) || reading.contains(vm) || blind || !followed) {
            return;
        }
        LocalGuest guest = local(vm);
        if (guest.state().equals(Optional.of(GuestState.RUNNING))) {
            locals.put(vm, guest.withStartable(false));
        }
        Instant now = clock.instant();
        if (guest.notBefore().filter(now::isBefore).isPresent()) {
            return;
        }
        duties.next(record.value(), guest, settings, now).ifPresent(duty -> runner.perform(record, duty));
    }

    /** A record as this node has just written it. */
    void written(Versioned<VmRecord> record) {
        records.put(record.value().id(), record);
    }

    /** What is remembered of a VM here, changed. */
    void remember(VmId vm, UnaryOperator<LocalGuest> change) {
        locals.put(vm, change.apply(local(vm)));
    }

    /** Marks that something is being done about a VM, so that nothing else begins. */
    void begin(VmId vm) {
        busy.add(vm);
    }

    /** The deed has ended: what was seen of the guest before now is out of date. */
    void end(VmId vm) {
        touched.put(vm, looks);
        busy.remove(vm);
    }

    /** Something that left the guest as it was has ended. */
    void endReading(VmId vm) {
        busy.remove(vm);
    }

    /** Sets or clears what is wrong with a VM here. */
    void trouble(VmId vm, Optional<String> text) {
        text.ifPresentOrElse(now -> troubles.put(vm, now), () -> troubles.remove(vm));
    }

    /** What is to be done about a VM now, by what is known now. */
    Optional<Duty> duty(Versioned<VmRecord> record) {
        return duties.next(record.value(), local(record.value().id()), settings, clock.instant());
    }
}
