package io.drover.sim.shell;

import java.util.EnumSet;
import java.util.Set;

/** Which guards are left out in a run. */
public final class Defects {
    /** None: everything is as in production. */
    public static final Defects NONE = new Defects(Set.of());

    private final EnumSet<Defect> present;

    /** These. */
    public Defects(Set<Defect> present) {
        this.present = EnumSet.noneOf(Defect.class);
        this.present.addAll(present);
    }

    /** Whether a guard is left out. */
    public boolean has(Defect defect) {
        return present.contains(defect);
    }
}
