package io.drover.coordination.codec;

import io.drover.model.AffinityRule;
import io.drover.model.FailoverPolicy;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VoterSet;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.Provenance;
import io.drover.proto.v1.VoterSetRecord;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Leases, failover, rules and voters, as messages and back. An absent field has its default. Every {@code fromProto}
 * throws {@link IllegalArgumentException} if a value is out of its range.
 */
public final class PolicyCodec {
    private PolicyCodec() {}

    /** The terms of leases, for the wire; every field is present. */
    public static io.drover.proto.v1.LeaseTerms toProto(LeaseTerms terms) {
        return io.drover.proto.v1.LeaseTerms.newBuilder()
                .setDuration(Times.toProto(terms.duration()))
                .setRenewEvery(Times.toProto(terms.renewEvery()))
                .setPauseBefore(Times.toProto(terms.pauseBefore()))
                .setKeepPaused(Times.toProto(terms.keepPaused()))
                .setKillTime(Times.toProto(terms.killTime()))
                .setGranularity(Times.toProto(terms.granularity()))
                .setDriftPpm(terms.driftPpm())
                .build();
    }

    /** The terms of leases from the wire. */
    public static LeaseTerms fromProto(io.drover.proto.v1.LeaseTerms message) {
        LeaseTerms defaults = LeaseTerms.DEFAULTS;
        return new LeaseTerms(
                message.hasDuration() ? Times.fromProto(message.getDuration()) : defaults.duration(),
                message.hasRenewEvery() ? Times.fromProto(message.getRenewEvery()) : defaults.renewEvery(),
                message.hasPauseBefore() ? Times.fromProto(message.getPauseBefore()) : defaults.pauseBefore(),
                message.hasKeepPaused() ? Times.fromProto(message.getKeepPaused()) : defaults.keepPaused(),
                message.hasKillTime() ? Times.fromProto(message.getKillTime()) : defaults.killTime(),
                message.hasGranularity() ? Times.fromProto(message.getGranularity()) : defaults.granularity(),
                message.hasDriftPpm() ? message.getDriftPpm() : defaults.driftPpm());
    }

    /** What the cluster does by itself, for the wire; every field is present. */
    public static io.drover.proto.v1.FailoverPolicy toProto(FailoverPolicy policy) {
        io.drover.proto.v1.FailoverPolicy.Builder message = io.drover.proto.v1.FailoverPolicy.newBuilder()
                .setDisarmed(!policy.armed())
                .setDisarmReason(policy.disarmReason())
                .setFailback(Enums.toProto(policy.failback()))
                .setShutdownPolicy(Enums.toProto(policy.shutdownPolicy()))
                .setSuspectAfter(Times.toProto(policy.suspectAfter()))
                .setStartsPerNode(policy.startsPerNode())
                .setRestartWindow(Times.toProto(policy.restartWindow()))
                .setQuarantineAfter(policy.quarantineAfter())
                .setQuarantineWindow(Times.toProto(policy.quarantineWindow()))
                .setQuarantineDuration(Times.toProto(policy.quarantineDuration()));
        policy.armedAgainAt().map(Times::toProto).ifPresent(message::setArmedAgainAt);
        return message.build();
    }

    /** What the cluster does by itself, from the wire. */
    public static FailoverPolicy fromProto(io.drover.proto.v1.FailoverPolicy message) {
        FailoverPolicy defaults = FailoverPolicy.DEFAULTS;
        boolean hasFailback = message.getFailback() != FailbackMode.FAILBACK_MODE_UNSPECIFIED;
        boolean hasShutdownPolicy =
                message.getShutdownPolicy() != io.drover.proto.v1.ShutdownPolicy.SHUTDOWN_POLICY_UNSPECIFIED;
        return new FailoverPolicy(
                !message.getDisarmed(),
                message.hasArmedAgainAt() ? Optional.of(Times.fromProto(message.getArmedAgainAt())) : Optional.empty(),
                message.getDisarmReason(),
                hasFailback ? Enums.fromProto(message.getFailback()) : defaults.failback(),
                hasShutdownPolicy ? Enums.fromProto(message.getShutdownPolicy()) : defaults.shutdownPolicy(),
                message.hasSuspectAfter() ? Times.fromProto(message.getSuspectAfter()) : defaults.suspectAfter(),
                message.hasStartsPerNode() ? message.getStartsPerNode() : defaults.startsPerNode(),
                message.hasRestartWindow() ? Times.fromProto(message.getRestartWindow()) : defaults.restartWindow(),
                message.hasQuarantineAfter() ? message.getQuarantineAfter() : defaults.quarantineAfter(),
                message.hasQuarantineWindow()
                        ? Times.fromProto(message.getQuarantineWindow())
                        : defaults.quarantineWindow(),
                message.hasQuarantineDuration()
                        ? Times.fromProto(message.getQuarantineDuration())
                        : defaults.quarantineDuration());
    }

    /** A rule, for the wire. */
    public static io.drover.proto.v1.AffinityRule toProto(AffinityRule rule) {
        return io.drover.proto.v1.AffinityRule.newBuilder()
                .setName(rule.name())
                .setKind(Enums.toProto(rule.kind()))
                .addAllVms(rule.vms().stream().map(VmId::value).toList())
                .setEnforced(rule.enforced())
                .build();
    }

    /** A rule from the wire. */
    public static AffinityRule fromProto(io.drover.proto.v1.AffinityRule message) {
        return new AffinityRule(
                message.getName(),
                Enums.fromProto(message.getKind()),
                message.getVmsList().stream().map(VmId::new).toList(),
                message.getEnforced());
    }

    /** The voters as they are stored. */
    public static VoterSetRecord toProto(VoterSet voters, Provenance provenance) {
        return toProto(voters).toBuilder().setProvenance(provenance).build();
    }

    /** The voters, for the wire. */
    public static VoterSetRecord toProto(VoterSet voters) {
        return VoterSetRecord.newBuilder()
                .setVersion(voters.version())
                .addAllMembers(Names.values(voters.members()))
                .addAllPrevious(Names.values(voters.previous()))
                .setKnown(voters.known())
                .build();
    }

    /** The voters from their stored form or from the wire. */
    public static VoterSet fromProto(VoterSetRecord message) {
        return new VoterSet(
                message.getVersion(),
                nodes(message.getMembersList()),
                nodes(message.getPreviousList()),
                message.getKnown());
    }

    private static SortedSet<NodeId> nodes(Collection<String> names) {
        TreeSet<NodeId> nodes = new TreeSet<>();
        names.forEach(name -> nodes.add(new NodeId(name)));
        return nodes;
    }
}
