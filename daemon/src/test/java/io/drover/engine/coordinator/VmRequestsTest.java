package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.StepState;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Adding, removing and migrating VMs. */
class VmRequestsTest {
    private static ClusterModel cluster() {
        return ClusterModel.of(3).running("vm1", "hv1", 4).running("vm2", "hv2", 8);
    }

    @Test
    void anAddedVmIsStartedOnTheBestNode() {
        ClusterModel cluster = cluster();
        assertThat(cluster.ask(Requests.add(Specs.of("vm3", 4), DesiredState.RUNNING)))
                .isInstanceOf(Verdict.Accepted.class);
        cluster.ticks(2);

        assertThat(cluster.host("hv3").guest("vm3")).contains(GuestState.RUNNING);
        assertThat(cluster.told()).contains("vm3 is added and given to hv3 (best of 3, 64 GiB free)");
    }

    @Test
    void aVmIsAddedToTheNodeThatWasAskedFor() {
        ClusterModel cluster = cluster();
        cluster.ask(Requests.addTo(Specs.of("vm3", 4), "hv2"));

        assertThat(cluster.vm("vm3").phase()).isEqualTo(new Phase.Assigned(new NodeId("hv2")));
    }

    @Test
    void aVmThatIsAddedOffStaysOff() {
        ClusterModel cluster = cluster();
        cluster.ask(Requests.add(Specs.of("vm3", 4), DesiredState.OFF));
        cluster.ticks(5);

        assertThat(cluster.vm("vm3").phase()).isEqualTo(new Phase.Stopped(Optional.empty()));
        assertThat(cluster.told()).contains("vm3 is added, off");
    }

    @Test
    void aVmThatRunsAlreadyIsAddedWhereItRuns() {
        ClusterModel cluster = cluster();
        cluster.host("hv1").guest("vm3", GuestState.RUNNING, 4);
        cluster.hear();
        cluster.ask(Requests.add(Specs.of("vm3", 4), DesiredState.RUNNING));
        cluster.ticks(2);

        assertThat(cluster.vm("vm3").phase()).isEqualTo(new Phase.Placed(new NodeId("hv1"), 1));
        assertThat(cluster.vm("vm3").failures()).isEmpty();
    }

    @Test
    void dryRunsOfAnAddChangeNothing() {
        ClusterModel cluster = cluster();
        for (DesiredState desired : DesiredState.values()) {
            Verdict verdict =
                    cluster.ask(new Request.AddVm(Requests.DRY_RUN, Specs.of("vm3", 4), Optional.empty(), desired));
            assertThat(verdict).isInstanceOf(Verdict.Planned.class);
        }
        assertThat(cluster.vms()).hasSize(2);
    }

