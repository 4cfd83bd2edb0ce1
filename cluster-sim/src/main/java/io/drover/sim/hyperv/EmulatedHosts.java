package io.drover.sim.hyperv;

import io.drover.sim.hyperv.host.EmulatedHost;
import io.drover.sim.hyperv.host.HostShape;
import io.drover.sim.hyperv.host.ManualTimeline;
import io.drover.sim.hyperv.host.MigrationNetwork;
import io.drover.sim.hyperv.host.RealTimeline;
import io.drover.sim.hyperv.host.Site;
import io.drover.sim.hyperv.host.Timeline;
import io.drover.sim.hyperv.host.Vm;
import io.drover.sim.hyperv.host.VmSpec;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.schema.Schema;
import io.drover.sim.hyperv.storage.GuestTruth;
import io.drover.sim.hyperv.storage.SharedStorage;
import io.drover.sim.hyperv.wire.Authentication;
import io.drover.sim.hyperv.wire.BasicAuthentication;
import io.drover.sim.hyperv.wire.CertificateAuthentication;
import io.drover.sim.hyperv.wire.HttpEndpoint;
import io.drover.sim.hyperv.wire.KerberosAuthentication;
import io.drover.sim.hyperv.wire.WsmanService;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;

/**
 * Emulated Hyper-V hosts in this process: each answers WS-Management on a port of the loopback interface, and all of them
 * share one folder as storage.
 *
 * <p>They stand in for Windows as far as its behaviour is known from documents, from other makers' clients, and from
 * recordings; what they do has never been compared with a real host. Safe for many threads.
 */
public final class EmulatedHosts implements AutoCloseable {
    /** Who may call with Basic; in tests it is the password too. */
    public static final String USER = "drover";

    /** The share on which the configurations and the disks of VMs are. */
    public static final String SHARE = "\\\\fs\\vms";

    /** The switch that all hosts have. */
    public static final String SWITCH = "External";

    /** The domain of the hosts. */
    public static final String DOMAIN = "drover.test";

    private static final String VERSION = "10.0.20348";
    private static final long HOST_MEMORY_MIB = 32 << 10;
    private static final long VM_MEMORY_MIB = 1024;
    private static final long FEATURES = 0xFFF;

    private final EmulatedHostsSettings settings;
    private final Object lock = new Object();
    private final Timeline timeline;
    private final Site site;
    private final Optional<Certificates> certificates;
    private final Map<String, WsmanService> services = new LinkedHashMap<>();
    private final Map<String, HttpEndpoint> endpoints = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();

    private EmulatedHosts(EmulatedHostsSettings settings) {
        this.settings = settings;
        this.timeline = settings.isManual()
                ? new ManualTimeline(lock, Instant.parse("2026-01-01T00:00:00Z"))
                : new RealTimeline(lock, settings.speed());
        this.site = new Site(
                lock,
                timeline,
                new SharedStorage(settings.directory().resolve("storage")),
                Schema.load(settings.hasNewerProperties()),
                settings.language(),
                settings.tickEvery());
        this.certificates = settings.isHttp()
                ? Optional.empty()
                : Optional.of(Certificates.in(settings.directory().resolve("tls"), names()));
    }

