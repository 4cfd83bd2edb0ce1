package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes of a VM's state. A refusal is never believed before the state has been read again. */
final class Power {
    static final int START = 2;
    static final int TURN_OFF = 3;
    static final int SAVE = 6;
    static final int PAUSE = 9;

    private static final Logger LOG = LoggerFactory.getLogger(Power.class);
    private static final Duration CHANGE = Duration.ofSeconds(60);
    private static final Duration LONG_CHANGE = Duration.ofMinutes(10);
    /** The automatic start action of a VM that its host never starts by itself. */
    static final int START_NOTHING = 2;

    /** What InitiateShutdown returns of a guest that somebody has locked, and of one that shuts down already. */
    private static final long LOCKED = 32781;

    private static final long UNDER_WAY = 32782;

    private static final String REALIZED = "Microsoft:Hyper-V:System:Realized";
    private static final String ID_PREFIX = "Microsoft:";

    private static final CimQuery START_ACTIONS = CimQuery.of(
                    CimNamespace.VIRTUALIZATION,
                    "SELECT InstanceID,AutomaticStartupAction,VirtualSystemType FROM Msvm_VirtualSystemSettingData")
            .withBatch(200);

    private final HostCalls calls;
    private final Inventory inventory;

    Power(HostCalls calls, Inventory inventory) {
        this.calls = calls;
        this.inventory = inventory;
    }

    /**
     * Has a VM come into a state, and returns when it is in it. One that is not here any more is off here: it may have left
     * while it was to be turned off.
     */
    void change(VmId vm, String guid, int requested, GuestState wanted) {
        settled(vm, guid);
        String what = "cannot bring VM '" + vm + "' into the state " + wanted;
        try {
            calls.run(
                    what,
                    CimInvocation.of(HostCalls.vm(guid), "RequestStateChange")
                            .number("RequestedState", requested)
                            .build(),
                    requested == SAVE ? LONG_CHANGE : CHANGE);
        } catch (HypervisorException e) {
            // It may have been there already, or be done although the answer was lost.
            Optional<SystemFacts> now = isUnanswered(e) ? awaited(vm, guid, wanted) : settled(vm, guid);
            if (!isIn(now, wanted)) {
                boolean isHidden = e.kind() == Kind.REFUSED
                        && now.filter(SystemFacts::isStorageLost).isPresent();
                // The host's own word is only that the VM is not in the right state for it.
                throw isHidden ? Failures.exception(what, HypervProblem.STORAGE, "") : e;
            }
        }
        Optional<SystemFacts> now = settled(vm, guid);
        if (!isIn(now, wanted)) {
            throw now.map(found -> Failures.exception(what, HypervProblem.INVALID_STATE, "it is " + found.state()))
                    .orElseGet(() -> Failures.exception(what, HypervProblem.NOT_FOUND, ""));
        }
    }

    private static boolean isUnanswered(HypervisorException failure) {
        return failure.getCause() instanceof CimException cause && cause.isOutcomeUnknown();
    }

    /** The VM once it is in the state that was asked for, or after a while in which the host would have begun. */
    private Optional<SystemFacts> awaited(VmId vm, String guid, GuestState wanted) {
        long end = System.nanoTime() + HostMove.PATIENCE.toNanos();
        while (true) {
            Optional<SystemFacts> now = settled(vm, guid);
            if (isIn(now, wanted) || System.nanoTime() >= end) {
                return now;
            }
            HostCalls.pause("waiting for the state of VM '" + vm + "'", Long.MAX_VALUE);
        }
    }

    private static boolean isIn(Optional<SystemFacts> now, GuestState wanted) {
        return now.map(found -> found.state() == wanted).orElse(wanted == GuestState.OFF);
    }

    /** The VM once nothing is under way any more; empty if it is not here. */
    private Optional<SystemFacts> settled(VmId vm, String guid) {
        long end = System.nanoTime() + CHANGE.toNanos();
        while (true) {
            Optional<SystemFacts> now = inventory.one(guid);
            if (now.isEmpty() || !now.get().isPassing()) {
                return now;
            }
            HostCalls.pause("waiting for the state of VM '" + vm + "'", end);
        }
    }

