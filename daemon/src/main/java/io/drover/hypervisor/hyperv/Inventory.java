package io.drover.hypervisor.hyperv;

import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimProperties;
import io.drover.wsman.CimQuery;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * All VMs of the host by one look. GetSummaryInformation says all of it in one answer; where that answer is larger than the
 * host lets one be (some eighty VMs with WinRM's defaults), a query for the same objects takes its place, of which the
 * answers come in parts and hold nothing but what was asked for. A host that has no such objects is asked for its systems,
 * which know neither heartbeat, nor load, nor dynamic memory.
 */
final class Inventory {
    private static final Pattern GUID = Pattern.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    /** Name, ElementName, processors, state, load, memory, heartbeat, health, operational status, memory available. */
    private static final List<Integer> ASKED = List.of(0, 1, 4, 100, 101, 103, 104, 109, 110, 112);

    private static final CimQuery SUMMARIES = CimQuery.of(
                    CimNamespace.VIRTUALIZATION,
                    "SELECT Name,ElementName,NumberOfProcessors,EnabledState,OtherEnabledState,ProcessorLoad,MemoryUsage,"
                            + "MemoryAvailable,Heartbeat,HealthState,OperationalStatus FROM Msvm_SummaryInformation")
            .withBatch(200); // Some 450 bytes each: with long names too they stay below the smallest limit, 150 KB.

    private static final CimQuery COMPUTERS = CimQuery.of(
                    CimNamespace.VIRTUALIZATION,
                    "SELECT Name,ElementName,EnabledState,OtherEnabledState,HealthState,OperationalStatus"
                            + " FROM Msvm_ComputerSystem")
            .withBatch(200);

    private static final Set<CimException.Kind> NO_SUCH_CLASS = EnumSet.of(
            CimException.Kind.NOT_FOUND, CimException.Kind.INVALID_NAMESPACE, CimException.Kind.SCHEMA_VALIDATION);

    /** What else hosts may say of an answer that is too large: not documented. It may mean something else the next time. */
    private static final Set<CimException.Kind> MAY_BE_TOO_LARGE =
            EnumSet.of(CimException.Kind.QUOTA_LIMIT, CimException.Kind.INTERNAL_ERROR);

    private static final String WHAT = "cannot list the VMs of the host";
    private static final int MEBI = 20;

    private final HostCalls calls;
    private final Map<String, Long> memoryByGuid = new ConcurrentHashMap<>();
    private volatile Way way = Way.CALL;
    private volatile boolean isQueryProven;

    /** How the host is asked; once one has turned out not to work there, the next one is kept to. */
    private enum Way {
        CALL,
        SUMMARIES,
        COMPUTERS
    }

    Inventory(HostCalls calls) {
        this.calls = calls;
    }

    /** Whether a text is the identifier of a VM; the host's own name is none. */
    static boolean isGuid(String text) {
        return GUID.matcher(text).matches();
    }

    /** The identifier of a VM, in capitals, in that of its settings, Microsoft:VM, or of a resource of it, Microsoft:VM\DEVICE. */
    static String guidOf(String instanceId) {
        String rest = instanceId.substring(instanceId.indexOf(':') + 1);
        int end = rest.indexOf('\\');
        return (end < 0 ? rest : rest.substring(0, end)).toUpperCase(Locale.ROOT);
    }

    List<SystemFacts> systems() {
        if (way == Way.CALL) {
            try {
                return bySummary();
            } catch (CimException e) {
                if (e.kind() == CimException.Kind.ENCODING_LIMIT) {
                    way = Way.SUMMARIES;
                } else if (!MAY_BE_TOO_LARGE.contains(e.kind())) {
                    throw Failures.exception(WHAT, e);
                }
                return byQuery();
            }
        }
        return way == Way.SUMMARIES ? byQuery() : byComputers();
    }

    private List<SystemFacts> bySummary() {
        var result = calls.callOrThrow(CimInvocation.of(HostCalls.management(), "GetSummaryInformation")
                .numbers("RequestedInformation", ASKED)
                .build());
        if (result.returnValue() != HostCalls.DONE) {
            throw Failures.exception(WHAT, result);
        }
        List<CimInstance> rows = result.embedded("SummaryInformation");
        boolean isOther =
                rows.stream().anyMatch(row -> row.uint16("EnabledState").orElse(0) == SystemState.OTHER);
        // The word behind "other" is not in this answer.
        Map<String, String> words = isOther ? words() : Map.of();
        List<SystemFacts> all = new ArrayList<>();
        for (CimInstance row : rows) {
            String guid = row.text("Name").orElse("").toUpperCase(Locale.ROOT);
            add(all, row, memoryUsed(row), words.getOrDefault(guid, ""));
        }
        return all;
    }

    private static long memoryUsed(CimProperties row) {
        return row.count("MemoryUsage").orElse(0) << MEBI;
    }

    private Map<String, String> words() {
        Map<String, String> words = new HashMap<>();
        for (CimInstance row : calls.list("the VMs of the host", COMPUTERS)) {
            words.put(
                    row.requiredText("Name").toUpperCase(Locale.ROOT),
                    row.text("OtherEnabledState").orElse(""));
        }
        return words;
    }

    private List<SystemFacts> byQuery() {
        List<SystemFacts> all = new ArrayList<>();
        try {
            for (CimInstance row : calls.listOrThrow(SUMMARIES)) {
                add(all, row, memoryUsed(row), row.text("OtherEnabledState").orElse(""));
            }
        } catch (CimException e) {
            if (isQueryProven || !NO_SUCH_CLASS.contains(e.kind())) {
                throw Failures.exception(WHAT, e);
            }
        }
        isQueryProven |= !all.isEmpty();
        if (isQueryProven) {
            return all;
        }
        // The call had too much to say: that there is nothing now is believed only if the systems say so too.
        List<SystemFacts> computers = byComputers();
        if (!computers.isEmpty() && way == Way.SUMMARIES) {
            way = Way.COMPUTERS;
        }
        return computers;
    }

    private List<SystemFacts> byComputers() {
        List<SystemFacts> all = new ArrayList<>();
        boolean isComplete = true;
        for (CimInstance row : calls.list("the VMs of the host", COMPUTERS)) {
            String guid = row.text("Name").orElse("").toUpperCase(Locale.ROOT);
            isComplete &= !isGuid(guid) || memoryByGuid.containsKey(guid);
            add(
                    all,
                    row,
                    memoryByGuid.getOrDefault(guid, 0L),
                    row.text("OtherEnabledState").orElse(""));
        }
        if (!isComplete) {
            readMemory();
            all.replaceAll(each -> each.withMemory(memoryByGuid.getOrDefault(each.guid(), 0L)));
        }
        return all;
    }

    /**
     * One VM by its identifier, whatever else the host has: for those who wait for its state, all at once when a lease ends.
     * As much of it as its system knows.
     */
    Optional<SystemFacts> one(String guid) {
        List<SystemFacts> found = new ArrayList<>();
        calls.get("a VM", HostCalls.vm(guid))
                .ifPresent(row -> add(
                        found,
                        row,
                        memoryByGuid.getOrDefault(guid, 0L),
                        row.text("OtherEnabledState").orElse("")));
        return found.stream().findFirst();
    }

    /** What VMs are set to, once for each: it is what they hold unless their memory is dynamic. */
    private void readMemory() {
        for (CimInstance row :
                calls.list("the memory of VMs", CimQuery.all(HostCalls.type("Msvm_MemorySettingData")))) {
            String guid = guidOf(row.text("InstanceID").orElse(""));
            if (isGuid(guid)) {
                memoryByGuid.put(guid, row.uint64("VirtualQuantity").orElse(0) << MEBI);
            }
        }
    }

    private static void add(List<SystemFacts> all, CimProperties row, long memory, String word) {
        String guid = row.text("Name").orElse("");
        if (!isGuid(guid)) {
            return;
        }
        all.add(new SystemFacts(
                guid.toUpperCase(Locale.ROOT),
                row.text("ElementName").orElse(""),
                row.uint16("EnabledState").orElse(0),
                word,
                memory,
                row.sint64("MemoryAvailable"),
                row.uint16s("OperationalStatus"),
                row.uint16("HealthState").orElse(0),
                row.uint16("Heartbeat").orElse(0),
                row.uint16("ProcessorLoad").orElse(0),
                row.uint16("NumberOfProcessors").orElse(1)));
    }

    /** The VM of a name, or of an identifier where one is given. */
    static Optional<SystemFacts> find(List<SystemFacts> all, VmId vm, String guid) {
        List<SystemFacts> found = all.stream()
                .filter(each -> guid.isEmpty()
                        ? each.name().equals(vm.value())
                        : each.guid().equalsIgnoreCase(guid))
                .toList();
        if (found.size() > 1) {
            throw Failures.exception(
                    "VM '" + vm + "' is not unique on this host",
                    HypervProblem.ALREADY_THERE,
                    found.size() + " VMs have this name");
        }
        return found.stream().findFirst();
    }

    /**
     * A VM as the host sees it.
     *
     * @param guid its identifier, in capitals
     * @param name ElementName
     * @param enabledState as the host numbers it
     * @param word OtherEnabledState
     * @param memory bytes that it holds while it executes
     * @param available percent of its memory that its guest does not need, below 0 if it needs more; empty unless its
     *     memory is dynamic
     * @param status OperationalStatus
     * @param health HealthState
     * @param heartbeat of the integration services; 0 if it is not known
     * @param load percent of its processors
     * @param cpus its virtual processors
     */
    record SystemFacts(
            String guid,
            String name,
            int enabledState,
            String word,
            long memory,
            OptionalLong available,
            List<Integer> status,
            int health,
            int heartbeat,
            int load,
            int cpus) {
        private static final int MIGRATING = 32774;
        private static final int STORAGE_LOST = 3;
        private static final int CRITICAL_IO = 32795;
        private static final int NO_HEARTBEAT = 13;
        private static final int MAJOR_FAILURE = 20;
        private static final int PERCENT = 100;

        SystemFacts {
            status = List.copyOf(status);
        }

        SystemFacts withMemory(long bytes) {
            return new SystemFacts(
                    guid, name, enabledState, word, bytes, available, status, health, heartbeat, load, cpus);
        }

        /** Bytes that its guest would need: what it holds, unless its memory is dynamic and the host knows better. */
        long demand() {
            long unused = Math.min(PERCENT, Math.max(-PERCENT, available.orElse(0)));
            return memory / PERCENT * (PERCENT - unused) + (unused == 0 ? memory % PERCENT : 0);
        }

        GuestState state() {
            return SystemState.of(enabledState, word);
        }

        boolean isPassing() {
            return SystemState.isPassing(enabledState, word);
        }

        boolean hasMemory() {
            return state() == GuestState.RUNNING || state() == GuestState.PAUSED;
        }

        /** Its host cannot reach its files, or another one has them open: it can only be turned off. */
        boolean isStorageLost() {
            return !status.isEmpty() && status.get(0) == STORAGE_LOST;
        }

        boolean isMigrating() {
            return status.contains(MIGRATING);
        }

        /** What is wrong with its storage, or with all of it, in our words; empty if nothing is. */
        String illness() {
            if (isStorageLost()) {
                return "its storage cannot be reached: it can only be turned off";
            } else if (status.contains(CRITICAL_IO)) {
                return "its disks answer with a critical error (OperationalStatus " + CRITICAL_IO
                        + "): look at its storage, and whether it is full";
            } else if (health >= MAJOR_FAILURE) {
                return "Hyper-V calls its health critical (HealthState " + health + ")";
            }
            return "";
        }

        /** What is wrong with it, in our words; empty if nothing is. */
        String trouble() {
            String illness = illness();
            if (!illness.isEmpty()) {
                return illness;
            } else if (state() == GuestState.RUNNING && heartbeat == NO_HEARTBEAT) {
                return "its guest has stopped beating";
            }
            return "";
        }
    }
}
