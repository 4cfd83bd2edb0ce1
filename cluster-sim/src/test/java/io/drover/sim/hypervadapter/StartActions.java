package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimSession;
import io.drover.wsman.InstanceText;
import java.time.Duration;

/** Automatic start actions of VMs, set and read as somebody else than Drover would. */
final class StartActions {
    private static final Duration CALL = Duration.ofSeconds(10);

    private StartActions() {}

    static void set(CimSession host, String guid, int action) {
        CimInvocation change = CimInvocation.of(
                        CimNamespace.VIRTUALIZATION
                                .cimClass("Msvm_VirtualSystemManagementService")
                                .singleton(),
                        "ModifySystemSettings")
                .instance(
                        "SystemSettings",
                        InstanceText.of("Msvm_VirtualSystemSettingData")
                                .uint16("AutomaticStartupAction", action)
                                .string("InstanceID", "Microsoft:" + guid)
                                .build())
                .build();
        assertThat(host.invoke(change, CALL).returnValue()).isZero();
    }

    static int of(CimSession host, String guid) {
        CimReference settings = CimReference.of(
                CimNamespace.VIRTUALIZATION.cimClass("Msvm_VirtualSystemSettingData"),
                "InstanceID",
                "Microsoft:" + guid);
        return host.get(settings, CALL).uint16("AutomaticStartupAction").orElseThrow();
    }
}
