package io.drover.sim.scenario;

import io.drover.model.NodeId;
import io.drover.sim.kernel.Journal;
import io.drover.sim.shell.Agent;
import io.drover.sim.shell.Cluster;
import io.drover.sim.shell.Seat;
import io.drover.sim.world.Baseboard;
import io.drover.sim.world.Machine;
import io.drover.sim.world.Weather;
import io.drover.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Has things happen to a cluster. What makes no sense to a host or process as it is does nothing. */
public final class Stage {
    private final Cluster cluster;
    private final World world;
    private final List<Answered> answers = new ArrayList<>();
    private final Ambushes ambushes;
    private int asked;

    /**
     * What became of a command.
     *
     * @param refusal why it was refused; empty if it was accepted
     */
    public record Answered(long atNanos, String command, String refusal) {}

    /** For a cluster. */
    public Stage(Cluster cluster) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.ambushes = new Ambushes(cluster, this::perform);
    }

    /** What became of the commands, in the order of the answers. */
    public List<Answered> answers() {
        return List.copyOf(answers);
    }

    /** Has something happen now. */
    public void perform(Act act) {
        world.journal().note("* " + act);
        if (act instanceof Act.Command command) {
            command(command);
        } else if (act instanceof Act.Power power) {
            power(power);
        } else if (act instanceof Act.Shutdown shutdown) {
            cluster.shutDown(shutdown.node(), false);
        } else if (act instanceof Act.Reboot reboot) {
            cluster.shutDown(reboot.node(), true);
        } else if (act instanceof Act.ProcessFault process) {
            process(process);
        } else if (act instanceof Act.RepairAll) {
            repairAll();
        } else if (!performOnNetwork(act)) {
            performOnPart(act);
        }
    }

    private boolean performOnNetwork(Act act) {
        if (act instanceof Act.Network network) {
            world.network().attach(number(network.node()), network.isUp());
        } else if (act instanceof Act.Partition partition) {
            world.network().partition(groups(partition.groups()));
        } else if (act instanceof Act.Link link) {
            world.network().cut(number(link.from()), number(link.to()), !link.isUp());
        } else if (act instanceof Act.OneWay cut) {
            oneWay(cut);
        } else if (act instanceof Act.StoreLink link) {
            world.network().cutFromStore(number(link.node()), !link.isUp());
        } else if (act instanceof Act.Heal) {
            world.network().heal();
        } else {
            return false;
        }
        return true;
    }

    private void oneWay(Act.OneWay cut) {
        int host = number(cut.node());
        for (int other = 0; other < world.machines().size(); other++) {
            if (other != host) {
                world.network().cut(cut.isOutgoing() ? host : other, cut.isOutgoing() ? other : host, !cut.isUp());
            }
        }
    }

    private void performOnPart(Act act) {
        if (act instanceof Act.Coordination coordination) {
            world.ensemble().run(coordination.isUp());
        } else if (act instanceof Act.Server server) {
            if (server.number() < world.ensemble().size()) {
                world.ensemble().run(server.number(), server.isUp());
            }
        } else if (act instanceof Act.LeaderChange) {
            world.ensemble().changeLeader();
        } else if (act instanceof Act.ExpireSession expire) {
            cluster.agent(expire.node())
                    .ifPresent(agent -> world.ensemble().expire(agent.store().session()));
        } else if (act instanceof Act.Storage storage) {
            machine(storage.node()).storage(storage.isUp());
        } else if (act instanceof Act.WipeDisk wipe) {
            if (!machine(wipe.node()).agent().isRunning()) {
                machine(wipe.node()).disk().wipe();
            }
        } else if (act instanceof Act.SlowDisk slow) {
            machine(slow.node()).disk().slow(slow.length().toNanos());
        } else if (act instanceof Act.Device device) {
            machine(device.node()).baseboard().mood(device.mood());
        } else if (act instanceof Act.ClockDrift drift) {
            machine(drift.node()).clock().drift(drift.ppm());
        } else if (act instanceof Act.FreezeBefore freeze) {
            machine(freeze.node()).freezeBefore(freeze.step(), freeze.length().toNanos());
        } else if (act instanceof Act.Ambush ambush) {
            ambushes.lay(ambush);
        } else if (act instanceof Act.HangNextCall hang) {
            machine(hang.node()).hypervisor().hangNextCall(hang.length().toNanos());
        } else if (act instanceof Act.GuestCrash crash) {
            world.machines().forEach(machine -> machine.hypervisor().crash(crash.vm()));
        } else {
            throw new AssertionError("unhandled act: " + act);
        }
    }

    private Machine machine(NodeId node) {
        return cluster.machine(node);
    }

    private int number(NodeId node) {
        return machine(node).number();
    }

    private int[] groups(List<Set<NodeId>> groups) {
        int[] groupOf = new int[world.machines().size()];
        java.util.Arrays.fill(groupOf, -1);
        for (int group = 0; group < groups.size(); group++) {
            for (NodeId node : groups.get(group)) {
                groupOf[number(node)] = group;
            }
        }
        return groupOf;
    }

    private void power(Act.Power power) {
        Machine machine = machine(power.node());
        if (power.isOn()) {
            world.network().attach(machine.number(), true);
            machine.powerOn();
        } else {
            machine.powerOff("somebody pulls the plug");
        }
    }

    private void process(Act.ProcessFault process) {
        NodeId node = process.node();
        boolean runs = cluster.agent(node).isPresent();
        switch (process.act()) {
            case KILL -> {
                if (runs) {
                    cluster.kill(node);
                }
            }
            case FREEZE -> cluster.freeze(node);
            case THAW -> cluster.thaw(node);
            case RESTART -> cluster.restart(node);
        }
    }

    private void command(Act.Command command) {
        String id = "scenario-" + ++asked;
        long at = world.kernel().now();
        cluster.submit(Orders.request(command, id), answer -> {
            String refusal = "";
            if (answer instanceof Seat.Answer.Refused refused) {
                refusal = refused.why();
            } else if (answer instanceof Seat.Answer.Unanswered unanswered) {
                refusal = unanswered.why();
            }
            answers.add(new Answered(at, command.toString(), refusal));
            world.journal()
                    .note("  " + command + (refusal.isEmpty() ? " is accepted" : " is refused: " + refusal)
                            + " (asked at " + Journal.seconds(at) + ")");
        });
    }

    private void repairAll() {
        ambushes.end();
        world.weather(Weather.FAIR);
        world.faults().clear();
        world.network().heal();
        world.ensemble().run(true);
        for (Machine machine : world.machines()) {
            world.network().attach(machine.number(), true);
            machine.storage(true);
            machine.baseboard().mood(Baseboard.Mood.WELL);
            machine.powerOn();
            machine.freezeBeforeNothing();
            machine.hypervisor().hangNextCall(0);
            machine.disk().slow(0);
            machine.agent().thaw();
            boolean hasNoAgent = machine.isUp() && cluster.agent(machine.id()).isEmpty();
            if (hasNoAgent) {
                cluster.restart(machine.id());
            }
        }
    }

    /** Whether an agent runs and can do something. */
    static boolean isResponsive(Agent agent) {
        return agent.machine().agent().isResponsive();
    }
}