    @Test
    void addingANameThatIsTakenIsRefused() {
        Problem problem = cluster().refused(Requests.add(Specs.of("vm1", 4), DesiredState.OFF));

        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.what()).isEqualTo("VM 'vm1' is not added");
        assertThat(problem.why()).isEqualTo("the cluster has a VM of that name");
        assertThat(problem.remedies()).containsExactly("drover vm show vm1");
    }

    @Test
    void addingToAnUnknownNodeIsAnErrorOfUse() {
        assertThat(cluster().refused(Requests.addTo(Specs.of("vm3", 4), "hv9")).kind())
                .isEqualTo(ProblemKind.USAGE);
    }

    @Test
    void addingWhatFitsNowhereIsRefusedWithTheFigures() {
        Problem problem = cluster().refused(Requests.addTo(Specs.of("vm3", 100), "hv1"));

        assertThat(problem.why()).isEqualTo("no node can take it: hv1: has 60 GiB of memory free, 100 GiB needed");
        assertThat(problem.remedies()).containsExactly("free memory on a node, or add it with --state off");
    }

    @Test
    void aRemovedVmIsForgottenAndItsGuestIsLeftAsItIs() {
        ClusterModel cluster = cluster();
        cluster.ask(Requests.remove("vm1"));
        cluster.ticks(5);

        assertThat(cluster.vm(new VmId("vm1"))).isEmpty();
        assertThat(cluster.host("hv1").guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.told()).contains("vm1 is removed from the cluster; its guest is left as it is");
    }

    @Test
    void dryRunOfARemoveChangesNothing() {
        ClusterModel cluster = cluster();
        cluster.ask(new Request.RemoveVm(Requests.DRY_RUN, new VmId("vm1")));

        assertThat(cluster.vms()).hasSize(2);
    }

    @Test
    void removingWhatIsInHandOrUnknownIsRefused() {
        ClusterModel cluster = cluster().roundsOfMove(5);
        OperationId move = cluster.begin(Requests.migrate("vm1"));

        Problem busy = cluster.refused(Requests.remove("vm1"));
        assertThat(busy.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(busy.what()).isEqualTo("VM 'vm1' is not removed");
        assertThat(busy.why()).isEqualTo("operation " + move + " has it in hand");
        assertThat(cluster.refused(Requests.remove("vm9")).kind()).isEqualTo(ProblemKind.USAGE);
    }

    @Test
    void aVmMovesLiveToTheBestNode() {
        ClusterModel cluster = cluster();

        OperationId move = cluster.begin(Requests.migrate("vm1"));
        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Migrating.class);
        assertThat(cluster.step(move, "vm1").state()).isEqualTo(StepState.RUNNING);
        assertThat(cluster.end(move).message()).isEqualTo("1 of 1 moved");
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        assertThat(cluster.told()).contains("vm1 moves live from hv1 to hv3 (best of 2, 64 GiB free)");
    }

    @Test
    void aVmMovesToTheNodeThatWasAskedFor() {
        ClusterModel cluster = cluster();
        cluster.end(cluster.begin(Requests.migrateTo("vm1", "hv2")));

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(cluster.told()).contains("vm1 moves live from hv1 to hv2 (as asked)");
    }

    @Test
    void aMoveWaitsForASlotAndSaysSo() {
        ClusterModel cluster =
                cluster().roundsOfMove(5).running("vm3", "hv1", 1).running("vm4", "hv1", 1);
        cluster.begin(Requests.migrate("vm1"));
        cluster.begin(Requests.migrate("vm3"));
        OperationId third = cluster.begin(Requests.migrate("vm4"));

        assertThat(cluster.step(third, "vm4").message()).isEqualTo("waiting for a slot: 2 of 2 on hv1 are in use");
        assertThat(cluster.end(third).state()).isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void aMoveThatLostItsVmToADrainIsDone() {
        ClusterModel cluster = cluster()
                .moves((vm, source, target, attempt) -> attempt == 1 ? MoveScript.End.BUSY : MoveScript.End.ARRIVES);
        OperationId move = cluster.begin(Requests.migrate("vm1"));
        cluster.begin(Requests.drain("hv1"));
        cluster.until(() -> !cluster.nodeOf("vm1").equals("hv1"), Duration.ofMinutes(1));

        assertThat(cluster.end(move).state()).isEqualTo(OperationState.COMPLETED);
        cluster.ticks(5);
        assertThat(cluster.vm("vm1").generation()).isEqualTo(2);
    }

    @Test
    void dryRunOfAMoveShowsItsTargetAndChangesNothing() {
        ClusterModel cluster = cluster();
        Verdict verdict = cluster.ask(new Request.MigrateVm(Requests.DRY_RUN, new VmId("vm1"), Optional.empty()));

        assertThat(((Verdict.Planned) verdict).plan().moves().get(0).target()).isEqualTo(new NodeId("hv3"));
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.operations()).isEmpty();
    }

    @Test
    void movesThatMakeNoSenseAreRefusedWithTheReason() {
        ClusterModel cluster = cluster()
                .roundsOfMove(5)
                .off(Specs.of("off", 1))
                .running(Specs.fixed(Specs.of("fixed", 1)), "hv1")
                .running("big", "hv3", 60)
                .running("paused", "hv1", 1);
        cluster.host("hv1").guest("paused", GuestState.PAUSED, 1);
        cluster.hear();

        assertThat(cluster.refused(Requests.migrate("off")).why())
                .isEqualTo("it does not run, so there is nothing to move");
        assertThat(cluster.refused(Requests.migrateTo("vm1", "hv1")).why()).isEqualTo("it is on hv1 already");
        assertThat(cluster.refused(Requests.migrate("fixed")).why()).isEqualTo("it cannot move live");
        assertThat(cluster.refused(Requests.migrate("paused")).why()).isEqualTo("hv1 does not report it running");
        assertThat(cluster.refused(Requests.migrate("big")).why())
                .isEqualTo("hv1: has 58 GiB of memory free, 60 GiB needed; "
                        + "hv2: has 56 GiB of memory free, 60 GiB needed");
        assertThat(cluster.refused(Requests.migrateTo("vm1", "hv9")).kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(cluster.refused(Requests.migrate("vm9")).kind()).isEqualTo(ProblemKind.USAGE);

        cluster.begin(Requests.migrate("vm1"));
        Problem again = cluster.refused(Requests.migrate("vm1"));
        assertThat(again.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(again.what()).isEqualTo("VM 'vm1' is not migrated");
        assertThat(again.why()).isEqualTo("it is on its way already");
        assertThat(again.remedies()).containsExactly("drover vm show vm1");
    }

    @Test
    void aMoveOfAVmThatAnOperationHasInHandIsRefused() {
        ClusterModel cluster = cluster().deaf("vm1");
        OperationId stop = cluster.begin(Requests.stop("vm1"));

        Problem problem = cluster.refused(Requests.migrate("vm1"));
        assertThat(problem.why()).isEqualTo("operation " + stop + " has it in hand");
        assertThat(problem.remedies()).containsExactly("drover op watch " + stop);
    }

    @Test
    void possibleOwnersAndNetworksAreRespected() {
        ClusterModel cluster = ClusterModel.of(3)
                .running(Specs.onlyOn(Specs.of("vm1", 4), "hv1", "hv3"), "hv1")
                .running(Specs.networks(Specs.of("vm2", 4), "lan", "dmz"), "hv1");
        cluster.host("hv1").networks("lan", "dmz");
        cluster.host("hv2").networks("lan", "dmz");
        cluster.hear();
        cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv2");
        assertThat(cluster.refused(Requests.migrateTo("vm2", "hv3")).why())
                .isEqualTo("hv3: has no virtual switch 'dmz'");
        assertThat(cluster.refused(Requests.migrateTo("vm1", "hv2")).why())
                .isEqualTo("hv2: is not among its possible owners");
    }
}
