package io.drover.hypervisor.hyperv;

import io.drover.hostsetup.HostView;
import io.drover.hostsetup.Trial;
import io.drover.hostsetup.Trial.Outcome;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.GuestState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Has a host check whether its VMs could move to another one, with the call that comes before a move: the other one is
 * connected to for it, with the credentials that a move would have. Nothing is moved.
 */
final class MoveTrials {
    /** How many VMs are tried if each has something of its own against it: a check takes seconds. */
    private static final int VMS_MAX = 4;

    private static final Duration STEP = Duration.ofMinutes(2);

    /** What may be so of one VM and not of the next one. */
    private static final Set<HypervProblem> OF_ONE_VM = EnumSet.of(
            HypervProblem.ATTACHMENT,
            HypervProblem.STORAGE,
            HypervProblem.STORAGE_LOCKED,
            HypervProblem.SAVED_STATE,
            HypervProblem.INVALID_STATE,
            HypervProblem.ALREADY_THERE,
            HypervProblem.UNSUPPORTED,
            HypervProblem.INCOMPATIBLE_SWITCH,
            HypervProblem.INCOMPATIBLE_VERSION);

    /** No host says whether delegation is set: only Active Directory knows, and no agent may ask that. */
    private static final String TICKETS =
            "; where that is so already, tickets are renewed within 15 minutes, or at the source by: klist purge -li 0x3e7";

    private final HostCalls calls;
    private final Inventory inventory;
    private final HostView source;
    private final HostView target;

    MoveTrials(HostCalls calls, Inventory inventory, HostView source, HostView target) {
        this.calls = calls;
        this.inventory = inventory;
        this.source = source;
        this.target = target;
    }

    /**
     * Tries VMs until one could move, or what stands in the way is not of the VM alone. The last one tells of the pair of
     * hosts; those before it, if any, of single VMs. Where every VM has something of its own, the first one counts.
     *
     * @throws HypervisorException if the source cannot be asked
     */
    List<Trial> run() {
        List<SystemFacts> all = inventory.systems();
        List<SystemFacts> candidates = all.stream()
                .filter(each -> each.hasMemory() || each.state() == GuestState.OFF)
                .sorted(Comparator.comparing(SystemFacts::isStorageLost)
                        .thenComparing(each -> !each.hasMemory())
                        .thenComparing(SystemFacts::memory)
                        .thenComparing(SystemFacts::name))
                .limit(VMS_MAX)
                .toList();
        if (candidates.isEmpty()) {
            String why = all.isEmpty()
                    ? "the source has no VM"
                    : "no VM of the source is running, paused or off (it has " + all.size() + ")";
            return List.of(trial(Outcome.NOT_TRIED, "", why, ""));
        }
        List<Trial> own = new ArrayList<>();
        for (SystemFacts each : candidates) {
            Trial trial = trial(each);
            if (trial.outcome() != Outcome.OWN_OBSTACLE) {
                own.add(trial);
                return own;
            }
            own.add(trial);
        }
        Trial first = own.remove(0);
        own.add(trial(Outcome.IMPOSSIBLE, first.vm(), first.text(), first.remedy()));
        return own;
    }

    private Trial trial(SystemFacts vm) {
        MoveRequest request = MoveRequest.plain(vm.guid(), Optional.of(new Endpoint(target.fullName(), List.of())));
        Verdict verdict = Verdict.of(
                calls,
                "VM '" + vm.name() + "' could not move to " + target.fullName(),
                request.call("CheckVirtualSystemIsMigratable"),
                STEP);
        if (verdict.failure().isEmpty() || isSwitchAlone(verdict, vm)) {
            return trial(Outcome.POSSIBLE, vm.name(), "", "");
        }
        HypervisorException failure = verdict.failure().get();
        boolean isOwn = verdict.problem().filter(OF_ONE_VM::contains).isPresent();
        boolean isDelegation =
                verdict.problem().filter(HypervProblem.AUTH_DELEGATION::equals).isPresent();
        return trial(
                isOwn ? Outcome.OWN_OBSTACLE : Outcome.IMPOSSIBLE,
                vm.name(),
                String.valueOf(failure.getMessage()),
                isDelegation ? failure.remedy() + TICKETS : failure.remedy());
    }

    /** Its agents connect such a VM to the switch that {@code hypervisor.switches} of the target names. */
    private boolean isSwitchAlone(Verdict verdict, SystemFacts vm) {
        return !verdict.errors().isEmpty()
                && verdict.errors().stream()
                        .allMatch(each -> Failures.of(List.of(each)) == HypervProblem.INCOMPATIBLE_SWITCH)
                && target.switches().containsAll(new Connections(calls, Map.of()).of(vm.guid()));
    }

    private Trial trial(Outcome outcome, String vm, String text, String remedy) {
        return new Trial(source.fullName(), target.fullName(), outcome, vm, text, remedy);
    }
}
