package io.drover.transport;

import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.coordination.codec.StorageCodec;
import io.drover.engine.migration.MigrationOffer;
import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.model.NodeId;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import io.drover.proto.v1.CheckGuestRequest;
import io.drover.proto.v1.CheckGuestResponse;
import io.drover.proto.v1.CheckMigrationRequest;
import io.drover.proto.v1.CheckMigrationResponse;
import io.drover.proto.v1.CheckReceptionRequest;
import io.drover.proto.v1.CheckReceptionResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Says what a move would meet, without beginning it: the source asks the target, as an offer would, and then its own
 * hypervisor. Nothing is admitted, promised or kept. Any thread.
 */
final class MoveChecks {
    /** Checks that are answered at a time, in either role: each has a worker for seconds. */
    static final int AT_A_TIME = 6;

    private static final Duration LONGEST = Duration.ofSeconds(15);

    /** Kept of a caller's deadline for the way back. */
    private static final Duration WAY_BACK = Duration.ofSeconds(1);

    private final MigrationPorts ports;
    private final TargetInquiries inquiries;
    private final Admissions admissions;
    private final Semaphore free = new Semaphore(AT_A_TIME);

    MoveChecks(MigrationPorts ports, TargetInquiries inquiries, Admissions admissions) {
        this.ports = ports;
        this.inquiries = inquiries;
        this.admissions = admissions;
    }

    // ---- source

    void checkMigration(CheckMigrationRequest request, StreamObserver<CheckMigrationResponse> out) {
        long end = System.nanoTime() + timeLeft().toNanos();
        answer(out, () -> {
            TargetInquiries.Question question = new TargetInquiries.Question(
                    new VmId(request.getVm()),
                    new NodeId(request.getTarget()),
                    StorageCodec.fromProto(request.getStorage()),
                    TargetInquiries.Step.NONE,
                    end);
            return ports.records()
                    .read(RecordKey.of(question.vm()))
                    .thenApplyAsync(found -> objections(question, found), ports.worker())
                    .thenApply(found -> CheckMigrationResponse.newBuilder()
                            .addAllObjections(ObjectionCodec.toWire(question.vm(), self(), question.target(), found))
                            .build());
        });
    }

