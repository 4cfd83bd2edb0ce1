package io.drover.api;

import io.drover.coordination.codec.StatusEnums;
import io.drover.coordination.codec.Times;
import io.drover.model.GuestReport;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.NodeReport;
import io.drover.model.ProbeStatus;
import io.drover.model.RenewalSeen;
import io.drover.model.VmId;
import io.drover.proto.v1.ReportRequest;
import java.util.Optional;

/** Turns reports of agents into messages and back. */
public final class ReportCodec {
    private ReportCodec() {}

    /** The wire's form of a report. */
    public static ReportRequest toProto(NodeReport report) {
        ReportRequest.Builder message = ReportRequest.newBuilder()
                .setNode(report.node().value())
                .setIncarnation(report.incarnation())
                .setSequence(report.sequence())
                .setMemoryTotal(report.memoryTotal())
                .setMemoryAvailable(Math.max(0, report.memoryAvailable()))
                .setCpus(report.cpus())
                .setCpuLoad(report.cpuLoad())
                .addAllNetworks(report.networks())
                .setVersion(report.version())
                .setGrpcAddress(report.grpcAddress())
                .setHttpAddress(report.httpAddress());
        message.setLease(StatusEnums.toProto(report.lease()))
                .setVoterSetVersion(report.votersVersion())
                .setLeaving(report.isLeaving());
        report.renewals().forEach(renewal -> message.addRenewals(toProto(renewal)));
        report.probes().forEach(probe -> message.addProbes(toProto(probe)));
        report.guests().forEach(guest -> message.addGuests(toProto(guest)));
        return message.build();
    }

    private static io.drover.proto.v1.RenewalSeen toProto(RenewalSeen renewal) {
        return io.drover.proto.v1.RenewalSeen.newBuilder()
                .setNode(renewal.node().value())
                .setIncarnation(renewal.incarnation())
                .setAge(Times.toProto(renewal.age()))
                .build();
    }

    private static RenewalSeen fromProto(io.drover.proto.v1.RenewalSeen message) {
        return new RenewalSeen(
                new NodeId(message.getNode()), message.getIncarnation(), Times.fromProto(message.getAge()));
    }

    private static io.drover.proto.v1.GuestReport toProto(GuestReport guest) {
        io.drover.proto.v1.GuestReport.Builder message = io.drover.proto.v1.GuestReport.newBuilder()
                .setVm(guest.vm().value())
                .setState(StatusEnums.toProto(guest.state()))
                .setMemory(guest.memory())
                .setMessage(guest.message());
        guest.move().ifPresent(move -> message.setMove(toProto(move)));
        return message.build();
    }

    /** The wire's form of a probe's verdict. */
    public static io.drover.proto.v1.ProbeStatus toProto(ProbeStatus probe) {
        return io.drover.proto.v1.ProbeStatus.newBuilder()
                .setName(probe.name())
                .setLevel(StatusEnums.toProto(probe.level()))
                .setEvidence(probe.evidence())
                .setSince(Times.toProto(probe.since()))
                .build();
    }

    /** The wire's form of a move's progress, without its nodes. */
    public static io.drover.proto.v1.MoveProgress.Builder toProto(MoveProgress progress) {
        return io.drover.proto.v1.MoveProgress.newBuilder()
                .setPercent(progress.percent())
                .setBytesSent(progress.bytesSent())
                .setBytesLeft(progress.bytesLeft())
                .setPasses(progress.passes())
                .setDirtyRate(progress.dirtyRate())
                .setRate(progress.rate());
    }

    /**
     * The model's form of a report.
     *
     * @throws IllegalArgumentException if a name or a state is not legal
     */
    public static NodeReport fromProto(ReportRequest message) {
        return new NodeReport(
                new NodeId(message.getNode()),
                message.getIncarnation(),
                message.getSequence(),
                message.getGuestsList().stream().map(ReportCodec::fromProto).toList(),
                message.getMemoryTotal(),
                message.getMemoryAvailable(),
                message.getCpus(),
                message.getCpuLoad(),
                message.getProbesList().stream().map(ReportCodec::fromProto).toList(),
                message.getNetworksList(),
                message.getVersion(),
                message.getGrpcAddress(),
                message.getHttpAddress(),
                StatusEnums.fromProto(message.getLease()),
                message.getVoterSetVersion(),
                message.getRenewalsList().stream().map(ReportCodec::fromProto).toList(),
                message.getLeaving());
    }

    private static GuestReport fromProto(io.drover.proto.v1.GuestReport message) {
        Optional<MoveProgress> move = message.hasMove() ? Optional.of(fromProto(message.getMove())) : Optional.empty();
        return new GuestReport(
                new VmId(message.getVm()),
                StatusEnums.fromProto(message.getState()),
                message.getMemory(),
                message.getMessage(),
                move);
    }

    private static MoveProgress fromProto(io.drover.proto.v1.MoveProgress message) {
        return new MoveProgress(
                message.getPercent(),
                message.getBytesSent(),
                message.getBytesLeft(),
                message.getPasses(),
                message.getDirtyRate(),
                message.getRate());
    }

    private static ProbeStatus fromProto(io.drover.proto.v1.ProbeStatus message) {
        return new ProbeStatus(
                message.getName(),
                StatusEnums.fromProto(message.getLevel()),
                message.getEvidence(),
                Times.fromProto(message.getSince()));
    }
}
