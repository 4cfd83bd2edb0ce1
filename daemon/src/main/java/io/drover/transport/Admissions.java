package io.drover.transport;

import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.engine.migration.AdmissionControl;
import io.drover.engine.migration.MigrationOffer;
import io.drover.engine.migration.Refusal;
import io.drover.engine.migration.RefusalCause;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HypervisorException;
import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Answers offers: gathers what has to be known, off the loop, and lets the engine judge it, on the loop, so that two
 * offers cannot be promised the same memory.
 */
final class Admissions {
    // The coordination service may show the source's record to this node a little later.
    private static final Duration RECORD_PATIENCE = Duration.ofSeconds(2);
    private static final Duration RECORD_RETRY = Duration.ofMillis(20);
    private static final int UNDER_WAY_MAX = 64;
    private static final int SPENT_MAX = 4096;

    private final MigrationPorts ports;
    private final Standing standing;
    private final Set<VmId> underWay = new HashSet<>();

    // An attempt has at most one session on its target, ever: one that ended may have left its note already.
    private final Set<Spent> spent = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Spent, Boolean> eldest) {
            return size() > SPENT_MAX;
        }
    });

    private record Spent(VmId vm, OperationId operation, int attempt) {}

    /** What is going on here, asked on the loop. */
    interface Standing {
        boolean hasSession(VmId vm);

        int slotsInUse();

        long memoryPromised(Map<VmId, Long> taken);

        /** Takes the guest. */
        void admit(MigrationOffer offer, Versioned<VmRecord> record, TargetStream stream);

        void refused(VmId vm, Refusal refusal);
    }

    /** What was gathered off the loop. */
    private record Gathered(long memoryAvailable, List<GuestStatus> guests, List<DiskSpec> unreachable) {}

    Admissions(MigrationPorts ports, Standing standing) {
        this.ports = ports;
        this.standing = standing;
    }

    /**
     * From now on no offer of this attempt is taken; whether none has been. From any thread: it cannot fall between an
     * admission and its session.
     */
    boolean spend(VmId vm, OperationId operation, int attempt) {
        synchronized (spent) {
            spent.add(new Spent(vm, operation, attempt));
            return !standing.hasSession(vm);
        }
    }

    private boolean isSpent(MigrationOffer offer) {
        synchronized (spent) {
            return spent.contains(new Spent(offer.spec().id(), offer.operation(), offer.attempt()));
        }
    }

    /** Answers an offer, now or soon. On the loop. */
    void offered(MigrationOffer offer, TargetStream stream) {
        VmId vm = offer.spec().id();
        if (isSpent(offer)) {
            refuse(vm, stream, voided(offer));
        } else if (standing.hasSession(vm) || underWay.contains(vm)) {
            refuse(
                    vm,
                    stream,
                    busy(
                            RefusalCause.NOT_ACCEPTING,
                            "node " + self() + " still deals with another migration of VM '" + vm + "'"));
        } else if (underWay.size() >= UNDER_WAY_MAX) {
            refuse(
                    vm,
                    stream,
                    busy(RefusalCause.NO_SLOT, "node " + self() + " has " + underWay.size() + " offers to answer"));
        } else {
            underWay.add(vm);
            read(offer, stream, System.nanoTime() + RECORD_PATIENCE.toNanos());
        }
    }

    private void read(MigrationOffer offer, TargetStream stream, long patienceEndsNanos) {
        RecordKey<VmRecord> key = RecordKey.of(offer.spec().id());
        ports.records()
                .read(key)
                .whenComplete((found, failure) -> ports.loop().execute(() -> {
                    if (failure != null) {
                        settle(
                                offer,
                                stream,
                                busy(
                                        RefusalCause.STALE_RECORD,
                                        "node " + self() + " cannot read the record: "
                                                + MigrationSession.textOf(failure)));
                        return;
                    }
                    boolean isPatient = System.nanoTime() - patienceEndsNanos < 0 && !stream.isOver();
                    if (isPatient && AdmissionControl.isBehind(offer, found.map(Versioned::value))) {
                        readLater(offer, stream, patienceEndsNanos);
                    } else {
                        ports.worker().execute(() -> gather(offer, found, stream));
                    }
                }));
    }

    private void readLater(MigrationOffer offer, TargetStream stream, long patienceEndsNanos) {
        CompletableFuture.delayedExecutor(RECORD_RETRY.toMillis(), TimeUnit.MILLISECONDS, ports.loop())
                .execute(() -> read(offer, stream, patienceEndsNanos));
    }

    // Runs on the worker.
    private void gather(MigrationOffer offer, Optional<Versioned<VmRecord>> record, TargetStream stream) {
        try {
            StoragePlan plan = record.map(found -> storageOf(found.value())).orElse(StoragePlan.NONE);
            Gathered gathered = gathered(offer, plan);
            ports.loop().execute(() -> judge(offer, record, gathered, stream));
        } catch (HypervisorException e) {
            Refusal refusal = new Refusal(
                    RefusalCause.HYPERVISOR_FAILED,
                    "the hypervisor of node " + self() + " does not answer: " + MigrationSession.textOf(e),
                    e.remedy(),
                    true);
            ports.loop().execute(() -> settle(offer, stream, refusal));
        }
    }

    private Gathered gathered(MigrationOffer offer, StoragePlan plan) {
        // What comes along is where only the source reaches it; whether its new place can be reached, hosts say.
        List<DiskSpec> unreachable = offer.spec().disks().stream()
                .filter(disk -> plan.place(disk.path()).equals(disk.path()))
                .filter(disk -> !ports.host().isReachable(disk))
                .toList();
        return new Gathered(ports.host().memoryAvailable(), ports.hypervisor().guests(), unreachable);
    }

    /**
     * All that would stand in the way of an offer that nobody makes; nothing is kept of it. On the worker; the stage ends
     * on the loop.
     *
     * @throws HypervisorException if the hypervisor cannot be asked
     */
    CompletionStage<List<Refusal>> examine(MigrationOffer offer, StoragePlan plan) {
        Gathered gathered = gathered(offer, plan);
        return CompletableFuture.supplyAsync(
                () -> AdmissionControl.objections(offer, target(offer, gathered)), ports.loop());
    }

    private static StoragePlan storageOf(VmRecord record) {
        return record.phase() instanceof Phase.Migrating migrating ? migrating.storage() : StoragePlan.NONE;
    }

    private void judge(
            MigrationOffer offer, Optional<Versioned<VmRecord>> record, Gathered gathered, TargetStream stream) {
        VmId vm = offer.spec().id();
        Optional<Refusal> refusal =
                AdmissionControl.refusal(offer, record.map(Versioned::value), target(offer, gathered));
        if (refusal.isPresent()) {
            settle(offer, stream, refusal.get());
            return;
        }
        synchronized (spent) {
            if (isSpent(offer)) {
                settle(offer, stream, voided(offer));
                return;
            }
            underWay.remove(vm);
            if (!stream.isOver()) {
                spent.add(new Spent(vm, offer.operation(), offer.attempt()));
                standing.admit(offer, record.orElseThrow(), stream);
            }
        }
    }

    private Refusal voided(MigrationOffer offer) {
        return busy(
                RefusalCause.STALE_RECORD,
                "attempt " + offer.attempt() + " of operation " + offer.operation() + " is void on node " + self()
                        + ": it has been tried here, or the agent was restarted since");
    }

    private AdmissionControl.Target target(MigrationOffer offer, Gathered gathered) {
        HostFacts facts = ports.host().facts();
        Map<VmId, Long> taken = gathered.guests().stream()
                .collect(Collectors.toMap(GuestStatus::vm, GuestStatus::memory, (one, other) -> one));
        Optional<GuestState> present = gathered.guests().stream()
                .filter(guest -> guest.vm().equals(offer.spec().id()))
                .map(GuestStatus::state)
                .findFirst();
        return new AdmissionControl.Target(
                self(),
                ports.host().notAccepting(),
                ports.host().isLeaseHeld(),
                standing.slotsInUse(),
                ports.host().settings().migrationsPerNode(),
                gathered.memoryAvailable(),
                standing.memoryPromised(taken),
                facts.transport(),
                facts.machine(),
                Set.copyOf(facts.cpuFeatures()),
                Set.copyOf(facts.networks()),
                gathered.unreachable(),
                present);
    }

    private void settle(MigrationOffer offer, TargetStream stream, Refusal refusal) {
        underWay.remove(offer.spec().id());
        refuse(offer.spec().id(), stream, refusal);
    }

    private void refuse(VmId vm, TargetStream stream, Refusal refusal) {
        stream.send(MigrationCodec.rejection(refusal));
        stream.end();
        standing.refused(vm, refusal);
    }

    private NodeId self() {
        return ports.host().node();
    }

    private static Refusal busy(RefusalCause cause, String text) {
        return new Refusal(cause, text, "try again as a new attempt", true);
    }
}
