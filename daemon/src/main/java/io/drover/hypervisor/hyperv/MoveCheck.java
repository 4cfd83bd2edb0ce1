package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.hyperv.CompatibilityVectors.Vector;
import io.drover.hypervisor.hyperv.Failures.HostError;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.Severity;
import io.drover.model.StoragePlan;
import io.drover.model.VmSpec;
import io.drover.wsman.CimException;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the hosts have against a move: the source's host is asked with the very arguments of the move
 * (CheckVirtualSystemIsMigratable), and asks the target's itself. Where it cannot, or does not come so far, the target's is
 * asked through the agents whether the VM's processor suits it; where that does not succeed either, the vectors of VM and
 * target are compared here. A check that takes too long is ended: nothing of it goes on.
 */
final class MoveCheck {
    private static final Logger LOG = LoggerFactory.getLogger(MoveCheck.class);

    /** After these a host has not looked at the other one's processors. */
    private static final Set<HypervProblem> NOT_CONNECTED = EnumSet.of(
            HypervProblem.AUTH_DELEGATION,
            HypervProblem.AUTH_SPN,
            HypervProblem.ACCESS_DENIED,
            HypervProblem.NETWORK,
            HypervProblem.UNREACHABLE,
            HypervProblem.MIGRATION_DISABLED,
            HypervProblem.BUSY_RETRY,
            HypervProblem.UNSUPPORTED,
            HypervProblem.INVALID_CALL);

    private final HostMove.Source source;
    private final VmSpec vm;
    private final Optional<Endpoint> target;
    private final String processors;
    private final List<String> networks;
    private final StoragePlan plan;
    private final Counterpart counterpart;
    private final long end;

    /**
     * Of one move.
     *
     * @param target what the target said; empty: only the files move
     * @param counterpart asks the target's host what this one cannot ask it
     * @param end of the time for it, by {@link System#nanoTime}
     */
    MoveCheck(
            HostMove.Source source,
            VmSpec vm,
            Optional<Reception> target,
            StoragePlan plan,
            Counterpart counterpart,
            long end) {
        this.source = source;
        this.vm = vm;
        this.target = target.map(each -> Endpoint.parse(vm.id(), each.endpoint()));
        this.processors = target.map(Reception::processors).orElse("");
        this.networks = target.map(Reception::networks).orElse(List.of());
        this.plan = plan;
        this.counterpart = counterpart;
        this.end = end;
    }

    /**
     * All of it.
     *
     * @throws HypervisorException if the host cannot be asked, or does not say it in time
     */
    List<Objection> objections() {
        Optional<SystemFacts> now = source.host().find(vm.id());
        if (now.isEmpty()) {
            return List.of(Failures.finding(HypervProblem.NOT_FOUND, ""));
        }
        if (!now.get().hasMemory()) {
            return List.of(Failures.finding(
                    HypervProblem.INVALID_STATE, "it is " + now.get().state()));
        }
        if (now.get().isMigrating() || source.migration().isUnderWay(vm.id())) {
            return List.of(Failures.finding(HypervProblem.INVALID_STATE, "it is being moved"));
        }
        String guid = now.get().guid();
        MoveRequest request;
        try {
            request = MoveRequest.of(source.registration(), vm.id(), guid, target, plan);
        } catch (HypervisorException e) {
            return List.of(unfit(e));
        }
        return isDone(request, guid) ? List.of() : withProcessors(withSwitches(ask(request), guid), guid);
    }

    /** A plan that does not fit the VM; whatever else it is goes on to the caller. */
    private static Objection unfit(HypervisorException failure) {
        if (failure.kind() != Kind.REFUSED) {
            throw failure;
        }
        return Objection.blocking(HypervProblem.STORAGE.name(), HostMove.text(failure), failure.remedy());
    }

    /** Whether only files were to move, and are all where they are to be. */
    private boolean isDone(MoveRequest request, String guid) {
        return target.isEmpty()
                && request.isDone(source.registration().disks(guid))
                && StorageMoving.isFolderRight(source.registration(), guid, plan);
    }

    // ---- the host's own check

    private List<Objection> ask(MoveRequest request) {
        CimResult result;
        try {
            result = source.calls().callOrThrow(request.call("CheckVirtualSystemIsMigratable"));
        } catch (CimException e) {
            HypervProblem problem = Failures.of(e);
            return List.of(Objection.notKnown(
                    "the host does not take the question: " + e.getMessage(),
                    e.remedy().orElse(problem.remedy())));
        }
        if (result.returnValue() == HostCalls.DONE) {
            return List.of();
        }
        if (result.returnValue() != HostCalls.JOB_STARTED) {
            return List.of(
                    Failures.finding(Failures.ofReturn(result.returnValue()), "return value " + result.returnValue()));
        }
        return result.reference("Job")
                .map(this::follow)
                .orElse(List.of(Failures.finding(HypervProblem.INVALID_CALL, "a job was started and not named")));
    }

