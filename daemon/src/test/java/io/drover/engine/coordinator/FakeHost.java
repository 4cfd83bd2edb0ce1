package io.drover.engine.coordinator;

import io.drover.engine.agent.Duties;
import io.drover.engine.agent.Duty;
import io.drover.engine.agent.LocalGuest;
import io.drover.model.FencingState;
import io.drover.model.GuestReport;
import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.LeaseState;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.NodeReport;
import io.drover.model.Phase;
import io.drover.model.ProbeStatus;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A host with an agent that follows its records by {@link Duties}, and with a script instead of a hypervisor. */
final class FakeHost {
    /** A move under way from this host. */
    private static final class Sending {
        private final Phase.Migrating migration;
        private final long targetIncarnation;
        private final MoveScript.End end;
        private int left;

        Sending(Phase.Migrating migration, long targetIncarnation, MoveScript.End end, int left) {
            this.migration = migration;
            this.targetIncarnation = targetIncarnation;
            this.end = end;
            this.left = left;
        }
    }

    private final ClusterModel cluster;
    private final NodeId id;
    private final long memory;
    private final TreeMap<VmId, GuestState> guests = new TreeMap<>();
    private final Map<VmId, Long> memoryOf = new HashMap<>();
    private final Map<VmId, String> complaints = new TreeMap<>();
    private final Map<VmId, LocalGuest> locals = new HashMap<>();
    private final TreeMap<VmId, Sending> sendings = new TreeMap<>();
    private final Set<VmId> shuttingDown = new HashSet<>();
    private List<String> networks = List.of("lan");
    private List<ProbeStatus> probes = List.of();
    private boolean inContact = true;
    private boolean leaving;
    private boolean isCut;
    private boolean isPowered = true;
    private boolean isFrozen;
    private boolean hasDevice;
    private final FakeLease lease;
    /** Guests that the lease holds, and no person. */
    private final Set<VmId> heldByLease = new TreeSet<>();

    private long incarnation = 1;
    private long sequence;
    private Duties duties;

    FakeHost(ClusterModel cluster, NodeId id, long memory) {
        this.cluster = cluster;
        this.id = id;
        this.memory = memory;
        this.duties = new Duties(id, incarnation, false);
        this.lease = new FakeLease(cluster, this);
    }

    NodeId id() {
        return id;
    }

    long incarnation() {
        return incarnation;
    }

    /** Whether it can reach the store, and the coordinator. */
    boolean inContact() {
        return inContact && isUp() && !isCut;
    }

    /** Whether its agent works. */
    boolean isUp() {
        return isPowered && !isFrozen;
    }

    /** In or out of contact with everybody, its voters included. */
    FakeHost cut(boolean isCut) {
        this.isCut = isCut;
        return this;
    }

    boolean isCut() {
        return isCut;
    }

    /** Its processes stand still, but its guests do not, until the guard acts in the agent's place. */
    FakeHost frozen(boolean isFrozen) {
        this.isFrozen = isFrozen;
        return this;
    }

    /** Power fails: everything is gone but the disk. */
    FakeHost powerOff() {
        isPowered = false;
        guests.values().removeIf(state -> state == GuestState.INCOMING);
        guests.replaceAll((vm, state) -> GuestState.OFF);
        sendings.clear();
        heldByLease.clear();
        return this;
    }

    /** Power is back, and the agent joins anew. */
    FakeHost powerOn() {
        isPowered = true;
        isFrozen = false;
        restartAgent();
        return this;
    }

    boolean isPowered() {
        return isPowered;
    }

    /** Has a fencing device. */
    FakeHost withDevice() {
        hasDevice = true;
        return this;
    }

    boolean hasDevice() {
        return hasDevice;
    }

    FakeLease lease() {
        return lease;
    }

    /** In or out of contact with the store and the coordinator; its guests go on. */
    FakeHost inContact(boolean inContact) {
        this.inContact = inContact;
        return this;
    }

    FakeHost networks(String... networks) {
        this.networks = List.of(networks);
        return this;
    }

    /** Its host shuts down, or does not after all. */
    FakeHost leaving(boolean leaving) {
        this.leaving = leaving;
        return this;
    }

    boolean isLeaving() {
        return leaving;
    }

    /** It has left: its record says so, and nothing executes there. */
    void gone() {
        powerOff();
        cluster.put(cluster.nodes().get(id).withFencing(FencingState.LEFT, "it left by itself"));
    }