    /** Starts hosts, with their VMs. */
    public static EmulatedHosts start(EmulatedHostsSettings settings) throws IOException {
        EmulatedHosts hosts = new EmulatedHosts(settings);
        try {
            for (int i = 1; i <= settings.hosts(); i++) {
                hosts.add(i);
            }
            for (int i = 0; i < settings.vms(); i++) {
                EmulatedHost host = hosts.site.hosts().get(i % settings.hosts());
                Vm vm = host.create(spec(i + 1));
                host.startNow(vm);
            }
            for (int i = 0; i < settings.hosts(); i++) {
                String name = "HV" + (i + 1);
                hosts.ports.put(name, settings.basePort() == 0 ? 0 : settings.basePort() + i);
                hosts.listen(name);
            }
            return hosts;
        } catch (IOException | RuntimeException e) {
            hosts.close();
            throw e;
        }
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= settings.hosts(); i++) {
            names.add("hv" + i);
            names.add("hv" + i + "." + DOMAIN);
        }
        return names;
    }

    private void add(int number) {
        EmulatedHost host = site.add(new HostShape(
                "HV" + number, DOMAIN, HOST_MEMORY_MIB, 2, 16, FEATURES, "192.0.2." + (10 + number), List.of(SWITCH)));
        services.put(
                host.hostName(),
                new WsmanService(host, host, host.misbehaviours(), timeline, VERSION, settings.language()));
    }

    /** What the VM of this number is like. */
    public static VmSpec spec(int number) {
        String name = String.format(Locale.ROOT, "vm%02d", number);
        String id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                .toString()
                .toUpperCase(Locale.ROOT);
        return new VmSpec(id, name, VM_MEMORY_MIB, 2, SHARE + "\\" + name, SWITCH, true);
    }

    private void listen(String name) throws IOException {
        List<Authentication> authentications = new ArrayList<>();
        settings.basicPassword().ifPresent(each -> authentications.add(new BasicAuthentication(USER, each)));
        if (!settings.isHttp()) {
            authentications.add(new CertificateAuthentication());
            settings.keytab().ifPresent(each -> authentications.add(new KerberosAuthentication(each)));
        }
        HttpEndpoint endpoint = new HttpEndpoint(
                ports.getOrDefault(name, 0),
                certificates.map(Certificates::ofHosts),
                authentications,
                services.get(name),
                lock,
                host(name).misbehaviours(),
                timeline::await);
        ports.put(name, endpoint.port());
        endpoints.put(name, endpoint);
    }

    // ---- looking at them

    /** All names. */
    public List<String> hostNames() {
        return List.copyOf(services.keySet());
    }

    /** The host of this name, with or without its domain. */
    public EmulatedHost host(String name) {
        synchronized (lock) {
            return site.find(name)
                    .orElseThrow(() ->
                            new IllegalArgumentException("no emulated host " + name + " (expected: " + hostNames() + ")"));
        }
    }

    /** Where a host is called. */
    public URI endpoint(String name) {
        String scheme = settings.isHttp() ? "http" : "https";
        return URI.create(scheme + "://localhost:" + ports.get(host(name).hostName()) + "/wsman");
    }

    /** How a caller speaks TLS to the hosts, with its own certificate. */
    public Optional<SSLContext> clientTls() {
        return certificates.map(Certificates::ofClients);
    }

    /** What callers have to trust, as PEM. */
    public Optional<Path> trustedPem() {
        return certificates.map(Certificates::hostsPem);
    }

    /** The certificate of callers, as PKCS12. */
    public Optional<Path> clientStore() {
        return certificates.map(Certificates::client);
    }

    /** What guests did, as they wrote it down themselves. */
    public GuestTruth truth() {
        synchronized (lock) {
            return GuestTruth.read(site.storage().root());
        }
    }

    /** The folder of the storage. */
    public Path storage() {
        return site.storage().root();
    }

    /** Where a path of Windows is in the storage, as a host sees it. */
    public Path resolve(String name, String path) {
        return site.storage().resolve(host(name).hostName(), path);
    }

    /** The clock of the hosts. */
    public Instant now() {
        return timeline.instant();
    }

    // ---- doing something to them

    /** Lets time pass, if it is manual. */
    public void advance(Duration length) {
        if (!(timeline instanceof ManualTimeline manual)) {
            throw new IllegalStateException("time passes by itself");
        }
        manual.advance(length);
    }

    /** Switches a misbehaviour of a host. */
    public void misbehave(String name, Misbehaviour which, boolean isOn) {
        host(name).misbehaviours().set(which, isOn);
    }

    /** Changes the network over which VMs move. */
    public void network(long mibPerSecond, long dirtyMibPerSecond) {
        site.network(new MigrationNetwork(mibPerSecond, dirtyMibPerSecond));
    }

    /** Starts a host's management service anew: connections break, enumerations and jobs are forgotten. */
    public void restartService(String name) throws IOException {
        EmulatedHost host = host(name);
        HttpEndpoint old = endpoints.remove(host.hostName());
        if (old != null) {
            old.close();
        }
        synchronized (lock) {
            host.restartService();
            services.get(host.hostName()).restart();
        }
        listen(host.hostName());
    }

    /** Cuts the power of a host. */
    public void powerOff(String name) {
        EmulatedHost host = host(name);
        HttpEndpoint old = endpoints.remove(host.hostName());
        if (old != null) {
            old.close();
        }
        host.powerOff();
    }

    /** Gives a host its power back; it listens where it did. */
    public void powerOn(String name) throws IOException {
        EmulatedHost host = host(name);
        synchronized (lock) {
            services.get(host.hostName()).restart();
        }
        host.powerOn();
        listen(host.hostName());
    }

    @Override
    public void close() {
        site.close();
        endpoints.values().forEach(HttpEndpoint::close);
        timeline.close();
    }
}