    private static Duration timeLeft() {
        Deadline deadline = Context.current().getDeadline();
        Duration left = deadline == null
                ? LONGEST
                : Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)).minus(WAY_BACK);
        return left.compareTo(LONGEST) > 0 ? LONGEST : left;
    }

    private List<Objection> objections(TargetInquiries.Question question, Optional<Versioned<VmRecord>> found) {
        if (found.isEmpty()) {
            return List.of(Objection.blocking(
                    "NOT_FOUND", "the record of VM '" + question.vm() + "' does not exist", "drover vm list"));
        }
        VmSpec vm = found.get().value().spec();
        if (question.target().equals(self())) {
            return asked(vm, Optional.empty(), question);
        }
        Reception there = inquiries.reception(vm, question);
        List<Objection> here = there.endpoint().isEmpty() ? List.of() : asked(vm, Optional.of(there), question);
        return together(here, there.objections());
    }

    /** What this node's hypervisor says, which asks the target's where it can. */
    private List<Objection> asked(VmSpec vm, Optional<Reception> target, TargetInquiries.Question question) {
        List<Objection> there = new ArrayList<>();
        Counterpart counterpart = guest -> {
            List<Objection> found = said(question.target(), inquiries.compared(question, guest));
            there.addAll(found);
            return found;
        };
        try {
            LiveMigration migration = ports.hypervisor().migration();
            return migration.check(vm, target, question.plan(), counterpart, question.left()).stream()
                    .map(each -> there.contains(each) ? each : said(self(), each))
                    .toList();
        } catch (HypervisorException e) {
            return List.of(silent(e));
        }
    }

    // ---- target

    void checkReception(CheckReceptionRequest request, StreamObserver<CheckReceptionResponse> out) {
        answer(out, () -> {
            MigrationOffer offer = OfferCodec.fromWire(request.getOffer());
            StoragePlan plan = StorageCodec.fromProto(request.getStorage());
            return CompletableFuture.supplyAsync(() -> examined(offer, plan, request), ports.worker())
                    .thenCompose(stage -> stage)
                    .thenApply(ObjectionCodec::toWire);
        });
    }

    private CompletionStage<Reception> examined(MigrationOffer offer, StoragePlan plan, CheckReceptionRequest request) {
        try {
            makeReady(offer.spec(), request);
        } catch (HypervisorException e) {
            Objection why =
                    Objection.blocking(Objection.NOT_KNOWN, self() + ": " + MigrationSession.textOf(e), e.remedy());
            return CompletableFuture.completedFuture(new Reception("", "", List.of(), List.of(why)));
        }
        try {
            Reception host = ports.hypervisor().migration().examine(offer.spec(), plan);
            return admissions.examine(offer, plan).thenApply(refusals -> {
                List<Objection> own = refusals.stream().map(ObjectionCodec::of).toList();
                return new Reception(
                        host.endpoint(),
                        host.processors(),
                        host.networks(),
                        together(own, said(self(), host.objections())));
            });
        } catch (HypervisorException e) {
            return CompletableFuture.completedFuture(new Reception("", "", List.of(), List.of(silent(e))));
        }
    }

    /** What is about to come, this node's hypervisor has to know; nothing else changes anything. */
    private void makeReady(VmSpec vm, CheckReceptionRequest request) {
        LiveMigration migration = ports.hypervisor().migration();
        if (request.getRegistration()) {
            migration.expect(vm);
        } else if (request.getPrepared()) {
            migration.fit(vm);
        }
    }

    void checkGuest(CheckGuestRequest request, StreamObserver<CheckGuestResponse> out) {
        answer(out, () -> {
            int size = request.getGuest().size();
            if (size == 0 || size > Counterpart.BYTES_MAX) {
                throw new IllegalArgumentException("what is said of VM '" + request.getVm() + "' has " + size
                        + " bytes (expected: from 1 to " + Counterpart.BYTES_MAX + ")");
            }
            byte[] guest = request.getGuest().toByteArray();
            return CompletableFuture.supplyAsync(
                            () -> ports.hypervisor().migration().compare(guest), ports.worker())
                    .thenApply(ObjectionCodec::toWire);
        });
    }

    // ---- both

    private Objection silent(HypervisorException failure) {
        return Objection.notKnown(
                "the hypervisor of node " + self() + " does not say: " + MigrationSession.textOf(failure),
                failure.remedy());
    }

    /** With the name of the node whose hypervisor says it. */
    private static List<Objection> said(NodeId by, List<Objection> objections) {
        return objections.stream().map(each -> said(by, each)).toList();
    }

    private static Objection said(NodeId by, Objection objection) {
        return new Objection(
                objection.problem(), by + ": " + objection.text(), objection.remedy(), objection.severity());
    }

    /** What two say of one move: a problem that the first names is not told by the second once more. */
    private static List<Objection> together(List<Objection> first, List<Objection> second) {
        List<Objection> all = new ArrayList<>(first);
        second.stream()
                .filter(each -> each.problem().equals(Objection.NOT_KNOWN)
                        || first.stream().noneMatch(told -> told.problem().equals(each.problem())))
                .forEach(all::add);
        return List.copyOf(all);
    }

    private <T> void answer(StreamObserver<T> out, Supplier<CompletionStage<T>> work) {
        if (!free.tryAcquire()) {
            out.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("node " + self() + " answers " + AT_A_TIME + " questions about moves already")
                    .asRuntimeException());
            return;
        }
        CompletionStage<T> stage;
        try {
            stage = work.get();
        } catch (IllegalArgumentException | RejectedExecutionException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        stage.whenComplete((answer, failure) -> {
            free.release();
            if (failure == null) {
                out.onNext(answer);
                out.onCompleted();
            } else {
                out.onError(status(failure).asRuntimeException());
            }
        });
    }

    private static Status status(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Status status = cause instanceof IllegalArgumentException ? Status.INVALID_ARGUMENT : Status.UNAVAILABLE;
        return status.withDescription(MigrationSession.textOf(cause));
    }

    private NodeId self() {
        return ports.host().node();
    }
}