    /** Its host is up again. */
    void back() {
        leaving = false;
        powerOn();
    }

    /** Has one probe say this from its next report on. */
    FakeHost health(HealthLevel level) {
        probes = List.of(new ProbeStatus("disk", level, "disk is at 99 %", ClusterModel.START));
        return this;
    }

    Optional<GuestState> guest(String vm) {
        return Optional.ofNullable(guests.get(new VmId(vm)));
    }

    /** What is wrong with a guest here. */
    FakeHost complains(String vm, String text) {
        complaints.put(new VmId(vm), text);
        return this;
    }

    /** Puts a guest there as if somebody had done so by hand. */
    FakeHost guest(String vm, GuestState state, long gib) {
        guests.put(new VmId(vm), state);
        memoryOf.put(new VmId(vm), gib << 30);
        return this;
    }

    /** Takes a guest away. */
    void forget(String vm) {
        guests.remove(new VmId(vm));
    }

    boolean isExecuting(VmId vm) {
        return guests.get(vm) == GuestState.RUNNING;
    }

    boolean isExecutingAnything() {
        return guests.containsValue(GuestState.RUNNING);
    }

    long memoryHeld() {
        return guests.entrySet().stream()
                .filter(guest -> guest.getValue() != GuestState.OFF && guest.getValue() != GuestState.SAVED)
                .mapToLong(guest -> memoryOf.get(guest.getKey()))
                .sum();
    }

    long memory() {
        return memory;
    }

    /** The agent's process ends and another begins; the guests go on. */
    void restartAgent() {
        incarnation++;
        duties = new Duties(id, incarnation, false);
        locals.clear();
        sendings.clear();
        shuttingDown.clear();
        lease.restart(incarnation);
        cluster.joinAgain(id);
    }

    /** The agent goes on, in a new incarnation, since nothing is promised to the old one any more. */
    private void joinAnew() {
        incarnation++;
        duties = new Duties(id, incarnation, false);
        locals.clear();
        sendings.clear();
        lease.joined(incarnation);
        cluster.joinAgain(id);
    }

    /** The host loses power and comes back. */
    void reboot() {
        guests.values().removeIf(state -> state == GuestState.INCOMING);
        guests.replaceAll((vm, state) -> GuestState.OFF);
        restartAgent();
    }

    NodeReport report() {
        List<GuestReport> said = guests.entrySet().stream()
                .map(guest -> new GuestReport(
                        guest.getKey(),
                        guest.getValue(),
                        memoryOf.get(guest.getKey()),
                        complaints.getOrDefault(guest.getKey(), ""),
                        Optional.empty()))
                .toList();
        return new NodeReport(
                id,
                incarnation,
                ++sequence,
                said,
                memory,
                memory - memoryHeld(),
                8,
                0.1,
                probes,
                networks,
                "test",
                id + ":7000",
                id + ":8000",
                lease.state(),
                lease.votersVersion(),
                lease.renewals(),
                leaving);
    }

    /** Whether a move of the VM from this host is under way. */
    boolean isSending(VmId vm) {
        return sendings.containsKey(vm);
    }

    /** Does what there is to do. */
    void act() {
        if (isUp()) {
            lease.renew();
        }
        if (isPowered) {
            obeyLease();
        }
        if (!inContact() || lease.state() != LeaseState.HELD) {
            return;
        }
        List.copyOf(sendings.keySet()).forEach(this::carryOn);
        Set<VmId> concerned = new TreeSet<>(guests.keySet());
        cluster.vms().values().stream()
                .filter(vm -> vm.phase().nodes().contains(id))
                .forEach(vm -> concerned.add(vm.id()));
        concerned.forEach(this::attend);
    }

    /** What the agent does, or the guard where the agent stands still. */
    private void obeyLease() {
        boolean isFenced = inContact() && cluster.nodes().get(id).fencing() != FencingState.CLEAR;
        if (inContact() && (isFenced || lease.isRevoked())) {
            holdEverything();
            joinAnew();
            lease.renew();
            return;
        }
        LeaseState state = lease.state();
        if (state == LeaseState.HELD) {
            resumeHeld();
            return;
        }
        holdEverything();
        if (state == LeaseState.GIVEN_UP) {
            heldByLease.forEach(vm -> guests.computeIfPresent(vm, (key, guest) -> GuestState.OFF));
            heldByLease.clear();
        }
    }

