package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.ObjectPath;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.Schema;

/** Adds resources to VMs, as callers describe them: with a type, a subtype, and a parent. */
final class ResourceForms {
    private final EmulatedHost host;

    ResourceForms(EmulatedHost host) {
        this.host = host;
    }

    /** Adds one; a VM has its memory and its processors already, so that these are changed. */
    Ref add(Vm vm, CimObject wanted) {
        String className = classOf(wanted);
        boolean isOnce = className.equals("Msvm_MemorySettingData") || className.equals("Msvm_ProcessorSettingData");
        if (isOnce) {
            CimObject known = vm.resources(className).get(0);
            known.takeFrom(wanted.copy().without("InstanceID"));
            return known.ref();
        }
        String subType = wanted.text("ResourceSubType");
        CimObject added = host.forms.resource(
                className, vm.id(), part(vm, wanted), (int) wanted.number("ResourceType"), subType);
        wanted.copy().without("InstanceID").values().forEach(added::with);
        if (className.equals("Msvm_SyntheticEthernetPortSettingData") && wanted.text("Address").isEmpty()) {
            added.with("Address", "00155D" + VmForms.newGuid().substring(0, 6)).with("StaticMacAddress", false);
        }
        vm.resources.add(added);
        return added.ref();
    }

    /** Clients may call every resource an Msvm_ResourceAllocationSettingData; hosts know better, by its type. */
    private static String classOf(CimObject wanted) {
        boolean isGeneric = wanted.type().name().equals("Msvm_ResourceAllocationSettingData");
        if (!isGeneric) {
            return wanted.type().name();
        }
        return switch ((int) wanted.number("ResourceType")) {
            case 3 -> "Msvm_ProcessorSettingData";
            case 4 -> "Msvm_MemorySettingData";
            case 10 -> "Msvm_SyntheticEthernetPortSettingData";
            case 21 -> "Msvm_SerialPortSettingData";
            case 31 -> "Msvm_StorageAllocationSettingData";
            case 33 -> "Msvm_EthernetPortAllocationSettingData";
            default -> "Msvm_ResourceAllocationSettingData";
        };
    }

    private String part(Vm vm, CimObject wanted) {
        String parent = ObjectPath.parse(wanted.text("Parent"), Schema.VIRTUALIZATION)
                .map(each -> each.key("InstanceID"))
                .map(each -> each.substring(each.indexOf('\\') + 1))
                .orElse("");
        return switch ((int) wanted.number("ResourceType")) {
            case 14, 16, 17 -> parent + "\\" + wanted.text("AddressOnParent") + "\\D";
            case 31 -> (parent.endsWith("\\D") ? parent.substring(0, parent.length() - 2) : parent) + "\\L";
            case 33 -> parent + "\\C";
            case 5, 6 -> VmForms.newGuid() + "\\0";
            default -> VmForms.newGuid();
        };
    }
}
