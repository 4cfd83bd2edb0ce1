package io.drover.hypervisor.hyperv;

import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.MigrationSettings;
import io.drover.hypervisor.HypervisorException;
import io.drover.wsman.CimException;
import io.drover.wsman.CimIdentity;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimSession;
import io.drover.wsman.WsmanExchange;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks a host everything that this adapter asks hosts, in the very way in which it asks, so that a recording of it tells
 * whether a real host answers as the emulated ones do. The groups and their letters are those of {@code docs/windows.md}.
 * Only reads, except where it is told to change settings, which it puts back.
 */
public final class SmokeTest implements AutoCloseable {
    /** Takes the result of each question. */
    public interface Listener {
        /**
         * A question is about to be asked.
         *
         * @param test letter of its group
         */
        void asks(String test);

        /**
         * A question has been answered.
         *
         * @param test letter of its group
         * @param name what was asked
         * @param isPassed whether the answer was of use
         * @param text what was found, or what went wrong
         */
        void answered(String test, String name, boolean isPassed, String text, Duration took);
    }

    private static final String NOBODY = "00000000-0000-0000-0000-000000000000";
    private static final List<String> CLASSES = List.of(
            "Msvm_ComputerSystem",
            "Msvm_PlannedComputerSystem",
            "Msvm_VirtualSystemSettingData",
            "Msvm_MemorySettingData",
            "Msvm_StorageAllocationSettingData",
            "Msvm_EthernetPortAllocationSettingData",
            "Msvm_ShutdownComponent",
            "Msvm_HeartbeatComponent",
            "Msvm_MigrationJob",
            "Msvm_ConcreteJob",
            "Msvm_VirtualSystemManagementService",
            "Msvm_VirtualSystemMigrationService",
            "Msvm_VirtualSystemMigrationServiceSettingData",
            "Msvm_VirtualSystemMigrationNetworkSettingData",
            "Msvm_VirtualEthernetSwitch",
            "Msvm_NumaNode");
    private static final List<String> SYSTEM_CLASSES =
            List.of("Win32_ComputerSystem", "Win32_OperatingSystem", "Win32_Processor");

    private final CimSession session;
    private final HostCalls calls;
    private final MigrationServiceSettings settings;
    private final Listener listener;

    /** A question whose answer is put into words. */
    private interface Question {
        String ask();
    }

    /** A question was answered in a way that is of no use. */
    private static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unexpected(String text) {
            super(text);
        }
    }

    /**
     * Of the host that a configuration names; nothing is sent yet.
     *
     * @param wire is shown everything that goes over the wire
     */
    public SmokeTest(HypervisorConfig.Hyperv config, Consumer<? super WsmanExchange> wire, Listener listener) {
        this.session = HypervConnection.open(config, wire);
        this.calls = new HostCalls(session);
        this.settings = new MigrationServiceSettings(calls);
        this.listener = listener;
    }

    /** Full name of the host, in lower case; its address if it does not say it. Not among the questions. */
    public static String nameOf(HypervisorConfig.Hyperv config) {
        try (HostAdministration host = HostAdministration.of(config)) {
            return host.fullName();
        } catch (HypervisorException e) {
            return config.address().getHost();
        }
    }

    /** Asks everything. What fails does not keep the rest from being asked. */
    public void run(boolean changesSettings) {
        ask("A", "Identify", this::identify);
        SYSTEM_CLASSES.forEach(each -> ask("A", each, () -> count(CimNamespace.CIMV2, each)));
        CLASSES.forEach(each -> ask("C", each, () -> count(CimNamespace.VIRTUALIZATION, each)));
        ask("C", "GetSummaryInformation", () -> new Inventory(calls).systems().size() + " VMs");
        ask("C", "networks of migrations", () -> settings.read().networks().size() + " networks");
        ask("C", "a VM by its identifier", this::oneVm);
        ask("C", "an identifier that no VM has", this::noVm);
        ask("C", "a class that there is not", this::noClass);
        ask("G", "GetSystemCompatibilityVectors", this::vectors);
        if (changesSettings) {
            ask("E", "limit of migrations, changed and put back", this::limit);
        }
    }

    private void ask(String test, String name, Question question) {
        listener.asks(test);
        long begun = System.nanoTime();
        boolean isPassed = false;
        String text;
        try {
            text = question.ask();
            isPassed = true;
        } catch (CimException | HypervisorException | Unexpected e) {
            text = String.valueOf(e.getMessage());
        }
        listener.answered(test, name, isPassed, text, Duration.ofNanos(System.nanoTime() - begun));
    }

    private String identify() {
        CimIdentity identity = session.identify(HostCalls.CALL);
        return identity.vendor() + ", " + identity.version();
    }

    private String count(CimNamespace namespace, String type) {
        return session.enumerate(CimQuery.all(namespace.cimClass(type)), HostCalls.CALL)
                        .size()
                + " objects";
    }

    private String oneVm() {
        Optional<CimInstance> vm =
                session.enumerate(CimQuery.all(HostCalls.type("Msvm_ComputerSystem")), HostCalls.CALL).stream()
                        .filter(each -> Inventory.isGuid(each.text("Name").orElse("")))
                        .findFirst();
        if (vm.isEmpty()) {
            return "there is no VM to ask for";
        }
        CimInstance read = session.get(HostCalls.vm(vm.get().requiredText("Name")), HostCalls.CALL);
        return "VM '" + read.text("ElementName").orElse("") + "'";
    }

    private String noVm() {
        return refused(() -> session.get(HostCalls.vm(NOBODY), HostCalls.CALL), CimException.Kind.NOT_FOUND);
    }

    private String noClass() {
        CimReference nothing = CimReference.of(HostCalls.type("Msvm_NoSuchClass"), Map.of("Name", NOBODY));
        return refused(
                () -> session.get(nothing, HostCalls.CALL),
                CimException.Kind.NOT_FOUND,
                CimException.Kind.INVALID_NAMESPACE,
                CimException.Kind.SCHEMA_VALIDATION,
                CimException.Kind.INVALID_SELECTORS);
    }

    private static String refused(Runnable question, CimException.Kind... expected) {
        try {
            question.run();
        } catch (CimException e) {
            if (List.of(expected).contains(e.kind())) {
                return "refused, as it has to be: " + e.kind();
            }
            throw new Unexpected(
                    "refused as " + e.kind() + " (expected: one of " + List.of(expected) + "): " + e.getMessage());
        }
        throw new Unexpected("there is such a thing (expected: that it is refused)");
    }

    private String vectors() {
        int count = CompatibilityVectors.ofHost(calls).size();
        if (count == 0) {
            throw new Unexpected("the host itself is not among its systems, or has no vectors");
        }
        return count + " vectors";
    }

    private String limit() {
        MigrationSettings before = settings.read();
        int other = before.migrations() == 3 ? 4 : 3;
        MigrationSettings changed;
        try {
            settings.writeLimit(other);
            changed = settings.read();
        } finally {
            settings.writeLimit(before.migrations());
        }
        MigrationSettings after = settings.read();
        if (!after.equals(before)) {
            throw new Unexpected("not put back: it was " + before + ", and is " + after);
        }
        if (changed.migrations() != other) {
            throw new Unexpected("accepted and not kept: " + changed.migrations() + " (expected: " + other + ")");
        }
        return String.format(Locale.ROOT, "%d, then %d, then %d", before.migrations(), other, before.migrations());
    }

    @Override
    public void close() {
        calls.close();
    }
}
