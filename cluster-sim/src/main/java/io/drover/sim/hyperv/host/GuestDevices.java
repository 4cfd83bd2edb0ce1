package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.InstanceText;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The devices of a VM that executes: integration services, its keyboard, and what it shows. */
final class GuestDevices {
    /** Of each class, the end of its objects' identifiers. */
    private static final Map<String, String> COMPONENTS = new LinkedHashMap<>();

    private static final String SYNTHETIC = "Msvm_SyntheticDisplayController";
    private static final String S3 = "Msvm_S3DisplayController";
    private static final String HEAD = "Msvm_VideoHead";
    private static final Map<String, String> CONTROLLERS = new LinkedHashMap<>();

    /** So small that its picture fits into the envelope that a host sends by default. */
    private static final long WIDTH = 320;

    private static final long HEIGHT = 240;
    private static final int BYTES_PER_PIXEL = 2;
    private static final long PIXELS_MAX = 4L << 20;
    private static final long ENABLED = 2;
    private static final long DISABLED = 3;

    static {
        COMPONENTS.put("Msvm_HeartbeatComponent", "84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47");
        COMPONENTS.put("Msvm_ShutdownComponent", "9F8233AC-BE49-4C79-8EE3-E7E1985B2077");
        COMPONENTS.put("Msvm_KvpExchangeComponent", "2A34B1C2-FD73-4043-8A5B-DD2159BC743F");
        COMPONENTS.put("Msvm_TimeSyncComponent", "2497F4DE-E9FA-4204-80E4-4B75C46419C0");
        COMPONENTS.put("Msvm_VssComponent", "5CED1297-4598-4915-A5FC-AD21BB4D02A4");
        COMPONENTS.put("Msvm_GuestServiceInterfaceComponent", "6C09BB55-D683-4DA0-8931-C9BF705F6480");
        CONTROLLERS.put(SYNTHETIC, "3F3DA2C1-5D0C-4DFD-9B51-6B2A6E0E6B43");
        CONTROLLERS.put(S3, "5C4B1D6A-0C2E-4B8B-8E2F-7A1F5D9C3E10");
    }

    private final EmulatedHost host;
    private final VmObjects vms;

    GuestDevices(EmulatedHost host, VmObjects vms) {
        this.host = host;
        this.vms = vms;
    }

    void addTo(Map<String, Function<CimClass, List<CimObject>>> sources) {
        COMPONENTS.forEach((name, id) -> {
            sources.put(name, type -> vms.components(type, id));
            sources.put(name + "SettingData", type -> settings(type, id));
        });
        sources.put("Msvm_KvpExchangeComponent", this::exchanges);
        sources.put("Msvm_Keyboard", type -> vms.components(type, "58F75A6D-D949-4320-99E1-A2A2576D581C"));
        CONTROLLERS.forEach((name, id) -> sources.put(name, type -> vms.components(type, id)));
        sources.put(HEAD, this::heads);
        sources.put("Msvm_VideoHeadOnController", this::headsOnControllers);
    }

    void addTo(HostMethods methods) {
        methods.add("Msvm_VirtualSystemManagementService", "GetVirtualSystemThumbnailImage", this::picture);
    }

    /** Classes of devices, as they belong to a VM. */
    static List<String> classes() {
        List<String> all = new ArrayList<>(COMPONENTS.keySet());
        all.addAll(CONTROLLERS.keySet());
        all.addAll(List.of(HEAD, "Msvm_Keyboard"));
        return all;
    }

    /** All are on but one, as they are in a new VM. */
    private List<CimObject> settings(CimClass type, String id) {
        boolean isOn = !type.name().startsWith("Msvm_GuestServiceInterface");
        return host.vms().stream()
                .map(vm -> host.forms
                        .object(type.name(), "Microsoft:" + vm.id() + "\\" + id)
                        .with("ElementName", type.name().replaceAll("Msvm_|ComponentSettingData", ""))
                        .with("EnabledState", isOn ? ENABLED : DISABLED))
                .toList();
    }

    // ---- what a guest tells its host