    private List<Objection> follow(CimReference job) {
        try {
            return outcome(job);
        } catch (HypervisorException e) {
            endUnneeded(job);
            throw e;
        }
    }

    private List<Objection> outcome(CimReference job) {
        while (true) {
            JobView view = source.calls().look(job);
            switch (view.stage()) {
                case GONE -> {
                    return List.of(Objection.notKnown("the host has forgotten its own check", "ask once more"));
                }
                case SUCCEEDED -> {
                    return source.calls().errors(job).stream()
                            .map(Failures::remark)
                            .distinct()
                            .toList();
                }
                case FAILED -> {
                    List<HostError> errors = source.calls().errors(job);
                    return (errors.isEmpty() ? view.asErrors() : errors)
                            .stream().map(this::objection).distinct().toList();
                }
                case RUNNING -> HostCalls.pause("the check of a move of VM '" + vm.id() + "'", end);
            }
        }
    }

    private void endUnneeded(CimReference job) {
        if (!source.calls().endJob(job, HostMove.TERMINATE)) {
            LOG.debug("vm {}: a check that nobody waits for goes on", vm.id());
        }
    }

    /** The event of a limit is also that of a service that is switched off, on either side. */
    private Objection objection(HostError error) {
        HypervProblem problem = Failures.of(List.of(error));
        boolean isOff = problem == HypervProblem.BUSY_RETRY
                && (target.filter(each -> each.addresses().isEmpty()).isPresent()
                        || !source.migration().isOn());
        return Failures.objection(isOff ? HypervProblem.MIGRATION_DISABLED : problem, error.text());
    }

    // ---- switches

    /** The source's host knows only names: a move would prepare the VM at the target, and connect it to another switch. */
    private List<Objection> withSwitches(List<Objection> said, String guid) {
        Predicate<Objection> isSwitch = each -> each.problem().equals(HypervProblem.INCOMPATIBLE_SWITCH.name());
        if (said.stream().noneMatch(isSwitch)) {
            return said;
        }
        Set<String> needed = source.connections().of(guid);
        if (!networks.containsAll(needed)) {
            return said;
        }
        Objection mended = new Objection(
                HypervProblem.INCOMPATIBLE_SWITCH.name(),
                "not all of " + String.join(", ", needed)
                        + " are at the target, whose hypervisor.switches names others",
                "nothing is to be done, if those are the right ones",
                Severity.WARNING);
        return Stream.concat(said.stream().filter(isSwitch.negate()), Stream.of(mended))
                .toList();
    }

    // ---- processors that the hosts have not compared

    private List<Objection> withProcessors(List<Objection> said, String guid) {
        boolean isCompared = said.stream()
                .noneMatch(each -> each.problem().equals(Objection.NOT_KNOWN)
                        || NOT_CONNECTED.stream()
                                .anyMatch(problem -> problem.name().equals(each.problem())));
        boolean isNamed = said.stream().anyMatch(each -> each.problem().equals(HypervProblem.INCOMPATIBLE_CPU.name()));
        if (isCompared || isNamed || target.isEmpty()) {
            return said;
        }
        List<Objection> all = new ArrayList<>(said);
        try {
            all.addAll(counterpart.compare(SystemCompatibility.read(source.calls(), HostCalls.vm(guid))));
        } catch (HypervisorException e) {
            if (counterpart != Counterpart.NONE) {
                all.add(Objection.notKnown(
                        "whether the target's processor suits the virtual machine, but for "
                                + (processors.isEmpty() ? "nothing" : "its vectors") + ": " + HostMove.text(e),
                        e.remedy()));
            }
            misfit(guid).ifPresent(all::add);
        }
        return List.copyOf(all);
    }

    private Optional<Objection> misfit(String guid) {
        if (processors.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<Vector> needed = CompatibilityVectors.read(source.calls(), HostCalls.vm(guid));
            return CompatibilityVectors.misfit(needed, CompatibilityVectors.parse(processors))
                    .map(each -> Failures.finding(
                            HypervProblem.INCOMPATIBLE_CPU,
                            "vector " + each.id() + " of the virtual machine is " + Long.toHexString(each.bits())
                                    + ", and the target's does not fit"));
        } catch (HypervisorException e) {
            // The vectors only add to what was said already, and there it says that not all is known.
            LOG.debug("vm {}: its vectors cannot be read: {}", vm.id(), e.getMessage());
            return Optional.empty();
        }
    }
}
