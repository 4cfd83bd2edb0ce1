package io.drover.engine.coordinator;

import io.drover.model.FencingState;
import io.drover.model.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What has to be asked of voters and fencing devices now. Level-triggered: follows from the view alone, and is empty as
 * soon as the answers are in.
 */
public final class FencingDuties {
    private FencingDuties() {}

    /**
     * The duties of this moment.
     *
     * @param view as {@link Takeovers#seen} returned it
     */
    public static List<FencingDuty> of(ClusterView view) {
        List<FencingDuty> duties = new ArrayList<>();
        view.takeovers().values().forEach(takeover -> takeOver(takeover, view, duties));
        view.nodes().values().forEach(node -> watchPower(node, view, duties));
        Voters.duties(view, duties);
        return duties;
    }

    private static void takeOver(Takeover takeover, ClusterView view, List<FencingDuty> duties) {
        TreeSet<NodeId> silent = new TreeSet<>(view.voters().members());
        silent.removeAll(takeover.promiseEnds().keySet());
        if (!silent.isEmpty()) {
            duties.add(new FencingDuty.Revoke(takeover.node(), takeover.incarnation(), silent));
        }
        if (!view.findings().fenceable().contains(takeover.node())) {
            return;
        }
        boolean isOff = takeover.power()
                .filter(power -> power.state() == Takeover.Power.State.OFF)
                .isPresent();
        boolean isTold = takeover.power().filter(Takeover.Power::offSent).isPresent();
        if (!isOff) {
            duties.add(new FencingDuty.AskPower(takeover.node()));
        }
        if (!isOff && !isTold && mayBeSwitchedOff(takeover, view)) {
            duties.add(new FencingDuty.SwitchOff(takeover.node()));
        }
    }

    /** A node is not shot at the first silence: it may still pause and come back, and it keeps its VMs if it does. */
    private static boolean mayBeSwitchedOff(Takeover takeover, ClusterView view) {
        NodeView node = view.nodes().get(takeover.node());
        if (node == null) {
            return false;
        }
        // Why it is being fenced is on record only if somebody asked for that: then nothing is waited for.
        boolean isAsked = !node.record().fencingProof().isEmpty();
        Duration lease = view.settings().lease().duration();
        return isAsked
                || !view.now().isBefore(SignsOfLife.lastOrKnown(node, view).plus(lease));
    }

    /** Power is asked for before anybody is suspected: a node that is off already need not be waited for. */
    private static void watchPower(NodeView node, ClusterView view, List<FencingDuty> duties) {
        boolean isSilent = view.findings().fenceable().contains(node.id())
                && node.record().incarnation() > 0
                && node.record().fencing() == FencingState.CLEAR
                && SignsOfLife.silence(node, view).compareTo(Suspicion.patience(view)) >= 0;
        if (isSilent) {
            duties.add(new FencingDuty.AskPower(node.id()));
        }
    }
}
