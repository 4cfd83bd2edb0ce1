package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.storage.SharedStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why a migration cannot be done, found out before it begins. */
final class MigrationChecks {
    private final EmulatedHost source;
    private final MigrationRequest request;
    private final List<Problem> problems = new ArrayList<>();

    private MigrationChecks(EmulatedHost source, MigrationRequest request) {
        this.source = source;
        this.request = request;
    }

    static List<Problem> of(EmulatedHost source, MigrationRequest request) {
        return new MigrationChecks(source, request).problems();
    }

    private List<Problem> problems() {
        if (source.misbehaviours().has(Misbehaviour.STORAGE_GONE)) {
            add("21502", Problem.PATH_NOT_FOUND, "the storage of the virtual machine is out of reach");
        }
        if (request.vm().isBroken) {
            add("21502", Problem.SHARING_VIOLATION, "another host has its configuration open");
        }
        if (request.movesVm()) {
            Optional<EmulatedHost> target =
                    source.site().find(request.destination()).filter(EmulatedHost::isUp);
            if (target.isEmpty()) {
                add(
                        "21501",
                        Problem.RPC_UNAVAILABLE,
                        "could not connect to the Virtual Machine Management service on '" + request.destination()
                                + "'");
                return problems;
            }
            checkServices(target.get());
            if (problems.isEmpty()) {
                checkTarget(target.get()); // Nobody looks at a host that cannot be connected to.
            }
        }
        checkStorage();
        return problems;
    }

    private void add(String id, long hresult, String why) {
        problems.add(Problem.of(
                id,
                hresult,
                "Virtual machine migration operation for '" + request.vm().name() + "' failed at migration source '"
                        + source.hostName() + "': " + why));
    }

    private void checkServices(EmulatedHost target) {
        for (EmulatedHost each : List.of(source, target)) {
            if (!each.settings.isMigrationOn()) {
                add(
                        "21501",
                        0,
                        "the user has disabled the listener for Virtual Machine migration connections on '"
                                + each.hostName() + "'.");
            }
        }
        if (source.settings.migration.number("AuthenticationType") != 1) {
            add("21501", Problem.NO_CREDENTIALS, "no credentials are available in the security package");
        }
        List<String> listeners = target.settings.listeners();
        List<String> given = request.settings().texts("DestinationIPAddressList");
        boolean isReachable =
                given.isEmpty() ? !listeners.isEmpty() : given.stream().anyMatch(listeners::contains);
        if (target.settings.isMigrationOn() && !isReachable) {
            add(
                    "21501",
                    Problem.CONNECTION_TIMED_OUT,
                    "failed to establish a connection with host '" + target.hostName() + "'");
        }
    }

    private void checkTarget(EmulatedHost target) {
        Vm vm = request.vm();
        if (target == source || target.vm(vm.id()).isPresent()) {
            add("21502", 0x80070050L, "the virtual machine is on '" + target.hostName() + "' already");
        }
        if (vm.state.isInMemory() && !target.hasRoom(vm.memory(), target.freeMemory())) {
            add("21502", Problem.NOT_ENOUGH_MEMORY, "there is not enough memory on '" + target.hostName() + "'");
        }
        if (vm.state.isInMemory()
                && !Compatibility.fits(vm.features, target.shape().features())) {
            problems.add(Compatibility.problem(target));
        }
        if (request.type() == MigrationRequest.STAGED) {
            return; // What has no switch there is what such a VM is prepared for.
        }
        Optional<Vm> planned = Migration.planned(target, request);
        if (planned.isEmpty()
                && !request.settings().text("DestinationPlannedVirtualSystemId").isEmpty()) {
            add("21502", 0x80041002L, "there is no such planned virtual machine on '" + target.hostName() + "'");
            return;
        }
        Vm there = planned.orElseGet(() -> Copies.planned(vm, target));
        problems.addAll(ImportMethods.problems(target, there).stream()
                .filter(each -> each.messageId().equals("33012"))
                .toList());
    }

    private void checkStorage() {
        for (CimObject each : request.vm().resources("Msvm_StorageAllocationSettingData")) {
            String path = each.texts("HostResource").stream().findFirst().orElse("");
            boolean isIso = each.text("ResourceSubType").equals(Vm.ISO);
            boolean isLocal = !path.isEmpty() && !SharedStorage.isShared(path);
            if (isLocal && isIso && request.movesVm()) {
                add("21502", 0xC03A0014L, "the attachment '" + path + "' failed to open");
            } else if (isLocal && request.type() == MigrationRequest.VM_ONLY) {
                add("21502", Problem.PATH_NOT_FOUND, "the virtual hard disk '" + path + "' is on local storage");
            }
        }
        boolean isLocal = !SharedStorage.isShared(request.vm().configuration());
        if (isLocal && request.type() == MigrationRequest.VM_ONLY) {
            add("21502", Problem.PATH_NOT_FOUND, "the configuration is on local storage");
        }
    }
}
