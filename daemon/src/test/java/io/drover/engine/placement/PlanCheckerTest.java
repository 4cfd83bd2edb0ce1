package io.drover.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.engine.placement.PlanChecker.Move;
import io.drover.engine.placement.PlanChecker.Veto;
import io.drover.model.FailbackMode;
import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import io.drover.model.Priority;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the checker lets pass, and what it vetoes. */
class PlanCheckerTest {
    private static final long GIB = 1L << 30;
    private static final List<Host> HOSTS = List.of(
            host("a", Optional.of("is being drained"), 0, "lan", "dmz"),
            host("b", Optional.empty(), 10, "lan"),
            host("c", Optional.empty(), 20, "lan", "dmz"));

    private static Host host(String name, Optional<String> closed, long free, String... networks) {
        return new Host(
                new NodeId(name),
                closed,
                HealthLevel.HEALTHY,
                64 * GIB,
                free * GIB,
                Set.of(),
                Set.of(),
                List.of(networks));
    }

    private static VmSpec vm(String name, long gib, List<String> networks, List<NodeId> possible) {
        return new VmSpec(
                new VmId(name),
                gib * GIB,
                1,
                List.of(),
                networks,
                Priority.MEDIUM,
                List.of(),
                possible,
                true,
                FailbackMode.POLICY,
                3,
                3,
                "",
                "");
    }

    private static Move move(VmSpec vm, String source, String target) {
        return new Move(vm, new NodeId(source), new NodeId(target));
    }

    private static Move move(String vm, long gib, String source, String target) {
        return move(vm(vm, gib, List.of(), List.of()), source, target);
    }

    private static List<String> vetoes(Move... moves) {
        return PlanChecker.check(HOSTS, List.of(moves)).stream()
                .map(veto -> veto.move().vm().id() + ": " + veto.why())
                .toList();
    }

    @Test
    void aSoundPlanPasses() {
        assertThat(vetoes(move("x", 6, "a", "b"), move("y", 4, "a", "b"), move("z", 20, "a", "c")))
                .isEmpty();
    }

    @Test
    void memoryIsCountedOverTheWholePlan() {
        assertThat(vetoes(move("x", 6, "a", "b"), move("y", 5, "a", "b"), move("z", 4, "a", "b")))
                .containsExactly("y: b would lack 1 GiB of memory");
    }

    @Test
    void aMoveGivesMemoryBackToItsSourceForTheMovesAfterIt() {
        Move away = move("x", 8, "b", "c");
        Move there = move("y", 18, "c", "b");

        assertThat(vetoes(away, there)).isEmpty();
        assertThat(vetoes(there, away)).containsExactly("y: b would lack 8 GiB of memory");
    }

    @Test
    void aVetoedMoveGivesNothingBack() {
        assertThat(vetoes(move("x", 30, "b", "c"), move("y", 18, "c", "b")))
                .containsExactly("x: c would lack 10 GiB of memory", "y: b would lack 8 GiB of memory");
    }

    @Test
    void closedAndUnknownHostsAreVetoed() {
        assertThat(vetoes(move("x", 1, "b", "a"), move("y", 1, "b", "nowhere")))
                .containsExactly("x: a is being drained", "y: there is no node nowhere");
    }

    @Test
    void possibleOwnersAndNetworksAreChecked() {
        assertThat(vetoes(
                        move(vm("x", 1, List.of(), List.of(new NodeId("c"))), "a", "b"),
                        move(vm("y", 1, List.of("lan", "dmz"), List.of()), "a", "b"),
                        move(vm("z", 1, List.of("lan", "dmz"), List.of(new NodeId("c"))), "a", "c")))
                .containsExactly("x: b may not own it", "y: b lacks virtual switches: [dmz]");
    }

    @Test
    void aVmLeavesFromWhereItIs() {
        assertThat(vetoes(move("x", 1, "a", "b"), move("x", 1, "a", "c"), move("x", 1, "b", "b")))
                .containsExactly("x: it is on b by then, not on a", "x: it is on b already");
    }

    @Test
    void theVetoNamesTheMove() {
        Move move = move("x", 11, "a", "b");

        assertThat(PlanChecker.check(HOSTS, List.of(move)))
                .containsExactly(new Veto(move, "b would lack 1 GiB of memory"));
    }
}
