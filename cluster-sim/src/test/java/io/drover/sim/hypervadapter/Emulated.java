package io.drover.sim.hypervadapter;

import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.WantedSettings;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.wsman.WsmanAuthentication;
import io.drover.wsman.WsmanLimits;
import io.drover.wsman.WsmanSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How the adapter is told of emulated hosts. */
final class Emulated {
    private Emulated() {}

    static HypervisorConfig.Hyperv config(EmulatedHosts hosts, String name, Path folder) {
        try {
            Path password = Files.writeString(folder.resolve("password"), EmulatedHosts.USER + "\n");
            return config(hosts.endpoint(name), name, password);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of an agent whose hypervisor is an emulated host, beside the file with its password. */
    static Path agentFile(EmulatedHosts hosts, String name, Path folder) {
        try {
            var unused = Files.writeString(folder.resolve("password"), EmulatedHosts.USER + "\n");
            return Files.writeString(folder.resolve("agent.yaml"), """
                    cluster: test
                    node: node1
                    dataDirectory: data
                    grpc: 127.0.0.1:0
                    zookeeper:
                      connect: 127.0.0.1:2181
                    hypervisor:
                      type: hyperv
                      address: %s
                      authentication: basic
                      user: %s
                      passwordFile: password
                      folders: ['%s']
                      liveMigration:
                        migrations: 3
                    """.formatted(
                            address(hosts, name), EmulatedHosts.USER, EmulatedHosts.SHARE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A host as people name it: without the path of its service. */
    static String address(EmulatedHosts hosts, String name) {
        URI endpoint = hosts.endpoint(name);
        return endpoint.getScheme() + "://" + endpoint.getAuthority();
    }

    private static HypervisorConfig.Hyperv config(URI address, String name, Path password) {
        return new HypervisorConfig.Hyperv(
                address,
                new HypervisorConfig.Hyperv.Login.Basic(EmulatedHosts.USER, password),
                Optional.empty(),
                Optional.of(name.toLowerCase(Locale.ROOT) + "." + EmulatedHosts.DOMAIN),
                List.of(EmulatedHosts.SHARE),
                Map.of(),
                Optional.of(WantedSettings.DEFAULTS));
    }

    static WsmanSettings settings(EmulatedHosts hosts, String name) {
        return new WsmanSettings(
                hosts.endpoint(name),
                new WsmanAuthentication.Basic(EmulatedHosts.USER, EmulatedHosts.USER::toCharArray),
                Optional.empty(),
                true,
                WsmanLimits.USUAL);
    }

    /** Registers a VM that is off, with its files on the share. */
    static void create(EmulatedHosts hosts, String host, VmId name, long memoryMib, String guid) {
        var unused = hosts.host(host)
                .create(new io.drover.sim.hyperv.host.VmSpec(
                        guid,
                        name.value(),
                        memoryMib,
                        1,
                        EmulatedHosts.SHARE + "\\" + name,
                        EmulatedHosts.SWITCH,
                        true));
    }

    static VmSpec spec(VmId name, long memory, String guid) {
        return VmSpec.of(name, memory).knownAs(guid, "");
    }
}
