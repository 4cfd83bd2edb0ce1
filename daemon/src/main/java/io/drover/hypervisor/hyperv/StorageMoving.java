package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.StorageListener;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.MoveProgress;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.wsman.CimInstance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The files of a VM on their way, the VM staying where it is; judged by where its files are in the end. */
final class StorageMoving extends HostMove {
    private final StoragePlan plan;
    private final StorageListener listener;
    private final List<String> filesBefore;

    StorageMoving(
            Source source, VmId vm, SystemFacts before, StoragePlan plan, Duration timeout, StorageListener listener) {
        super(source, vm, before, timeout);
        this.plan = plan;
        this.listener = listener;
        this.filesBefore = files();
    }

    @Override
    boolean isOurs(CimInstance job) {
        return job.uint16("JobType").orElse(HypervMigration.MOVE_OF_FILES) == HypervMigration.MOVE_OF_FILES;
    }

    @Override
    MoveRequest request() {
        return MoveRequest.of(source.registration(), vm, before.guid(), Optional.empty(), plan);
    }

    @Override
    boolean isDone(MoveRequest request) {
        return request.isDone(source.registration().disks(before.guid())) && isFolderRight();
    }

    private boolean isFolderRight() {
        return isFolderRight(source.registration(), before.guid(), plan);
    }

    /** Whether the configuration of a VM is where a plan puts it. */
    static boolean isFolderRight(Registration registration, String guid, StoragePlan plan) {
        Optional<CimInstance> settings = registration.systemSettings(guid);
        return plan.folder().isEmpty()
                || settings.flatMap(each -> each.text("ConfigurationDataRoot"))
                        .filter(plan.folder()::equalsIgnoreCase)
                        .isPresent();
    }

    @Override
    void tell(MoveProgress progress) {
        listener.progress(progress);
    }

    @Override
    Runnable succeeded() {
        return areFilesMoved() == Moved.ALL
                ? listener::moved
                : unclear("the host calls the move successful, and not all files are where they should be");
    }

    @Override
    Runnable judge(String reason, String remedy) {
        boolean isGoingOn = !source.migration().jobs(before.guid()).isEmpty();
        Moved moved = isGoingOn ? Moved.SOME : areFilesMoved();
        if (moved == Moved.ALL) {
            return listener::moved;
        }
        if (isGoingOn || moved == Moved.SOME) {
            return unclear(reason + (isGoingOn ? "; its host goes on moving them" : "; some of its files have moved"));
        }
        if (isCancelled()) {
            return () -> listener.stayed(true, "cancelled", "");
        }
        String text = tooSlow().orElse(reason);
        return () -> listener.stayed(false, text, remedy);
    }

    private enum Moved {
        NONE,
        SOME,
        ALL
    }

    private Moved areFilesMoved() {
        List<String> now = files();
        // A disk that is where the plan would put it again has arrived; a plan sends nothing away from its place.
        boolean isArrived =
                now.stream().allMatch(file -> plan.place(file).equalsIgnoreCase(file) || isNamedPlace(file));
        boolean isAllNamed =
                plan.disks().values().stream().allMatch(place -> now.stream().anyMatch(place::equalsIgnoreCase));
        if (isArrived && isAllNamed && isFolderRight()) {
            return Moved.ALL;
        }
        return now.equals(filesBefore) ? Moved.NONE : Moved.SOME;
    }

    private List<String> files() {
        return source.registration().disks(before.guid()).stream()
                .map(MoveSettings::file)
                .sorted()
                .toList();
    }

    /** A disk may bear another name at its place than the one by which the plan names it. */
    private boolean isNamedPlace(String file) {
        return plan.disks().values().stream().anyMatch(file::equalsIgnoreCase);
    }

    @Override
    Runnable unclear(String reason) {
        return () -> listener.unclear(reason);
    }
}
