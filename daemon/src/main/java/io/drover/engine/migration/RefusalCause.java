package io.drover.engine.migration;

/** Why a target refuses a guest. */
public enum RefusalCause {
    /** The memory that is free and not promised does not suffice. */
    NOT_ENOUGH_MEMORY,
    /** It takes part in as many migrations as it may. */
    NO_SLOT,
    /** The record does not say what the offer says. */
    STALE_RECORD,
    /** Its processors lack a feature. */
    INCOMPATIBLE_CPU,
    /** A disk cannot be reached from it. */
    STORAGE_UNREACHABLE,
    /** It lacks a virtual switch. */
    NETWORK_MISSING,
    /** Hypervisor, transport or machine type differ. */
    TRANSPORT_UNSUPPORTED,
    /** It is paused, draining or unhealthy. */
    NOT_ACCEPTING,
    /** Its hypervisor could not make ready. */
    HYPERVISOR_FAILED,
    /** It does not hold its lease. */
    NO_LEASE
}
