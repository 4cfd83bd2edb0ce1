package io.drover.sim.hyperv.misbehaviour;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Ways in which a host can let a caller down. Each can be on or off for each host, at any time. */
public enum Misbehaviour {
    /** Settings are accepted, with a return value that says so, and stay as they were. */
    ACCEPT_AND_IGNORE_WRITES,
    /** A migration from here reports success; the VM runs at the target, and its old copy goes on at the source. */
    MIGRATION_ENDS_ON_BOTH,
    /** A migration from here reports success, and the VM is gone at the source and never arrives. */
    MIGRATION_ENDS_ON_NEITHER,
    /** A migration from here breaks in the middle, with an error of the network; the VM runs on at the source. */
    MIGRATION_FAILS,
    /** A migration from here stops advancing in the middle and never ends by itself. */
    MIGRATION_HANGS,
    /** What is asked before a migration from here is never answered. */
    CHECK_HANGS,
    /** What is told of a system, for another host to compare, is larger than an envelope takes. */
    LARGE_COMPATIBILITY_INFO,
    /** When a migration from here fails or is cancelled, the planned VM stays behind at the target. */
    PLANNED_VM_LEFT_BEHIND,
    /** A migration from here cannot be cancelled. */
    NOT_CANCELLABLE,
    /** Every migration from here is one too many. */
    MIGRATION_LIMIT_REACHED,
    /** Jobs end as completed, with an error code. */
    JOB_ERROR_CODE_WITH_SUCCESS,
    /** Jobs end as completed with warnings. */
    JOB_WITH_WARNINGS,
    /** Jobs cannot be found any more as soon as they have ended. */
    JOB_FORGOTTEN,
    /** The provider is slower than any caller waits: what was asked for is done, and the answer is a timeout. */
    SLOW_PROVIDER,
    /** Every answer would be larger than the caller takes. */
    ENVELOPE_TOO_LARGE,
    /** Nobody's credentials are good. */
    UNAUTHORIZED,
    /** Enumerations are forgotten before they can be pulled. */
    ENUMERATION_EXPIRES,
    /** Connections are cut before an answer comes; what was asked for is done. */
    ANSWERS_LOST,
    /** Connections are cut before a request is read. */
    CONNECTIONS_RESET,
    /** VMs are in a state that has no number, only a name. */
    OTHER_STATE,
    /** The storage of VMs is out of reach. */
    STORAGE_GONE,
    /** Disks of VMs answer with errors that nobody can mend from within. */
    CRITICAL_IO,
    /** Virtual switches have failed. */
    SWITCHES_FAILED,
    /** The network adapters of the virtual switches have lost their cables. */
    UPLINKS_DOWN,
    /** Guests have stopped answering, although they execute. */
    HEARTBEAT_LOST,
    /** Whatever VM is imported here, somebody else has its files open. */
    FILE_IN_USE,
    /** Every change of state is called invalid. */
    INVALID_STATE,
    /** VMs do not start: there is not enough memory. */
    START_FAILS,
    /** Guests do not shut down, however often they are asked. */
    SHUTDOWN_IGNORED,
    /** Somebody has locked the guests: they shut down by force only. */
    GUESTS_LOCKED,
    /** Jobs that are asked to end in an orderly way go on; only killing ends them. */
    TERMINATE_IGNORED;

    /** In lower case with dashes, as commands take it. */
    public String commandName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The one of this name, with dashes or with underscores, in any case. */
    public static Optional<Misbehaviour> of(String name) {
        return Arrays.stream(values())
                .filter(each -> each.name().equalsIgnoreCase(name.replace('-', '_')))
                .findFirst();
    }
}
