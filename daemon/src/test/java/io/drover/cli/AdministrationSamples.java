package io.drover.cli;

import io.drover.proto.v1.AffinityKind;
import io.drover.proto.v1.AffinityRule;
import io.drover.proto.v1.CandidateNode;
import io.drover.proto.v1.ExplainVmResponse;
import io.drover.proto.v1.GetConfigResponse;
import io.drover.proto.v1.QuorumStatus;
import io.drover.proto.v1.RuleStatus;
import io.drover.proto.v1.Setting;
import io.drover.proto.v1.VoterStatus;

/** Voters, settings, rules and an explanation in the cluster of {@link Samples}. */
final class AdministrationSamples {
    private AdministrationSamples() {}

    static QuorumStatus quorum() {
        return QuorumStatus.newBuilder()
                .setVersion(4)
                .setKnown(true)
                .setMajority(2)
                .setAlive(2)
                .setSpare(0)
                .setText("2 of 3 voters answer, 2 are needed: the loss of any one of [node1, node2] stops the cluster")
                .setChange("node4 is to vote in the place of node3")
                .addVoters(voter("node1").setAlive(true))
                .addVoters(voter("node2").setAlive(true))
                .addVoters(voter("node3").setWhy("is down"))
                .build();
    }

    static GetConfigResponse config() {
        return GetConfigResponse.newBuilder()
                .addSettings(Setting.newBuilder()
                        .setName("migrationsPerNode")
                        .setValue("2")
                        .setDefaultValue("2")
                        .setMeaning("migrations that one node takes part in at a time"))
                .addSettings(Setting.newBuilder()
                        .setName("lease.duration")
                        .setValue("6s")
                        .setDefaultValue("4s")
                        .setMeaning("what a voter promises with each renewal"))
                .addRules(RuleStatus.newBuilder()
                        .setRule(rule("shop", AffinityKind.AFFINITY_KIND_TOGETHER, true))
                        .setWhere("sql1 on node2; web1 on node1"))
                .addRules(RuleStatus.newBuilder()
                        .setRule(rule("spread", AffinityKind.AFFINITY_KIND_SEPARATE, false))
                        .setHolds(true))
                .build();
    }

    static AffinityRule rule(String name, AffinityKind kind, boolean enforced) {
        return AffinityRule.newBuilder()
                .setName(name)
                .setKind(kind)
                .addVms("sql1")
                .addVms("web1")
                .setEnforced(enforced)
                .build();
    }

    static ExplainVmResponse explanation() {
        return ExplainVmResponse.newBuilder()
                .setVm(Samples.status().getVms(1))
                .addSentences("web1 is migrating on node1")
                .addSentences("it should be running; its record has generation 2")
                .addCandidates(CandidateNode.newBuilder()
                        .setNode("node1")
                        .setPossible(true)
                        .setWhy("it is there"))
                .addCandidates(CandidateNode.newBuilder().setNode("node3").setWhy("it is down"))
                .build();
    }

    private static VoterStatus.Builder voter(String name) {
        return VoterStatus.newBuilder().setNode(name);
    }
}