    /** Asks the guest, and waits for it as long as it may take; true if it is off. */
    boolean shutDown(VmId vm, String guid, Duration grace) {
        long end = System.nanoTime() + grace.toNanos();
        boolean isAsked = false;
        while (System.nanoTime() < end) {
            isAsked = isAsked || ask(guid);
            Optional<SystemFacts> now = inventory.one(guid);
            if (now.isEmpty() || now.get().state() == GuestState.OFF) {
                return true;
            }
            HostCalls.pause("shutting down VM '" + vm + "'", Long.MAX_VALUE);
        }
        return false;
    }

    /**
     * Whether the guest has been asked; a guest that does not listen yet is asked again. One whose user has locked it shuts
     * down by force only.
     */
    private boolean ask(String guid) {
        try {
            List<CimInstance> components = calls.list(
                    "the shutdown service of a guest",
                    CimQuery.where(HostCalls.type("Msvm_ShutdownComponent"), "SystemName", guid));
            for (CimInstance each : components) {
                CimReference component = each.reference(
                        List.of("CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"));
                long value = shutDown(component, false);
                if (value == LOCKED) {
                    value = shutDown(component, true);
                }
                return value == HostCalls.DONE || value == UNDER_WAY;
            }
        } catch (HypervisorException e) {
            LOG.debug("a guest could not be asked to shut down: {}", e.getMessage());
        }
        return false;
    }

    private long shutDown(CimReference component, boolean isForced) {
        return calls.call(
                        "cannot ask a guest to shut down",
                        CimInvocation.of(component, "InitiateShutdown")
                                .bool("Force", isForced)
                                .text("Reason", "Drover stops this virtual machine")
                                .build())
                .returnValue();
    }

    /**
     * Makes certain that the host does not start the VM by itself; writes only if it would, and reads it back.
     *
     * @param here the VM as it was listed last
     * @throws HypervisorException if that does not succeed; also of a VM whose files this host does not reach or another
     *     host has open, for its definition may be that host's by now: nothing is written there
     */
    void neverByItself(VmId vm, SystemFacts here) {
        String guid = here.guid();
        if (!startsByItself(guid)) {
            return;
        }
        String what = "cannot set the automatic start action of VM '" + vm + "' to nothing";
        if (here.isStorageLost()) {
            throw Failures.exception(
                    what + ", it is left as it is, for another host may have its definition",
                    HypervProblem.STORAGE,
                    "");
        }
        calls.run(
                what,
                CimInvocation.of(HostCalls.management(), "ModifySystemSettings")
                        .instance("SystemSettings", MoveSettings.startNothing(guid))
                        .build(),
                CHANGE);
        if (startsByItself(guid)) {
            throw Failures.exception(what, HypervProblem.NOT_KEPT, "");
        }
    }

    /**
     * The automatic start actions of all VMs of the host, by identifier: one call, however many there are. What the host
     * does not say is 0.
     */
    Map<String, Integer> startActions() {
        Map<String, Integer> actions = new HashMap<>();
        for (CimInstance row : calls.list("the start actions of VMs", START_ACTIONS)) {
            if (row.text("VirtualSystemType").orElse("").equals(REALIZED)) {
                actions.put(
                        Inventory.guidOf(row.text("InstanceID").orElse("")),
                        row.uint16("AutomaticStartupAction").orElse(0));
            }
        }
        return actions;
    }

    /** Whether the host may start the VM by itself, or does not say. */
    private boolean startsByItself(String guid) {
        CimReference settings =
                CimReference.of(HostCalls.type("Msvm_VirtualSystemSettingData"), "InstanceID", ID_PREFIX + guid);
        return calls.get("the settings of a VM", settings)
                .flatMap(found ->
                        found.uint16("AutomaticStartupAction").stream().boxed().findFirst())
                .filter(action -> action == START_NOTHING)
                .isEmpty();
    }
}
