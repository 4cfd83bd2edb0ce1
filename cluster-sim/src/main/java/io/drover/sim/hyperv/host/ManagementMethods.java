package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes, changes and removes VMs, and says in short how they are. */
final class ManagementMethods {
    private static final String SERVICE = "Msvm_VirtualSystemManagementService";

    private final EmulatedHost host;

    ManagementMethods(EmulatedHost host) {
        this.host = host;
    }

    void addTo(HostMethods methods) {
        methods.add(SERVICE, "DefineSystem", this::define);
        methods.add(SERVICE, "DestroySystem", this::destroy);
        methods.add(SERVICE, "AddResourceSettings", this::addResources);
        methods.add(SERVICE, "ModifyResourceSettings", this::modifyResources);
        methods.add(SERVICE, "RemoveResourceSettings", this::removeResources);
        methods.add(SERVICE, "ModifySystemSettings", this::modifySystem);
        methods.add(SERVICE, "ModifyServiceSettings", this::modifyService);
        methods.add(SERVICE, "GetSummaryInformation", this::summaries);
        methods.add(SERVICE, "GetDefinitionFileSummaryInformation", this::fileSummaries);
    }

    private Map<String, Object> define(CimObject target, Map<String, Object> inputs) {
        try {
            CimObject wanted = inputs.containsKey("SystemSettings")
                    ? HostMethods.read(host, "Msvm_VirtualSystemSettingData", inputs.get("SystemSettings"))
                    : host.forms.object("Msvm_VirtualSystemSettingData", "");
            String given = wanted.text("VirtualSystemIdentifier");
            String id = given.isEmpty() ? VmForms.newGuid() : given.toUpperCase(java.util.Locale.ROOT);
            if (host.vm(id).isPresent()) {
                return Outcome.of(ReturnCode.INVALID_PARAMETER);
            }
            String root = wanted.text("ConfigurationDataRoot").isEmpty()
                    ? host.settings.management.text("DefaultExternalDataRoot")
                    : wanted.text("ConfigurationDataRoot");
            String name = wanted.text("ElementName").isEmpty() ? "New Virtual Machine" : wanted.text("ElementName");
            Vm vm = host.create(new VmSpec(id, name, 1024, 1, root, "", false));
            vm.settings.takeFrom(wanted.without("InstanceID"));
            vm.settings.with("VirtualSystemIdentifier", id);
            for (Object each : HostMethods.list(inputs, "ResourceSettings")) {
                new ResourceForms(host).add(vm, HostMethods.read(host, "CIM_ResourceAllocationSettingData", each));
            }
            host.save(vm);
            return Outcome.done("ResultingSystem", HostMethods.ref(host, vm));
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    /** Deletes the configuration file too, if nobody else has it open, but no disk. */
    private Map<String, Object> destroy(CimObject target, Map<String, Object> inputs) {
        Optional<Vm> found = HostMethods.vmOf(host, inputs.get("AffectedSystem"));
        if (found.isEmpty()) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        Vm vm = found.get();
        boolean isOff = vm.state == VmState.OFF || vm.state == VmState.SAVED;
        if (!vm.isPlanned && (!isOff || vm.operation != 0)) {
            return Outcome.of(ReturnCode.INVALID_STATE);
        }
        Job job = host.jobs.run(
                "Msvm_ConcreteJob", 4, PowerMethods.CHANGE, List.of(HostMethods.ref(host, vm)), unused -> remove(vm));
        return Outcome.started(job);
    }

    private void remove(Vm vm) {
        host.remove(vm);
        java.nio.file.Path file = host.file(vm.configuration());
        boolean isMine =
                host.storage().holder(file).map(host.shape().name()::equals).orElse(false);
        if (vm.isPlanned) {
            // What was imported in place keeps its file; a planned VM of a migration has none that is open here.
            if (host.vm(vm.id()).isEmpty()) {
                host.storage().unlock(host.shape().name(), file);
            }
        } else if (isMine) {
            host.storage().delete(file);
            host.storage().unlock(host.shape().name(), file);
        }
    }

    private Map<String, Object> addResources(CimObject target, Map<String, Object> inputs) {
        Optional<Vm> vm = HostMethods.vmOf(host, inputs.get("AffectedConfiguration"));
        List<?> texts = HostMethods.list(inputs, "ResourceSettings");
        if (vm.isEmpty() || texts.isEmpty()) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        try {
            List<CimObject> wanted = texts.stream()
                    .map(each -> HostMethods.read(host, "CIM_ResourceAllocationSettingData", each))
                    .toList();
            List<Ref> added = new ArrayList<>();
            if (!HostMethods.ignoresWrites(host)) {
                wanted.forEach(each -> added.add(new ResourceForms(host).add(vm.get(), each)));
                changed(vm.get());
            }
            return Outcome.done("ResultingResourceSettings", added);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    private void changed(Vm vm) {
        vm.configuredAt = host.now();
        host.save(vm);
    }

    private Map<String, Object> modifyResources(CimObject target, Map<String, Object> inputs) {
        List<?> texts = HostMethods.list(inputs, "ResourceSettings");
        try {
            List<CimObject> wanted = texts.stream()
                    .map(each -> HostMethods.read(host, "CIM_ResourceAllocationSettingData", each))
                    .toList();
            List<Ref> modified = new ArrayList<>();
            for (CimObject each : wanted) {
                Optional<Vm> owner = ownerOf(each.text("InstanceID"));
                if (owner.isEmpty()) {
                    return Outcome.of(ReturnCode.INVALID_PARAMETER);
                }
                CimObject resource =
                        resource(owner.get(), each.text("InstanceID")).orElseThrow();
                if (owner.get().state != VmState.OFF && changesProcessors(resource, each)) {
                    return Outcome.of(ReturnCode.INVALID_STATE);
                }
                if (!HostMethods.ignoresWrites(host)) {
                    resource.takeFrom(each);
                    changed(owner.get());
                }
                modified.add(resource.ref());
            }
            return modified.isEmpty()
                    ? Outcome.of(ReturnCode.INVALID_PARAMETER)
                    : Outcome.done("ResultingResourceSettings", modified);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    /** Their number is as it was when the VM was started; a caller may well send it along unchanged. */
    private static boolean changesProcessors(CimObject known, CimObject wanted) {
        return known.type().name().equals("Msvm_ProcessorSettingData")
                && wanted.value("VirtualQuantity").isPresent()
                && !wanted.value("VirtualQuantity").equals(known.value("VirtualQuantity"));
    }

    /** A planned VM first: its resources have the same identifiers as those of the realised one. */
    private Optional<Vm> ownerOf(String instanceId) {
        return host.vms().stream()
                .filter(each -> resource(each, instanceId).isPresent())
                .max(java.util.Comparator.comparing(each -> each.isPlanned));
    }

    private static Optional<CimObject> resource(Vm vm, String instanceId) {
        return vm.resources.stream()
                .filter(each -> each.text("InstanceID").equalsIgnoreCase(instanceId))
                .findFirst();
    }

    private Map<String, Object> removeResources(CimObject target, Map<String, Object> inputs) {
        List<?> refs = HostMethods.list(inputs, "ResourceSettings");
        for (Object each : refs) {
            String id = each instanceof Ref ref ? ref.key("InstanceID") : "";
            Optional<Vm> owner = ownerOf(id);
            if (owner.isEmpty()) {
                return Outcome.of(ReturnCode.INVALID_PARAMETER);
            }
            if (!HostMethods.ignoresWrites(host)) {
                owner.get().resources.removeIf(known -> known.text("InstanceID").equalsIgnoreCase(id));
                changed(owner.get());
            }
        }
        return Outcome.of(refs.isEmpty() ? ReturnCode.INVALID_PARAMETER : ReturnCode.DONE);
    }

    private Map<String, Object> modifySystem(CimObject target, Map<String, Object> inputs) {
        try {
            CimObject wanted =
                    HostMethods.read(host, "Msvm_VirtualSystemSettingData", inputs.getOrDefault("SystemSettings", ""));
            Optional<Vm> vm = host.vms().stream()
                    .filter(each -> each.settings.text("InstanceID").equalsIgnoreCase(wanted.text("InstanceID")))
                    .findFirst();
            if (vm.isEmpty()) {
                return Outcome.of(ReturnCode.INVALID_PARAMETER);
            }
            if (VmObjects.isStorageGone(host, vm.get())) {
                // Its definition is out of reach, or another host's to write: it can only be turned off or removed.
                return Outcome.of(ReturnCode.INVALID_STATE);
            }
            if (!HostMethods.ignoresWrites(host)) {
                vm.get().settings.takeFrom(wanted);
                changed(vm.get());
            }
            return Outcome.of(ReturnCode.DONE);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    private Map<String, Object> modifyService(CimObject target, Map<String, Object> inputs) {
        try {
            CimObject wanted = HostMethods.read(
                    host, "Msvm_VirtualSystemManagementServiceSettingData", inputs.getOrDefault("SettingData", ""));
            if (!HostMethods.ignoresWrites(host)) {
                host.settings.management.takeFrom(wanted.without("InstanceID"));
            }
            return Outcome.of(ReturnCode.DONE);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    private Map<String, Object> summaries(CimObject target, Map<String, Object> inputs) {
        List<?> wanted = HostMethods.list(inputs, "SettingData");
        List<?> codes = HostMethods.list(inputs, "RequestedInformation");
        List<Vm> vms = wanted.isEmpty()
                ? host.vms().stream().filter(each -> !each.isPlanned).toList()
                : wanted.stream()
                        .flatMap(each -> HostMethods.vmOf(host, each).stream())
                        .toList();
        if (vms.size() < wanted.size()) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        Summaries summaries = new Summaries(host);
        List<CimObject> found =
                vms.stream().map(each -> summaries.of(each, codes)).toList();
        return Outcome.done("SummaryInformation", found);
    }

    private Map<String, Object> fileSummaries(CimObject target, Map<String, Object> inputs) {
        List<CimObject> found = new ArrayList<>();
        for (Object file : HostMethods.list(inputs, "DefinitionFiles")) {
            Optional<Vm> vm = ImportMethods.vmIn(host, file.toString());
            if (vm.isEmpty()) {
                return Outcome.of(ReturnCode.FAILED);
            }
            found.add(new CimObject(host.schema().get(Schema.VIRTUALIZATION, "Msvm_SummaryInformation"))
                    .with("Name", vm.get().id())
                    .with("ElementName", vm.get().name())
                    .with("Notes", String.join("\n", vm.get().settings.texts("Notes"))));
        }
        return Outcome.done("SummaryInformation", found);
    }
}
