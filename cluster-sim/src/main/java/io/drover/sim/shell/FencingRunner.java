package io.drover.sim.shell;

import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.FencingDuties;
import io.drover.engine.coordinator.FencingDuty;
import io.drover.engine.coordinator.Takeover;
import io.drover.engine.coordinator.Takeovers;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.sim.world.Baseboard;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Asks voters and fencing devices what one coordinator has to ask them, none of them twice at a time. */
final class FencingRunner {
    private static final long ASK_AGAIN = 500_000_000L;
    private static final long ASK_POWER_AGAIN = 1_000_000_000L;

    private final Agent agent;
    private final Takeovers takeovers;
    private final Runnable changed;
    private final Map<String, Long> askedAt = new HashMap<>();
    private Set<NodeId> voters = Set.of();
    private boolean isEnded;

    FencingRunner(Agent agent, Takeovers takeovers, Runnable changed) {
        this.agent = agent;
        this.takeovers = takeovers;
        this.changed = changed;
    }

    /** Another leads: answers count no more. */
    void end() {
        isEnded = true;
    }

    void run(ClusterView view) {
        voters = view.voters().members();
        for (FencingDuty duty : FencingDuties.of(view)) {
            if (duty instanceof FencingDuty.Revoke revoke) {
                revoke.voters().forEach(voter -> revoke(voter, revoke.node(), revoke.incarnation()));
            } else if (duty instanceof FencingDuty.Announce announce) {
                announce.nodes().forEach(node -> announce(node, announce.voters(), announce.revoked()));
            } else if (duty instanceof FencingDuty.AskPower ask) {
                askPower(ask.node());
            } else if (duty instanceof FencingDuty.SwitchOff off) {
                switchOff(off.node());
            } else {
                throw new AssertionError("unhandled duty: " + duty);
            }
        }
    }

    private Instant now() {
        return agent.machine().clock().instant();
    }

    private boolean isTooSoon(String what, long pause) {
        long now = agent.machine().clock().read();
        Long last = askedAt.get(what);
        if (last != null && now - last < pause) {
            return true;
        }
        askedAt.put(what, now);
        return false;
    }

    private void revoke(NodeId voter, NodeId node, long incarnation) {
        if (isTooSoon("revoke " + node + " " + incarnation + " at " + voter, ASK_AGAIN)) {
            return;
        }
        Instant sentAt = now();
        agent.cluster()
                .ask(
                        agent,
                        voter,
                        (other, reply) -> other.desk().revoke(node, incarnation, reply),
                        (java.time.Duration promiseEndsIn) -> {
                            if (!isEnded) {
                                for (NodeId each : speaksFor(voter)) {
                                    takeovers.revoked(each, node, incarnation, sentAt, now(), promiseEndsIn);
                                }
                                changed.run();
                            }
                        });
    }

    private Set<NodeId> speaksFor(NodeId voter) {
        return agent.cluster().defects().has(Defect.PROOF_BY_ONE_VOTER) ? voters : Set.of(voter);
    }

    private void announce(NodeId voter, VoterSet set, Map<NodeId, Long> revoked) {
        boolean isUntold = agent.cluster().defects().has(Defect.ADDED_VOTER_NOT_TOLD_REVOCATIONS);
        Map<NodeId, Long> told = isUntold ? Map.of() : revoked;
        if (isTooSoon("announce " + set.version() + set.known() + " to " + voter, ASK_AGAIN)) {
            return;
        }
        agent.cluster().ask(agent, voter, (other, reply) -> other.desk().announce(set, told, reply), (Long version) -> {
            if (!isEnded) {
                takeovers.announced(voter, version);
                changed.run();
            }
        });
    }

    private Baseboard device(NodeId node) {
        return agent.cluster().machine(node).baseboard();
    }

    private void askPower(NodeId node) {
        if (isTooSoon("power of " + node, ASK_POWER_AGAIN)) {
            return;
        }
        Instant sentAt = now();
        int life = agent.program().life();
        device(node).status(state -> agent.program().run(life, () -> power(node, sentAt, state)));
    }

    private void power(NodeId node, Instant sentAt, Takeover.Power.State state) {
        if (!isEnded) {
            boolean isTrusted = state == Takeover.Power.State.UNKNOWN
                    && agent.cluster().defects().has(Defect.SILENT_DEVICE_IS_OFF);
            takeovers.power(node, sentAt, now(), isTrusted ? Takeover.Power.State.OFF : state);
            changed.run();
        }
    }

    private void switchOff(NodeId node) {
        if (isTooSoon("switch off " + node, ASK_POWER_AGAIN)) {
            return;
        }
        agent.tell("switches off " + node);
        int life = agent.program().life();
        takeovers.offSent(node, now());
        device(node)
                .powerOff(isTaken -> agent.program().run(life, () -> {
                    if (isTaken && agent.cluster().defects().has(Defect.TRUST_ACKNOWLEDGED_OFF)) {
                        power(node, now(), Takeover.Power.State.OFF);
                    }
                }));
    }
}
