package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.InstanceText;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.Method;
import io.drover.sim.hyperv.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds who does what a method is asked for. */
final class HostMethods {
    /** One method. */
    interface Handler {
        Map<String, Object> invoke(CimObject target, Map<String, Object> inputs);
    }

    private final EmulatedHost host;
    private final Map<String, Handler> handlers = new TreeMap<>();

    HostMethods(EmulatedHost host) {
        this.host = host;
        for (String job : List.of("Msvm_ConcreteJob", "Msvm_MigrationJob", "Msvm_StorageJob")) {
            add(job, "RequestStateChange", (target, inputs) -> host.jobs.change(target.text("InstanceID"), inputs));
            add(job, "GetErrorEx", (target, inputs) -> host.jobs.errors(target.text("InstanceID")));
            add(job, "GetError", (target, inputs) -> host.jobs.error(target.text("InstanceID")));
            add(job, "KillJob", (target, inputs) -> Outcome.of(ReturnCode.NOT_SUPPORTED));
        }
        new PowerMethods(host).addTo(this);
        new ManagementMethods(host).addTo(this);
        new ImportMethods(host).addTo(this);
        new ImageMethods(host).addTo(this);
        new GuestDevices(host, new VmObjects(host)).addTo(this);
        new MigrationMethods(host).addTo(this);
        new MigrationSettingsMethods(host).addTo(this);
        for (String each :
                List.of("TypeText", "TypeCtrlAltDel", "TypeKey", "PressKey", "ReleaseKey", "TypeScancodes")) {
            add("Msvm_Keyboard", each, (target, inputs) -> Outcome.of(ReturnCode.DONE));
        }
    }

    void add(String className, String method, Handler handler) {
        handlers.put(className + "." + method, handler);
    }

    Map<String, Object> invoke(CimObject target, Method method, Map<String, Object> inputs) {
        Handler handler = handlers.get(target.type().name() + "." + method.name());
        if (handler == null) {
            return Outcome.of(ReturnCode.NOT_SUPPORTED);
        }
        Optional<Long> told = host.nextFailures().takeAnswer(method.name());
        if (told.isPresent()) {
            return Outcome.of(told.get());
        }
        return handler.invoke(target, inputs);
    }

    // ---- what handlers share

    /** The VM that a reference or an object means; its settings mean it too. */
    static Optional<Vm> vmOf(EmulatedHost host, @Nullable Object reference) {
        if (!(reference instanceof Ref ref)) {
            return Optional.empty();
        }
        boolean isPlanned = ref.className().equals("Msvm_PlannedComputerSystem");
        return switch (ref.className()) {
            case "Msvm_ComputerSystem", "Msvm_PlannedComputerSystem" ->
                host.vms().stream()
                        .filter(each -> each.isPlanned == isPlanned && each.id().equalsIgnoreCase(ref.key("Name")))
                        .findFirst();
            case "Msvm_VirtualSystemSettingData" ->
                host.vms().stream()
                        .filter(each -> each.settings.text("InstanceID").equalsIgnoreCase(ref.key("InstanceID")))
                        .findFirst();
            default -> Optional.empty();
        };
    }

    /** What points to a VM. */
    static Ref ref(EmulatedHost host, Vm vm) {
        return Ref.to(
                vm.type(host.schema()),
                Map.of("CreationClassName", vm.type(host.schema()).name(), "Name", vm.id()));
    }

    /** An object that came as text. */
    static CimObject read(EmulatedHost host, String className, Object text) {
        return InstanceText.parse(host.schema(), Schema.VIRTUALIZATION, className, text.toString());
    }

    static List<?> list(Map<String, Object> inputs, String name) {
        return inputs.get(name) instanceof List<?> list ? list : List.of();
    }

    static String text(Map<String, Object> inputs, String name) {
        return inputs.getOrDefault(name, "").toString();
    }

    static boolean ignoresWrites(EmulatedHost host) {
        return host.misbehaviours().has(Misbehaviour.ACCEPT_AND_IGNORE_WRITES);
    }
}
