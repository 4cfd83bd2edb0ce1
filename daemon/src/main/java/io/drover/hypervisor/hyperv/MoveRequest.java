package io.drover.hypervisor.hyperv;

import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.InstanceText;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the source's host is asked to do: the same words for the check and for the move itself, because the check is of use
 * only with exactly the arguments of the move.
 *
 * @param guid of the VM
 * @param target empty: it stays on its host, and only its files move
 * @param system its settings as they are to be; empty: as they are
 * @param disks its disks as they are to be; none: as they are
 * @param stage whether the target is given a planned VM first, which can be changed before the move
 */
record MoveRequest(
        String guid, Optional<Endpoint> target, Optional<InstanceText> system, List<InstanceText> disks, Stage stage) {
    /** What is done with a planned VM at the target. */
    enum Stage {
        /** The host makes one by itself, and uses it. */
        NONE,
        /** One is made, and nothing is moved yet. */
        MADE,
        /** The one that was made is used. */
        USED
    }

    /** A move to another host, of the files too if the plan says so. */
    static MoveRequest of(Registration settings, VmId vm, String guid, Optional<Endpoint> target, StoragePlan plan) {
        if (plan.isEmpty()) {
            return plain(guid, target);
        }
        Optional<InstanceText> system = settings.systemSettings(guid).flatMap(each -> MoveSettings.folders(each, plan));
        List<InstanceText> disks = MoveSettings.placed(vm, settings.disks(guid), plan);
        return new MoveRequest(guid, target, system, disks, Stage.NONE);
    }

    /** A move of a VM whose files stay where they are. */
    static MoveRequest plain(String guid, Optional<Endpoint> target) {
        return new MoveRequest(guid, target, Optional.empty(), List.of(), Stage.NONE);
    }

    MoveRequest at(Stage wanted) {
        return new MoveRequest(guid, target, system, disks, wanted);
    }

    private int type() {
        if (target.isEmpty()) {
            return MoveSettings.STORAGE_ONLY;
        }
        if (stage == Stage.MADE) {
            return MoveSettings.STAGED;
        }
        return system.isEmpty() && disks.isEmpty() ? MoveSettings.SHARED_STORAGE : MoveSettings.SHARED_NOTHING;
    }

    /** The call of a method that takes a move's arguments. */
    CimInvocation call(String method) {
        CimInvocation.Builder call =
                CimInvocation.of(HostCalls.migrations(), method).reference("ComputerSystem", HostCalls.vm(guid));
        target.ifPresent(each -> call.text("DestinationHost", each.host()));
        call.instance(
                "MigrationSettingData",
                MoveSettings.move(
                        type(), target.map(Endpoint::addresses).orElse(List.of()), stage == Stage.USED ? guid : ""));
        system.ifPresent(each -> call.instance("NewSystemSettingData", each));
        if (!disks.isEmpty()) {
            call.instances("NewResourceSettingData", disks);
        }
        return call.build();
    }

    /** Where it goes, for people. */
    String where() {
        return target.map(each -> "to " + each.host()).orElse("within its host");
    }

    /** Whether disks of a VM are all where this request puts them. */
    boolean isDone(List<CimInstance> now) {
        return now.stream()
                .allMatch(each -> disks.stream()
                        .filter(wanted -> text(wanted, "InstanceID").equalsIgnoreCase(each.requiredText("InstanceID")))
                        .allMatch(wanted -> text(wanted, "HostResource")
                                .toLowerCase(Locale.ROOT)
                                .equals(MoveSettings.file(each).toLowerCase(Locale.ROOT))));
    }

    private static String text(InstanceText instance, String name) {
        return Optional.ofNullable(instance.properties().get(name))
                .flatMap(property -> property.values().stream().findFirst())
                .orElse("");
    }
}
