package io.drover.sim.scenario;

import io.drover.engine.coordinator.Request;
import io.drover.model.DesiredState;
import java.util.TreeMap;

/** An operator's commands as requests to the coordinator. */
final class Orders {
    private static final String ACTOR = "operator";

    private Orders() {}

    /**
     * The request that a command becomes.
     *
     * @param id by which repeats of it are known
     */
    static Request request(Act.Command command, String id) {
        Request.Context context = new Request.Context(ACTOR, "as the scenario says", false, id);
        if (command instanceof Act.Drain drain) {
            return new Request.Drain(context, drain.node(), drain.to(), drain.deadline(), drain.force());
        } else if (command instanceof Act.Resume resume) {
            return new Request.Resume(context, resume.node(), resume.failback());
        } else if (command instanceof Act.Evacuate evacuate) {
            return new Request.Evacuate(context, evacuate.node());
        } else if (command instanceof Act.Fence fence) {
            return new Request.Fence(context, fence.node());
        } else if (command instanceof Act.ConfirmDead dead) {
            return new Request.ConfirmDead(context, dead.node(), false);
        } else if (command instanceof Act.ClearQuarantine clear) {
            return new Request.ClearQuarantine(context, clear.node());
        } else if (command instanceof Act.Vote vote) {
            return vote.isVoter()
                    ? new Request.AddVoter(context, vote.node())
                    : new Request.RemoveVoter(context, vote.node(), false);
        } else if (command instanceof Act.Disarm disarm) {
            return new Request.Disarm(new Request.Context(ACTOR, disarm.reason(), false, id), disarm.length());
        } else if (command instanceof Act.Arm) {
            return new Request.Arm(context);
        }
        return aboutVm(command, context);
    }

    private static Request aboutVm(Act.Command command, Request.Context context) {
        if (command instanceof Act.Start start) {
            return new Request.StartVm(context, start.vm());
        } else if (command instanceof Act.Stop stop) {
            return new Request.StopVm(context, stop.vm(), stop.turnOff());
        } else if (command instanceof Act.Migrate migrate) {
            return new Request.MigrateVm(context, migrate.vm(), migrate.to(), migrate.kind());
        } else if (command instanceof Act.Cancel cancel) {
            return new Request.CancelVm(context, cancel.vm());
        } else if (command instanceof Act.Add add) {
            DesiredState desired = add.isRunning() ? DesiredState.RUNNING : DesiredState.OFF;
            return new Request.AddVm(context, add.spec(), add.node(), desired);
        } else if (command instanceof Act.Remove remove) {
            return new Request.RemoveVm(context, remove.vm());
        } else if (command instanceof Act.Treat treat) {
            return new Request.SetVm(context, treat.vm(), new TreeMap<>(treat.values()));
        }
        throw new AssertionError("unhandled command: " + command);
    }
}
