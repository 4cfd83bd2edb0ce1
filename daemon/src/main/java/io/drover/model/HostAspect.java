package io.drover.model;

/** A side of a host that its hypervisor can be asked about, apart from whether it answers. */
public enum HostAspect {
    /** Whether it is set up as it is wanted, and starts none of the cluster's VMs by itself. */
    SETTINGS,

    /** Whether the virtual switches work that VMs of the cluster are connected to. */
    SWITCHES,

    /** Whether VMs of the cluster reach their storage. */
    GUESTS
}
