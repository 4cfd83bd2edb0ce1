package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.hyperv.Capacity.Memory;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.hypervisor.hyperv.MigrationService.State;
import io.drover.model.Severity;
import io.drover.model.StoragePlan;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a target's host would say to a VM that came: all of it, where a reception ends at the first. Reads only. */
final class ReceptionCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ReceptionCheck.class);
    private static final int MEBI = 20;

    private final HypervHypervisor host;
    private final HostCalls calls;
    private final Connections connections;
    private final Capacity capacity;
    private final MigrationService service;

    ReceptionCheck(
            HypervHypervisor host,
            HostCalls calls,
            Connections connections,
            Capacity capacity,
            MigrationService service) {
        this.host = host;
        this.calls = calls;
        this.connections = connections;
        this.capacity = capacity;
        this.service = service;
    }

    /**
     * What it would say.
     *
     * @param name by which the source's host reaches this one
     * @param isAwaited whether it is awaited here already
     */
    Reception reception(VmSpec vm, StoragePlan plan, String name, boolean isAwaited) {
        List<Objection> objections = new ArrayList<>();
        present(vm, isAwaited).ifPresent(objections::add);
        memory(vm).ifPresent(objections::add);
        Set<String> networks = connections.names();
        Set<String> missing = new TreeSet<>(vm.networks());
        missing.removeAll(networks);
        missing.forEach(each ->
                objections.add(Failures.finding(HypervProblem.INCOMPATIBLE_SWITCH, "there is no '" + each + "'")));
        State state = service.state();
        state.obstacle().ifPresent(each -> objections.add(Failures.finding(each.problem(), each.evidence())));
        if (!plan.isEmpty()) {
            state.storageObstacle()
                    .ifPresent(each -> objections.add(Failures.finding(each.problem(), each.evidence())));
        }
        // A host whose migrations are off has no addresses either: the source's host is asked all the same.
        List<String> addresses = state.isOn() ? state.addresses() : List.of();
        return new Reception(Endpoint.of(name, addresses).text(), processors(), List.copyOf(networks), objections);
    }

    private Optional<Objection> memory(VmSpec vm) {
        Memory memory = capacity.memory();
        String needs = "it needs " + (vm.memory() >> MEBI) + " MiB, ";
        if (vm.memory() > memory.free()) {
            return Optional.of(
                    Failures.finding(HypervProblem.NO_RESOURCES, needs + (memory.free() >> MEBI) + " MiB are free"));
        }
        if (vm.memory() <= memory.largestNode() || capacity.isSpanning()) {
            return Optional.empty();
        }
        return Optional.of(new Objection(
                HypervProblem.NO_RESOURCES.name(),
                needs + "the largest NUMA node has " + (memory.largestNode() >> MEBI)
                        + " MiB free, and memory may not span nodes: it fits only if it has virtual NUMA nodes that do",
                "free memory, or Set-VMHost -NumaSpanningEnabled $true and restart the service vmms",
                Severity.WARNING));
    }

    private Optional<Objection> present(VmSpec vm, boolean isAwaited) {
        if (isAwaited) {
            return Optional.of(Failures.finding(HypervProblem.ALREADY_THERE, "it is awaited already"));
        }
        try {
            return host.find(vm)
                    .map(SystemFacts::state)
                    .map(state -> Failures.finding(HypervProblem.ALREADY_THERE, "it is " + state));
        } catch (HypervisorException e) {
            if (e.kind() != HypervisorException.Kind.REFUSED) {
                throw e;
            }
            return Optional.of(Objection.blocking(HypervProblem.ALREADY_THERE.name(), HostMove.text(e), e.remedy()));
        }
    }

    /** They are needed only where the source's host cannot compare: a host that does not tell them is no failure. */
    private String processors() {
        try {
            return CompatibilityVectors.text(CompatibilityVectors.ofHost(calls));
        } catch (HypervisorException e) {
            LOG.debug("the vectors of the host cannot be read: {}", e.getMessage());
            return "";
        }
    }
}
