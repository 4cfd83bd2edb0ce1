package io.drover.sim.scenario;

import io.drover.config.NearMiss;
import io.drover.config.SizeText;
import io.drover.config.ValueKind;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** The kinds of values in scenario files. */
final class Words {
    static final ValueKind<Duration> MOMENT = ValueKind.duration(Duration.ZERO, Duration.ofDays(3660));
    static final ValueKind<Long> MEMORY = ValueKind.size(SizeText.parse("1MiB"));
    static final ValueKind<Integer> COUNT = ValueKind.integer(0, 1_000_000);

    private Words() {}

    /** The name of a node that the scenario has. */
    static ValueKind<NodeId> node(Collection<NodeId> known) {
        return new ValueKind<>("one of the nodes " + new TreeSet<>(known), new NodeId("x"), text -> {
            NodeId node = new NodeId(text);
            if (!known.contains(node)) {
                throw new IllegalArgumentException("there is no node '" + text + "'"
                        + near(text, known.stream().map(NodeId::value).toList()));
            }
            return node;
        });
    }

    /** The name of a VM that the scenario has, or adds. */
    static ValueKind<VmId> vm(Collection<VmId> known) {
        return new ValueKind<>("one of the VMs " + new TreeSet<>(known), new VmId("x"), text -> {
            VmId vm = new VmId(text);
            if (!known.contains(vm)) {
                throw new IllegalArgumentException("there is no VM '" + text + "'"
                        + near(text, known.stream().map(VmId::value).toList()));
            }
            return vm;
        });
    }

    /** The name of a VM. */
    static final ValueKind<VmId> NEW_VM = new ValueKind<>(
            ValueKind.NAME_TEXT.expected(),
            new VmId("x"),
            text -> new VmId(ValueKind.NAME_TEXT.reader().apply(text)));

    private static String near(String text, Collection<String> known) {
        Optional<String> nearest = NearMiss.of(text, known);
        return nearest.map(ValueKind::suggestion).orElse("");
    }

    /** A constant of an enumeration, written in small letters, {@code -} or nothing between its words. */
    static <E extends Enum<E>> ValueKind<E> constant(E standIn, E[] constants) {
        TreeSet<String> words = new TreeSet<>();
        for (E constant : constants) {
            words.add(word(constant));
        }
        return new ValueKind<>("one of " + String.join(", ", words), standIn, text -> {
            String plain = plain(text);
            for (E constant : constants) {
                if (plain(constant.name()).equals(plain)) {
                    return constant;
                }
            }
            throw new IllegalArgumentException("'" + text + "' is unknown" + near(text, words));
        });
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** A constant as scenario files write it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