    private void holdEverything() {
        // While nothing executes here yet there is nothing to lose: a lease that was never held has no end.
        guests.replaceAll((vm, guest) -> {
            if (guest == GuestState.RUNNING) {
                heldByLease.add(vm);
                return GuestState.PAUSED;
            }
            return guest;
        });
    }

    private void resumeHeld() {
        for (VmId vm : List.copyOf(heldByLease)) {
            Optional<VmRecord> record = inContact() ? cluster.vm(vm) : Optional.empty();
            boolean isMine = record.filter(known -> known.phase().equals(new Phase.Placed(id, incarnation)))
                    .isPresent();
            if (isMine && guests.get(vm) == GuestState.PAUSED) {
                guests.put(vm, GuestState.RUNNING);
            }
            if (isMine || guests.get(vm) != GuestState.PAUSED) {
                heldByLease.remove(vm);
            }
        }
    }

    private void attend(VmId vm) {
        for (int i = 0; i < 8; i++) {
            Optional<VmRecord> record = cluster.vm(vm);
            if (record.isEmpty()) {
                return;
            }
            memoryOf.put(vm, record.get().spec().memory());
            Optional<Duty> duty = duties.next(record.get(), local(vm), cluster.settings(), cluster.now());
            if (duty.isEmpty() || !perform(record.get(), duty.get())) {
                return;
            }
        }
        throw new AssertionError("the agent of " + id + " does not come to rest about " + cluster.vm(vm));
    }

    private LocalGuest local(VmId vm) {
        boolean session = cluster.vm(vm)
                .filter(record -> record.phase() instanceof Phase.Migrating migrating
                        && migrating.nodes().contains(id)
                        && cluster.host(migrating.source()).isSending(vm)
                        && cluster.isLinked(this, cluster.host(migrating.source())))
                .isPresent();
        LocalGuest guest = locals.getOrDefault(vm, LocalGuest.UNKNOWN)
                .seenAs(Optional.ofNullable(guests.get(vm)))
                .withSession(session);
        if (guests.get(vm) == GuestState.RUNNING) {
            // It has run: the next time that it is found off is a failure.
            guest = guest.withStartable(false);
            locals.put(vm, guest);
        }
        return guest;
    }

    /** Returns whether there may be more to do. */
    private boolean perform(VmRecord record, Duty duty) {
        VmId vm = record.id();
        if (duty instanceof Duty.Store write) {
            boolean counted = write.next().failures().size() > record.failures().size();
            if (counted || record.phase() instanceof Phase.Assigned) {
                locals.put(vm, local(vm).withStartable(true));
            }
            cluster.store(write.next());
        } else if (duty instanceof Duty.Start) {
            return start(record);
        } else if (duty instanceof Duty.Restore) {
            guests.put(vm, GuestState.RUNNING);
        } else if (duty instanceof Duty.Stop stop) {
            return stop(vm, stop.grace());
        } else if (duty instanceof Duty.TurnOffCopy) {
            if (guests.put(vm, GuestState.OFF) == GuestState.RUNNING) {
                cluster.copyTurnedOff(vm);
            }
        } else if (duty instanceof Duty.Forget) {
            guests.remove(vm);
        } else if (duty instanceof Duty.Send send) {
            send(record, send.migration());
        } else if (duty instanceof Duty.MoveStorage) {
            // It takes its time; the test says how it ends.
            return false;
        } else if (duty instanceof Duty.Recover) {
            if (record.phase() instanceof Phase.Migrating migration) {
                return recover(record, migration);
            }
            // What a migration has left here belongs to somebody else.
            guests.remove(vm);
        }
        return true;
    }

    private boolean start(VmRecord record) {
        VmId vm = record.id();
        if (cluster.failsToStart(vm, id)) {
            Instant later = cluster.now().plusSeconds(2);
            locals.put(vm, local(vm).withStartable(true).withNotBefore(later));
            cluster.store(
                    duties.failed(record, "its disk is missing", cluster.now()).next());
            return false;
        }
        guests.put(vm, GuestState.RUNNING);
        return true;
    }

    /** A guest that listens is off at the next look. */
    private boolean stop(VmId vm, Duration grace) {
        if (cluster.isUnstoppable(vm)) {
            return false;
        }
        boolean wait = !grace.isZero() && (cluster.isDeaf(vm) || shuttingDown.add(vm));
        if (wait) {
            return false;
        }
        shuttingDown.remove(vm);
        guests.put(vm, GuestState.OFF);
        return true;
    }

