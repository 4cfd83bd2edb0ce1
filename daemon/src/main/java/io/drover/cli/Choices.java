package io.drover.cli;

import io.drover.proto.v1.AffinityKind;
import io.drover.proto.v1.DesiredState;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.DiskPlace;
import io.drover.proto.v1.FailbackMode;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.VmPriority;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options that are one of a few words. */
final class Choices {
    private static final Set<String> DISK_FORMATS = Set.of("raw", "qcow2", "vhdx");

    private Choices() {}

    /** How VMs return to a node. */
    static final class Failback implements ITypeConverter<FailbackMode> {
        @Override
        public FailbackMode convert(String text) {
            return switch (text) {
                case "immediate" -> FailbackMode.FAILBACK_MODE_IMMEDIATE;
                case "policy" -> FailbackMode.FAILBACK_MODE_POLICY;
                case "none" -> FailbackMode.FAILBACK_MODE_NONE;
                default ->
                    throw new TypeConversionException("failback '" + text + "' (expected: immediate, policy or none)");
            };
        }
    }

    /** Priority of a VM. */
    static final class Priority implements ITypeConverter<VmPriority> {
        @Override
        public VmPriority convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "high" -> VmPriority.VM_PRIORITY_HIGH;
                case "medium" -> VmPriority.VM_PRIORITY_MEDIUM;
                case "low" -> VmPriority.VM_PRIORITY_LOW;
                case "noautostart" -> VmPriority.VM_PRIORITY_NO_AUTO_START;
                default ->
                    throw new TypeConversionException(
                            "priority '" + text + "' (expected: high, medium, low or noautostart)");
            };
        }
    }

    /** What a VM should be doing. */
    static final class State implements ITypeConverter<DesiredState> {
        @Override
        public DesiredState convert(String text) {
            return switch (text) {
                case "running" -> DesiredState.DESIRED_STATE_RUNNING;
                case "off" -> DesiredState.DESIRED_STATE_OFF;
                default -> throw new TypeConversionException("state '" + text + "' (expected: running or off)");
            };
        }
    }

    /** The kind that stands for one which is found out. */
    static final MoveKind AUTO = MoveKind.MOVE_KIND_UNSPECIFIED;

    /** How a VM moves. */
    static final class MoveType implements ITypeConverter<MoveKind> {
        @Override
        public MoveKind convert(String text) {
            return switch (text) {
                case "live" -> MoveKind.MOVE_KIND_LIVE;
                case "quick" -> MoveKind.MOVE_KIND_QUICK;
                case "restart" -> MoveKind.MOVE_KIND_RESTART;
                case "auto" -> AUTO;
                default ->
                    throw new TypeConversionException("type '" + text + "' (expected: live, quick, restart or auto)");
            };
        }
    }

    /** The words of {@link MoveType}, for completion. */
    static final class MoveTypes extends Words {
        MoveTypes() {
            super("live", "quick", "restart", "auto");
        }
    }

    /** How a VM moves that does not move live. */
    static final class OtherwiseType implements ITypeConverter<MoveKind> {
        @Override
        public MoveKind convert(String text) {
            return switch (text) {
                case "quick" -> MoveKind.MOVE_KIND_QUICK;
                case "restart" -> MoveKind.MOVE_KIND_RESTART;
                default -> throw new TypeConversionException("type '" + text + "' (expected: quick or restart)");
            };
        }
    }

    /** The words of {@link OtherwiseType}, for completion. */
    static final class OtherwiseTypes extends Words {
        OtherwiseTypes() {
            super("quick", "restart");
        }
    }

    /** What a rule asks for. */
    static final class RuleKind implements ITypeConverter<AffinityKind> {
        @Override
        public AffinityKind convert(String text) {
            return switch (text) {
                case "together" -> AffinityKind.AFFINITY_KIND_TOGETHER;
                case "separate" -> AffinityKind.AFFINITY_KIND_SEPARATE;
                default -> throw new TypeConversionException("kind '" + text + "' (expected: together or separate)");
            };
        }
    }

    /** The words of {@link RuleKind}, for completion. */
    static final class RuleKinds extends Words {
        RuleKinds() {
            super("together", "separate");
        }
    }

    /** Words that a shell offers. */
    abstract static class Words implements Iterable<String> {
        private final List<String> words;

        Words(String... words) {
            this.words = List.of(words);
        }

        @Override
        public final Iterator<String> iterator() {
            return words.iterator();
        }
    }

    /** Where a disk goes: {@code DISK=PATH}. */
    static final class DiskPlaceOption implements ITypeConverter<DiskPlace> {
        @Override
        public DiskPlace convert(String text) {
            int equals = text.indexOf('=');
            if (equals <= 0 || equals == text.length() - 1) {
                throw new TypeConversionException(
                        "disk '" + text + "' (expected: DISK=PATH, where DISK is its path or its file's name)");
            }
            return DiskPlace.newBuilder()
                    .setDisk(text.substring(0, equals))
                    .setPath(text.substring(equals + 1))
                    .build();
        }
    }

    /** A disk: {@code PATH} or {@code PATH:FORMAT}. A path of Windows has a colon of its own. */
    static final class DiskOption implements ITypeConverter<Disk> {
        @Override
        public Disk convert(String text) {
            int colon = text.lastIndexOf(':');
            String suffix = text.substring(colon + 1);
            boolean named = colon > 0 && suffix.matches("[A-Za-z0-9]+");
            String path = named ? text.substring(0, colon) : text;
            String format = named ? suffix : formatOf(path);
            if (path.isEmpty() || !DISK_FORMATS.contains(format)) {
                throw new TypeConversionException(
                        "disk '" + text + "' (expected: PATH or PATH:FORMAT, where FORMAT is raw, qcow2 or vhdx)");
            }
            return Disk.newBuilder().setPath(path).setFormat(format).build();
        }

        private static String formatOf(String path) {
            String suffix = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            return DISK_FORMATS.contains(suffix) ? suffix : "raw";
        }
    }
}
