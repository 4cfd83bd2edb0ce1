package io.drover.cli.output;

import io.drover.proto.v1.Disk;
import io.drover.proto.v1.MigrationResult;
import io.drover.proto.v1.MoveProgress;
import io.drover.proto.v1.VmFailure;
import io.drover.proto.v1.VmSpec;
import io.drover.proto.v1.VmStatus;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** One VM in full. */
public final class VmView {
    private VmView() {}

    /** The VM as lines; ages are counted up to {@code at}. */
    public static List<String> show(VmStatus vm, Instant at, ZoneId zone, boolean colours) {
        List<String> lines = new ArrayList<>();
        Details details = new Details(lines);
        Table.Cell state = Words.state(vm.getState());
        details.line("vm", vm.getName());
        details.line(
                "state",
                state.colour().paint(state.text(), colours)
                        + (vm.hasSince()
                                ? ", since " + Quantities.duration(Quantities.between(vm.getSince(), at))
                                : ""));
        details.line("desired", Words.of(vm.getDesired()));
        details.line("message", vm.getMessage());
        details.line("node", vm.getNode().isEmpty() ? "none" : vm.getNode());
        details.line("drained from", vm.getDrainedFrom());
        details.line("generation", Long.toUnsignedString(vm.getGeneration()));
        details.line("memory", Quantities.bytes(vm.getMemory()));
        details.line("processors", Integer.toUnsignedString(vm.getCpus()));
        details.line("priority", Words.of(vm.getPriority()));
        spec(details, vm.getSpec());
        details.line("restarts", Integer.toUnsignedString(vm.getRestarts()));
        if (vm.hasMove()) {
            details.line("moving", move(vm.getMove()));
        }
        if (vm.hasLastMigration()) {
            details.line("last move", migration(vm.getLastMigration()));
        }
        for (VmFailure failure : vm.getFailuresList()) {
            details.line(
                    "failure",
                    Quantities.date(failure.getAt(), zone) + " on " + failure.getNode() + ": " + failure.getReason());
        }
        return lines;
    }

    /** How far a move has come, in one sentence. */
    static String move(MoveProgress move) {
        return Words.lower(move.getKind()) + " " + move.getSource() + " -> " + move.getTarget() + ", "
                + move.getPercent() + " %, " + Quantities.bytes(move.getBytesSent()) + " sent, "
                + Quantities.bytes(move.getBytesLeft()) + " left, " + Quantities.bytes(move.getRate()) + "/s, pass "
                + move.getPasses();
    }

    private static void spec(Details details, VmSpec spec) {
        for (Disk disk : spec.getDisksList()) {
            details.line("disk", disk.getPath() + " (" + disk.getFormat() + ")");
        }
        details.line("boot image", spec.getBootImage());
        details.line("networks", String.join(", ", spec.getNetworksList()));
        details.line("preferred", String.join(", ", spec.getPreferredOwnersList()));
        details.line(
                "possible",
                spec.getPossibleOwnersCount() == 0 ? "any node" : String.join(", ", spec.getPossibleOwnersList()));
        details.line("live", spec.getLiveMigratable() ? "yes" : "no");
        details.line("failback", Words.of(spec.getFailback()));
        details.line("max restarts", Integer.toUnsignedString(spec.getMaxRestarts()));
    }

    private static String migration(MigrationResult result) {
        String way = result.getSource() + " -> " + result.getTarget();
        if (!result.getSucceeded()) {
            String end = result.getCancelled() ? " cancelled" : " failed";
            return way
                    + end
                    + (result.getReason().isEmpty()
                            ? ""
                            : ": " + OperationView.withRemedy(result.getReason(), result.getRemedy()));
        }
        return way + " in " + Quantities.duration(result.getDuration()) + ", blackout "
                + Quantities.duration(result.getBlackout()) + ", " + Quantities.bytes(result.getBytes()) + " sent";
    }
}
