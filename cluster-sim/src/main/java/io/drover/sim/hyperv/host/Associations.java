package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The objects that join two others. */
final class Associations {
    private static final long CREATED = 5;

    private final EmulatedHost host;

    Associations(EmulatedHost host) {
        this.host = host;
    }

    void addTo(Map<String, Function<CimClass, List<CimObject>>> sources) {
        sources.put("Msvm_SettingsDefineState", this::settingsOfVms);
        sources.put("Msvm_VirtualSystemSettingDataComponent", this::resourcesOfSettings);
        sources.put("Msvm_VirtualSystemMigrationServiceSettingDataComponent", this::networksOfSettings);
        sources.put("Msvm_AffectedJobElement", this::affected);
        sources.put("Msvm_HostedDependency", this::hosted);
        sources.put("Msvm_SystemDevice", this::devices);
        sources.put("Msvm_ElementSettingData", this::settingsOfServices);
    }

    private List<CimObject> settingsOfVms(CimClass type) {
        return host.vms().stream()
                .map(vm -> new CimObject(type)
                        .with("ManagedElement", HostMethods.ref(host, vm))
                        .with("SettingData", vm.settings.ref()))
                .toList();
    }

    private List<CimObject> resourcesOfSettings(CimClass type) {
        List<CimObject> all = new ArrayList<>();
        for (Vm vm : host.vms()) {
            for (CimObject resource : vm.resources) {
                all.add(component(type, vm.settings.ref(), resource.ref()));
            }
        }
        return all;
    }

    private List<CimObject> networksOfSettings(CimClass type) {
        return host.settings.networks.stream()
                .map(each -> component(type, host.settings.migration.ref(), each.ref()))
                .toList();
    }

    private static CimObject component(CimClass type, Ref group, Ref part) {
        return new CimObject(type).with("GroupComponent", group).with("PartComponent", part);
    }

    private List<CimObject> affected(CimClass type) {
        List<CimObject> all = new ArrayList<>();
        for (Job job : host.jobs.all()) {
            job.affected.forEach(each -> all.add(affects(type, job, each, 0)));
            job.created.forEach(each -> all.add(affects(type, job, each, CREATED)));
        }
        return all;
    }

    private static CimObject affects(CimClass type, Job job, Ref element, long effect) {
        return new CimObject(type)
                .with("AffectedElement", element)
                .with("AffectingElement", job.ref())
                .with("ElementEffects", List.of(effect));
    }

    /** Memory and processors depend on the node that they belong to. */
    private List<CimObject> hosted(CimClass type) {
        List<Ref> nodes = refs("Msvm_NumaNode");
        List<CimObject> all = new ArrayList<>();
        List<Ref> memories = refs("Msvm_Memory");
        List<Ref> processors = refs("Msvm_Processor");
        for (int i = 0; i < memories.size(); i++) {
            all.add(dependency(type, nodes.get(i), memories.get(i)));
        }
        int perNode = Math.max(1, processors.size() / nodes.size());
        for (int i = 0; i < processors.size(); i++) {
            all.add(dependency(type, nodes.get(Math.min(i / perNode, nodes.size() - 1)), processors.get(i)));
        }
        return all;
    }

    private static CimObject dependency(CimClass type, Ref antecedent, Ref dependent) {
        return new CimObject(type).with("Antecedent", antecedent).with("Dependent", dependent);
    }

    private List<CimObject> devices(CimClass type) {
        List<CimObject> all = new ArrayList<>();
        for (String device : GuestDevices.classes()) {
            for (Ref each : refs(device)) {
                Ref system = Ref.to(
                        host.schema().get(Schema.VIRTUALIZATION, "Msvm_ComputerSystem"),
                        Map.of("CreationClassName", "Msvm_ComputerSystem", "Name", each.key("SystemName")));
                all.add(component(type, system, each));
            }
        }
        return all;
    }

    private List<CimObject> settingsOfServices(CimClass type) {
        return List.of(
                settingsOf(type, refs("Msvm_VirtualSystemMigrationService"), host.settings.migration.ref()),
                settingsOf(type, refs("Msvm_VirtualSystemManagementService"), host.settings.management.ref()));
    }

    private static CimObject settingsOf(CimClass type, List<Ref> services, Ref settings) {
        return new CimObject(type)
                .with("IsCurrent", 1L)
                .with("IsDefault", 1L)
                .with("IsNext", 1L)
                .with("ManagedElement", services.get(0))
                .with("SettingData", settings);
    }

    private List<Ref> refs(String className) {
        return host.objectsOf(host.schema().get(Schema.VIRTUALIZATION, className)).stream()
                .map(CimObject::ref)
                .toList();
    }
}
