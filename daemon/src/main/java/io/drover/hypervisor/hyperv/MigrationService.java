package io.drover.hypervisor.hyperv;

import io.drover.wsman.CimInstance;
import io.drover.wsman.CimQuery;
import java.util.List;
import java.util.Optional;

/** The migration service of a host: how it is set, and what it is busy with. Each question is asked anew. */
final class MigrationService {
    private final HostCalls calls;

    MigrationService(HostCalls calls) {
        this.calls = calls;
    }

    /** Whether live migration is on. */
    boolean isOn() {
        return isOn(settings());
    }

    private static boolean isOn(Optional<CimInstance> settings) {
        return settings.flatMap(each -> each.bool("EnableVirtualSystemMigration"))
                .orElse(false);
    }

    /** Addresses that migrations come in at. */
    List<String> addresses() {
        return addresses(service());
    }

    private static List<String> addresses(Optional<CimInstance> service) {
        return service.map(each -> each.texts("MigrationServiceListenerIPAddressList"))
                .orElse(List.of());
    }

    State state() {
        Optional<CimInstance> settings = settings();
        Optional<CimInstance> service = service();
        return new State(
                isOn(settings),
                addresses(service),
                number(service, "ActiveVirtualSystemMigrationCount", 0),
                number(settings, "MaximumActiveVirtualSystemMigration", Long.MAX_VALUE),
                number(service, "ActiveStorageMigrationCount", 0),
                number(settings, "MaximumActiveStorageMigration", Long.MAX_VALUE));
    }

    private static long number(Optional<CimInstance> object, String name, long otherwise) {
        return object.map(each -> each.uint32(name).orElse(otherwise)).orElse(otherwise);
    }

    private Optional<CimInstance> settings() {
        return first("Msvm_VirtualSystemMigrationServiceSettingData");
    }

    private Optional<CimInstance> service() {
        return first("Msvm_VirtualSystemMigrationService");
    }

    private Optional<CimInstance> first(String type) {
        return calls.list("the migration service of the host", CimQuery.all(HostCalls.type(type))).stream()
                .findFirst();
    }

    /**
     * The service as it stands.
     *
     * @param isOn whether live migration is on
     * @param addresses that migrations come in at
     * @param active VMs on their way, in and out
     * @param most that may be
     * @param activeStorage VMs whose files are on their way
     * @param mostStorage that may be
     */
    record State(boolean isOn, List<String> addresses, long active, long most, long activeStorage, long mostStorage) {
        State {
            addresses = List.copyOf(addresses);
        }

        /** What keeps a VM from coming in now. */
        Optional<Obstacle> obstacle() {
            if (!isOn || addresses.isEmpty()) {
                return Optional.of(new Obstacle(HypervProblem.MIGRATION_DISABLED, ""));
            }
            return active < most
                    ? Optional.empty()
                    : Optional.of(new Obstacle(HypervProblem.BUSY_RETRY, active + " of " + most + " are active"));
        }

        /** What keeps files of a VM from being moved now. */
        Optional<Obstacle> storageObstacle() {
            return activeStorage < mostStorage
                    ? Optional.empty()
                    : Optional.of(new Obstacle(
                            HypervProblem.BUSY_RETRY,
                            activeStorage + " of " + mostStorage + " moves of files are active"));
        }
    }

    /**
     * Something that stands in the way.
     *
     * @param problem what
     * @param evidence the figures; may be empty
     */
    record Obstacle(HypervProblem problem, String evidence) {}
}
