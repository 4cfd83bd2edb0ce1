package io.drover.sim.world;

import io.drover.engine.coordinator.Takeover;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Kernel;
import java.util.function.Consumer;

/**
 * A host's fencing device: it says whether the host has power, and switches it. It answers on a network of its own, and
 * acknowledges a command before the power is off.
 */
public final class Baseboard {
    private static final long ANSWER_SLOWEST = 400_000_000L;
    private static final long OFF_SLOWEST = 3_000_000_000L;
    private static final long GIVE_UP = 5_000_000_000L;

    /** How it behaves. */
    public enum Mood {
        /** As it should. */
        WELL,
        /** It takes its time. */
        SLOW,
        /** It acknowledges, and never switches off. */
        DEAF,
        /** It does not answer. */
        SILENT
    }

    private final Kernel kernel;
    private final Dice dice;
    private final Machine machine;
    private Mood mood = Mood.WELL;

    Baseboard(Kernel kernel, Dice dice, Machine machine) {
        this.kernel = kernel;
        this.dice = dice;
        this.machine = machine;
    }

    /** How it behaves from now on. */
    public void mood(Mood mood) {
        this.mood = mood;
    }

    /** How it behaves. */
    public Mood mood() {
        return mood;
    }

    /** Asks for the power state. */
    public void status(Consumer<Takeover.Power.State> answer) {
        if (mood == Mood.SILENT) {
            kernel.after(giveUp(), () -> answer.accept(Takeover.Power.State.UNKNOWN));
            return;
        }
        // What it says was so when it looked, not when the answer arrives.
        kernel.after(patience(ANSWER_SLOWEST) / 2, () -> {
            Takeover.Power.State state = machine.isPowered() ? Takeover.Power.State.ON : Takeover.Power.State.OFF;
            kernel.after(patience(ANSWER_SLOWEST) / 2, () -> answer.accept(state));
        });
    }

    /** Commands the power off; the answer says only whether the command was taken. */
    public void powerOff(Consumer<Boolean> acknowledged) {
        if (mood == Mood.SILENT) {
            kernel.after(giveUp(), () -> acknowledged.accept(false));
            return;
        }
        kernel.after(patience(ANSWER_SLOWEST), () -> {
            if (mood != Mood.DEAF) {
                int life = machine.powerCycles();
                kernel.after(patience(OFF_SLOWEST), () -> {
                    if (machine.powerCycles() == life) {
                        machine.powerOff("its fencing device switches it off");
                    }
                });
            }
            acknowledged.accept(true);
        });
    }

    /** It refuses at once, or whoever asks has waited for long enough. */
    private long giveUp() {
        return dice.chance(0.5) ? dice.between(1, GIVE_UP / 50) : GIVE_UP;
    }

    private long patience(long slowest) {
        long usual = dice.between(slowest / 10, slowest);
        return mood == Mood.SLOW ? usual * 5 : usual;
    }
}
