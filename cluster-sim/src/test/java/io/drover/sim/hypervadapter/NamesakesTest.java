package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.Hypervisor;
import io.drover.model.GuestState;
import io.drover.model.HostAspect;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host on which another VM bears the name of a clustered one. */
@Tag("integration")
class NamesakesTest {
    private static final String OTHER = "0D0C0B0A-0C5C-4C8B-9C3D-0123456789AB";

    @TempDir
    Path folder;

    private TwoHosts site;
    private HookedSession session;
    private Hypervisor host;

    @BeforeEach
    void start() throws IOException {
        site = TwoHosts.fast(folder);
        site.runningVmIn(EmulatedHosts.SHARE + "\\web");
        var namesake = site.hosts
                .host("HV1")
                .create(new io.drover.sim.hyperv.host.VmSpec(
                        OTHER,
                        VM.value(),
                        TwoHosts.MEMORY_MIB,
                        1,
                        EmulatedHosts.SHARE + "\\other",
                        EmulatedHosts.SWITCH,
                        true));
        site.hosts.host("HV1").startNow(namesake);
        session = site.session("HV1");
        host = TwoHosts.over(session, "HV1");
    }

    @AfterEach
    void end() {
        host.close();
        site.close();
    }

    private void are(GuestState clustered, GuestState other) {
        assertThat(host.guests())
                .extracting(GuestStatus::hypervisorId, GuestStatus::state)
                .containsExactlyInAnyOrder(tuple(GUID, clustered), tuple(OTHER, other));
    }

    @Test
    void whoKnowsTheIdentifierTouchesOnlyTheClusters() {
        host.learn(spec());

        host.control(VM, GuestControl.PAUSE);
        are(GuestState.PAUSED, GuestState.RUNNING);
        host.control(VM, GuestControl.RESUME);
        host.stop(VM, Duration.ofSeconds(20));
        are(GuestState.OFF, GuestState.RUNNING);
    }

    @Test
    void nothingIsSaidOfTheNamesakesIllnessAndOnlyOfTheClusters() {
        host.learn(spec());
        var unused = host.guests();
        assertThat(host.inspect(HostAspect.GUESTS, Set.of(VM))).isEmpty();

        site.hosts.misbehave("HV1", Misbehaviour.CRITICAL_IO, true);
        var unusedToo = host.guests();
        assertThat(host.inspect(HostAspect.GUESTS, Set.of(VM))).hasSize(1);
    }

    @Test
    void whoDoesNotKnowItHoldsAllOfTheName() {
        host.control(VM, GuestControl.PAUSE);

        are(GuestState.PAUSED, GuestState.PAUSED);
    }

    /** Many are paused at once when a lease ends, on hosts that may have a thousand. */
    @Test
    void onlyTheVmItselfIsLookedAtToPauseIt() {
        host.learn(spec());
        int before = session.calls("GetSummaryInformation");

        host.control(VM, GuestControl.PAUSE);

        assertThat(session.calls("GetSummaryInformation")).isEqualTo(before);
        are(GuestState.PAUSED, GuestState.RUNNING);
    }
}