    private List<CimObject> exchanges(CimClass type) {
        Map<String, Vm> up = guestsThatAreUp();
        List<CimObject> all = vms.components(type, COMPONENTS.getOrDefault(type.name(), ""));
        for (CimObject each : all) {
            Vm vm = up.get(each.text("SystemName"));
            if (vm != null) {
                each.with("GuestIntrinsicExchangeItems", items(vm));
            }
        }
        return all;
    }

    private Map<String, Vm> guestsThatAreUp() {
        Map<String, Vm> up = new HashMap<>();
        for (Vm vm : host.vms()) {
            if (!vm.isPlanned && VmObjects.heartbeat(host, vm) == VmObjects.HEARTBEAT_OK) {
                up.put(vm.id(), vm);
            }
        }
        return up;
    }

    private List<String> items(Vm vm) {
        Map<String, String> items = new LinkedHashMap<>();
        items.put("FullyQualifiedDomainName", vm.name());
        items.put("OSName", Summaries.GUEST_SYSTEM);
        items.put("OSVersion", SystemObjects.VERSION);
        items.put("ProcessorArchitecture", "9");
        List<String> texts = new ArrayList<>();
        items.forEach((name, data) -> texts.add(
                InstanceText.format(new CimObject(host.schema().get(Schema.VIRTUALIZATION, "Msvm_KvpExchangeDataItem"))
                        .with("Data", data)
                        .with("Name", name)
                        .with("Source", 2L))));
        return texts;
    }

    // ---- what it shows

    /** A VM starts with the simpler one of its two controllers, and its system goes over to the other. */
    private List<CimObject> heads(CimClass type) {
        Map<String, Vm> up = guestsThatAreUp();
        List<CimObject> all = new ArrayList<>();
        CONTROLLERS.forEach((controller, id) -> {
            for (CimObject head : vms.components(type, id + "\\0")) {
                boolean isShown = up.containsKey(head.text("SystemName")) == controller.equals(SYNTHETIC);
                all.add(head.with("CurrentBitsPerPixel", 16L)
                        .with("CurrentHorizontalResolution", WIDTH)
                        .with("CurrentVerticalResolution", HEIGHT)
                        .with("EnabledState", isShown ? ENABLED : DISABLED));
            }
        });
        return all;
    }

    private List<CimObject> headsOnControllers(CimClass type) {
        Map<String, Ref> heads = new HashMap<>();
        objects(HEAD).forEach(each -> heads.put(each.text("DeviceID"), each.ref()));
        List<CimObject> all = new ArrayList<>();
        CONTROLLERS.keySet().forEach(each -> {
            for (CimObject controller : objects(each)) {
                Ref head = heads.get(controller.text("DeviceID") + "\\0");
                if (head != null) {
                    all.add(new CimObject(type)
                            .with("Antecedent", controller.ref())
                            .with("Dependent", head));
                }
            }
        });
        return all;
    }

    private List<CimObject> objects(String className) {
        return host.objectsOf(host.schema().get(Schema.VIRTUALIZATION, className));
    }

    /** Lines from dark to bright, in RGB 565. */
    private Map<String, Object> picture(CimObject target, Map<String, Object> inputs) {
        long width = inputs.get("WidthPixels") instanceof Long number ? number : 0;
        long height = inputs.get("HeightPixels") instanceof Long number ? number : 0;
        boolean isMeant = HostMethods.vmOf(host, inputs.get("TargetSystem")).isPresent();
        if (!isMeant || width == 0 || height == 0 || width * height > PIXELS_MAX) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        boolean isThere = HostMethods.vmOf(host, inputs.get("TargetSystem"))
                .filter(vm -> vm.state.isInMemory())
                .isPresent();
        if (!isThere) {
            return Outcome.of(ReturnCode.INVALID_STATE);
        }
        byte[] pixels = new byte[(int) (width * height) * BYTES_PER_PIXEL];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i / BYTES_PER_PIXEL / width);
        }
        return Outcome.done("ImageData", Base64.getEncoder().encodeToString(pixels));
    }
}
