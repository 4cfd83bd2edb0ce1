package io.drover.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.FailbackMode;
import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import io.drover.model.Priority;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a VM goes. */
class PlacementTest {
    private static final long GIB = 1L << 30;

    /** A host in one line: name, total and free memory in GiB, guests, health, networks by {@code +}, why it is closed. */
    private static Host host(String text) {
        String[] parts = text.trim().split(" ", -1);
        return new Host(
                new NodeId(parts[0]),
                parts.length > 6 ? Optional.of("is " + parts[6]) : Optional.empty(),
                parts.length > 4 ? HealthLevel.valueOf(parts[4]) : HealthLevel.HEALTHY,
                Long.parseLong(parts[1]) * GIB,
                Long.parseLong(parts[2]) * GIB,
                vms(parts.length > 3 ? Integer.parseInt(parts[3]) : 0),
                Set.of(),
                parts.length > 5 ? List.of(parts[5].split("\\+", -1)) : List.of("lan"));
    }

    private static Set<VmId> vms(int count) {
        return IntStream.range(0, count).mapToObj(i -> new VmId("other" + i)).collect(Collectors.toSet());
    }

    private static List<Host> hosts(String text) {
        return Stream.of(text.split(";", -1)).map(PlacementTest::host).toList();
    }

    private static List<NodeId> nodes(String names) {
        return Stream.of(names.split("\\+", -1))
                .filter(name -> !name.isEmpty())
                .map(NodeId::new)
                .toList();
    }

    private static VmSpec vm(long gib, String networks, String preferred, String possible) {
        return new VmSpec(
                new VmId("vm1"),
                gib * GIB,
                1,
                List.of(),
                networks.isEmpty() ? List.of() : List.of(networks.split("\\+", -1)),
                Priority.MEDIUM,
                nodes(preferred),
                nodes(possible),
                true,
                FailbackMode.POLICY,
                3,
                3,
                "",
                "");
    }

    @ParameterizedTest(name = "{6}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a 64 20; b 64 40; c 64 30            | '' | ''  | ''  | ''  | b | the largest share of memory left",
                "a 128 40; b 64 30                    | '' | ''  | ''  | ''  | b | the share counts not the bytes",
                "a 64 40 5; b 64 40 4                 | '' | ''  | ''  | ''  | b | the fewer guests among equal shares",
                "b 64 40; a 64 40                     | '' | ''  | ''  | ''  | a | the name among equals",
                "a 64 60 0 WARNING; b 64 10           | '' | ''  | ''  | ''  | b | better health before more memory",
                "a 64 60 0 WARNING; b 64 3            | '' | ''  | ''  | ''  | a | a warning rather than nothing",
                "a 64 60; b 64 10; c 64 20            | '' | b+c | ''  | ''  | b | the first preferred owner",
                "a 64 60; b 64 3; c 64 20             | '' | b+c | ''  | ''  | c | the next preferred owner if the first is full",
                "a 64 60; b 64 10 0 WARNING           | '' | b   | ''  | ''  | a | better health before a preferred owner",
                "a 64 60; b 64 10                     | '' | ''  | b   | ''  | b | only a possible owner",
                "a 64 60; b 64 10 0 HEALTHY lan+dmz   | lan+dmz | '' | '' | '' | b | all its networks",
                "a 64 60; b 64 10                     | '' | ''  | ''  | a   | b | not one that is barred",
                "a 64 60 0 HEALTHY lan paused; b 64 10| '' | ''  | ''  | ''  | b | not one that is closed",
                "a 64 4; b 64 3                       | '' | ''  | ''  | ''  | a | a host that it fills to the last byte",
            })
    void theBestOpenHostIsChosen(
            String hosts, String networks, String preferred, String possible, String barred, String best, String why) {
        VmSpec vm = vm(4, networks, preferred, possible);
        Choice choice = Placement.choose(vm, hosts(hosts), Set.copyOf(nodes(barred)), Optional.empty());

        assertThat(choice).as(why).isInstanceOf(Choice.Chosen.class);
        assertThat(((Choice.Chosen) choice).target()).as(why).isEqualTo(new NodeId(best));
    }

    @Test
    void theOrderOfTheQuestionDoesNotMatter() {
        List<Host> hosts = new ArrayList<>(hosts("a 64 40 1; b 64 40 1; c 64 40 0; d 64 41 7; e 64 41 7"));
        VmSpec vm = vm(4, "", "", "");
        Choice first = Placement.choose(vm, hosts, Set.of(), Optional.empty());
        for (int i = 0; i < hosts.size(); i++) {
            Collections.rotate(hosts, 1);
            assertThat(Placement.choose(vm, hosts, Set.of(), Optional.empty())).isEqualTo(first);
        }
    }

    @Test
    void theAnswerSaysWhyThisOne() {
        List<Host> hosts = hosts("a 64 20; b 64 40");

        assertThat(Placement.choose(vm(4, "", "", ""), hosts, Set.of(), Optional.empty()))
                .isEqualTo(new Choice.Chosen(new NodeId("b"), "best of 2, 40 GiB free"));
        assertThat(Placement.choose(vm(4, "", "a", ""), hosts, Set.of(), Optional.empty()))
                .isEqualTo(new Choice.Chosen(new NodeId("a"), "a preferred owner, best of 2, 20 GiB free"));
        assertThat(Placement.choose(vm(4, "", "", ""), hosts, Set.of(), Optional.of(new NodeId("a"))))
                .isEqualTo(new Choice.Chosen(new NodeId("a"), "as asked"));
    }

    @Test
    void nowhereSaysOfEachHostWhyNot() {
        Choice choice = Placement.choose(
                vm(4, "dmz", "", "a+b+c+d"),
                hosts(
                        "a 64 60 0 HEALTHY dmz paused; b 64 60 0 HEALTHY dmz; c 64 60; d 64 3 0 HEALTHY dmz; e 64 60 0 HEALTHY dmz"),
                Set.of(new NodeId("b")),
                Optional.empty());

        assertThat(((Choice.Nowhere) choice).text())
                .isEqualTo("a: is paused; b: refused it, or has it already; c: has no virtual switch 'dmz'; "
                        + "d: has 3 GiB of memory free, 4 GiB needed; e: is not among its possible owners");
    }

    @Test
    void onlyTheWantedHostIsAsked() {
        List<Host> hosts = hosts("a 64 3; b 64 60");
        VmSpec vm = vm(4, "", "b", "");

        assertThat(Placement.choose(vm, hosts, Set.of(), Optional.of(new NodeId("a"))))
                .isEqualTo(new Choice.Nowhere(
                        List.of(new Choice.Refusal(new NodeId("a"), "has 3 GiB of memory free, 4 GiB needed"))));
    }

    @Test
    void withoutHostsThereIsNoOtherNode() {
        Choice choice = Placement.choose(vm(4, "", "", ""), List.of(), Set.of(), Optional.empty());

        assertThat(((Choice.Nowhere) choice).text()).isEqualTo("there is no other node");
    }

    @Test
    void anOvercommittedHostIsSaidToHaveNothingFree() {
        assertThat(Placement.objection(vm(4, "", "", ""), host("a 64 -8"), Set.of()))
                .contains("has 0 bytes of memory free, 4 GiB needed");
    }

    @Test
    void aHostChangesByWhatComesAndGoes() {
        Host before = host("a 64 20 3");
        Host after = before.with(vm(4, "", "", ""));

        assertThat(after.memoryFree()).isEqualTo(16 * GIB);
        assertThat(after.guests()).isEqualTo(4);
        assertThat(after.without(vm(4, "", "", ""))).isEqualTo(before);
    }
}