    private void send(VmRecord record, Phase.Migrating migration) {
        VmId vm = record.id();
        locals.put(vm, local(vm).withSeen(new LocalGuest.Attempt(migration.operation(), migration.attempt())));
        FakeHost target = cluster.host(migration.target());
        MoveScript.End end = cluster.moves().end(vm, id, target.id(), migration.attempt());
        if (!target.inContact() || target.lease.state() != LeaseState.HELD) {
            takeBack(record, migration, MigrationResult.Outcome.FAILED, target.id() + " does not answer", true);
        } else if (end == MoveScript.End.BUSY) {
            takeBack(record, migration, MigrationResult.Outcome.FAILED, target.id() + " is busy", true);
        } else if (end == MoveScript.End.REFUSES) {
            takeBack(
                    record,
                    migration,
                    MigrationResult.Outcome.FAILED,
                    target.id() + " lacks a processor feature",
                    false);
        } else {
            target.guests.put(vm, GuestState.INCOMING);
            target.memoryOf.put(vm, record.spec().memory());
            sendings.put(vm, new Sending(migration, target.incarnation, end, cluster.roundsOfMove()));
        }
    }

    private void carryOn(VmId vm) {
        Sending sending = sendings.get(vm);
        Phase.Migrating migration = sending.migration;
        Optional<VmRecord> record = cluster.vm(vm).filter(known -> known.phase().equals(migration));
        if (record.isEmpty()) {
            sendings.remove(vm);
            return;
        }
        FakeHost target = cluster.host(migration.target());
        boolean broken = !target.inContact()
                || target.incarnation != sending.targetIncarnation
                || target.guests.get(vm) != GuestState.INCOMING
                || guests.get(vm) != GuestState.RUNNING;
        if (cluster.isToBeCancelled(migration, vm)) {
            takeBack(record.get(), migration, MigrationResult.Outcome.CANCELLED, "cancelled as asked", true);
        } else if (broken) {
            takeBack(record.get(), migration, MigrationResult.Outcome.FAILED, target.id() + " went away", true);
        } else if (sending.end != MoveScript.End.HANGS && --sending.left <= 0) {
            finish(record.get(), sending, target);
        }
    }

    private void finish(VmRecord record, Sending sending, FakeHost target) {
        if (sending.end == MoveScript.End.BREAKS) {
            takeBack(record, sending.migration, MigrationResult.Outcome.FAILED, "the stream broke off", true);
            return;
        }
        if (sending.end == MoveScript.End.VANISHES) {
            guests.remove(record.id());
            target.guests.remove(record.id());
            takeBack(record, sending.migration, MigrationResult.Outcome.LOST, "neither host has it", false);
            return;
        }
        sendings.remove(record.id());
        guests.remove(record.id());
        target.guests.put(record.id(), GuestState.RUNNING);
        MigrationResult result = new MigrationResult(
                sending.migration.operation(),
                sending.migration.attempt(),
                id,
                target.id,
                MigrationResult.Outcome.SUCCEEDED,
                "",
                "",
                true,
                Duration.ofMillis(12),
                Duration.ofSeconds(1),
                Duration.ofMillis(900),
                record.spec().memory());
        cluster.store(record.arrivedAt(target.id, target.incarnation, result));
    }

    private boolean recover(VmRecord record, Phase.Migrating migration) {
        if (!migration.source().equals(id)) {
            return note(record, migration);
        }
        takeBack(record, migration, MigrationResult.Outcome.FAILED, "the agent of " + id + " was restarted", true);
        return true;
    }

    /** A target whose source is gone destroys what it has, and says so in the record. */
    private boolean note(VmRecord record, Phase.Migrating migration) {
        boolean isNoted = record.lastMigration()
                .filter(last -> last.operation().equals(migration.operation()) && last.attempt() == migration.attempt())
                .isPresent();
        if (isNoted || cluster.isLinked(this, cluster.host(migration.source()))) {
            return false;
        }
        guests.remove(record.id());
        cluster.store(record.withLastMigration(MigrationResult.notMoved(
                migration, MigrationResult.Outcome.FAILED, "nothing heard from the source", "drover node list", true)));
        return true;
    }

    private void takeBack(
            VmRecord record,
            Phase.Migrating migration,
            MigrationResult.Outcome outcome,
            String reason,
            boolean retryable) {
        sendings.remove(record.id());
        cluster.store(record.takenBackBy(
                id,
                incarnation,
                MigrationResult.notMoved(migration, outcome, reason, "look at the target", retryable)));
    }
}
