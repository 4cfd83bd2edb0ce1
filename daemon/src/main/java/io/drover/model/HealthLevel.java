package io.drover.model;

/** Verdict of a probe, and of a node: the worst of its probes. Later constants are worse. */
public enum HealthLevel {
    /** Nothing is wrong. */
    HEALTHY,

    /** Place nothing here if it can be avoided. */
    WARNING,

    /** Evacuate by live migration. */
    CRITICAL,

    /** The node cannot run VMs. */
    FATAL;

    /** This one, or the other if this is worse. */
    public HealthLevel atMost(HealthLevel worst) {
        return compareTo(worst) <= 0 ? this : worst;
    }

    /** The worse of the two. */
    public HealthLevel worse(HealthLevel other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
