package io.drover.transport;

import com.google.protobuf.ByteString;
import io.drover.coordination.codec.StorageCodec;
import io.drover.engine.migration.MigrationOffer;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.proto.v1.CheckGuestRequest;
import io.drover.proto.v1.CheckReceptionRequest;
import io.drover.proto.v1.MigrationServiceGrpc;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the source of a move asks the agent of its target, and has it do. Blocks; any thread but the loop. */
final class TargetInquiries {
    private static final int RESPONSE_BYTES_MAX = 256 << 10;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration HAND_OVER = Duration.ofMinutes(2);
    private static final Duration TARGET = Duration.ofSeconds(6);
    /** A name that no operation has. */
    private static final OperationId NOBODY = new OperationId("dry-run");

    private final MigrationPorts ports;
    private final Channels channels;

    TargetInquiries(MigrationPorts ports, Channels channels) {
        this.ports = ports;
        this.channels = channels;
    }

    /**
     * What is asked about one move.
     *
     * @param step how far that is
     */
    record Question(VmId vm, NodeId target, StoragePlan plan, Step step, long endNanos) {
        Duration left() {
            Duration left = Duration.ofNanos(endNanos - System.nanoTime());
            return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
        }
    }

    /** How far the move is about which a target is asked. */
    enum Step {
        /** Nobody makes one. */
        NONE,
        /** The VM is off, and its registration is about to go. */
        REGISTRATION,
        /** The VM runs, and its hypervisor has prepared it at the target. */
        PREPARED
    }

    /** What the target's hypervisor has against a guest, by what this node's says of it. */
    List<Objection> compared(Question question, byte[] guest) {
        NodeId target = question.target();
        String address = ports.host()
                .address(target)
                .orElseThrow(() -> silentTarget(target, "it has no session, so that it cannot be reached"));
        CheckGuestRequest request = CheckGuestRequest.newBuilder()
                .setVm(question.vm().value())
                .setGuest(ByteString.copyFrom(guest))
                .build();
        try {
            return ObjectionCodec.fromWire(MigrationServiceGrpc.newBlockingStub(channels.to(address))
                    .withDeadlineAfter(within(question).toMillis(), TimeUnit.MILLISECONDS)
                    .withMaxInboundMessageSize(RESPONSE_BYTES_MAX)
                    .checkGuest(request)
                    .getObjectionsList());
        } catch (StatusRuntimeException e) {
            String why = e.getStatus().getDescription();
            throw silentTarget(
                    target, "its agent does not compare: " + e.getStatus().getCode() + (why == null ? "" : ", " + why));
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw silentTarget(target, MigrationSession.textOf(e));
        }
    }

    private static HypervisorException silentTarget(NodeId target, String why) {
        return new HypervisorException(
                HypervisorException.Kind.UNREACHABLE,
                "node " + target + ": " + why,
                "run the same version of Drover on all nodes, and look at it with: drover node show " + target);
    }

    private static Duration within(Question question) {
        return question.left().compareTo(TARGET) < 0 ? question.left() : TARGET;
    }

    /** What the target says; a target that does not answer is an objection too. */
    Reception reception(VmSpec vm, Question question) {
        Optional<String> address = ports.host().address(question.target());
        if (address.isEmpty()) {
            return unknown(question.target(), "it has no session, so that it cannot be reached");
        }
        CheckReceptionRequest request = CheckReceptionRequest.newBuilder()
                .setOffer(OfferCodec.toWire(offer(vm)))
                .setStorage(StorageCodec.toProto(question.plan()))
                .setRegistration(question.step() == Step.REGISTRATION)
                .setPrepared(question.step() == Step.PREPARED)
                .build();
        try {
            return ObjectionCodec.fromWire(MigrationServiceGrpc.newBlockingStub(channels.to(address.get()))
                    .withDeadlineAfter(within(question).toMillis(), TimeUnit.MILLISECONDS)
                    .withMaxInboundMessageSize(RESPONSE_BYTES_MAX)
                    .checkReception(request));
        } catch (StatusRuntimeException e) {
            return unknown(
                    question.target(),
                    "its agent does not answer: " + e.getStatus().getCode());
        } catch (IllegalStateException | IllegalArgumentException e) {
            return unknown(question.target(), MigrationSession.textOf(e));
        }
    }

    /**
     * Hands the registration of a VM that is off here over to another node's host, once that has been told and has said
     * whether it has the VM already. Blocks.
     */
    void handOver(VmSpec vm, NodeId owner) {
        if (!ports.hypervisor().migration().isHeld(vm)) {
            return; // A target that is told of a registration waits for it.
        }
        ports.hypervisor().migration().handOver(vm, () -> told(vm, owner, Step.REGISTRATION), HAND_OVER);
    }

    /**
     * Has another node's host fit what this one has prepared there of a VM that it sends. Blocks.
     *
     * @throws HypervisorException if it does not fit, or nobody can say
     */
    void fit(VmSpec vm, NodeId target) {
        Reception there = told(vm, target, Step.PREPARED);
        if (there.endpoint().isEmpty()) {
            throw new HypervisorException(
                    HypervisorException.Kind.UNREACHABLE,
                    there.reasons(),
                    there.objections().stream()
                            .map(Objection::remedy)
                            .findFirst()
                            .orElse(""));
        }
    }

    private Reception told(VmSpec vm, NodeId target, Step step) {
        long end = System.nanoTime() + TARGET.toNanos();
        return reception(vm, new Question(vm.id(), target, StoragePlan.NONE, step, end));
    }

    private static Reception unknown(NodeId target, String why) {
        return new Reception(
                "",
                "",
                List.of(),
                List.of(Objection.notKnown(
                        "node " + target + ": " + why, "look at it with: drover node show " + target)));
    }

    private MigrationOffer offer(VmSpec vm) {
        HostFacts facts = ports.host().facts();
        return new MigrationOffer(
                vm, 0, 0, ports.host().node(), NOBODY, 0, facts.transport(), facts.cpuFeatures(), facts.machine());
    }
}
