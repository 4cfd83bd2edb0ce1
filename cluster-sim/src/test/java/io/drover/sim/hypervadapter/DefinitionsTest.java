package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.StorageRecord;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.model.GuestState;
import io.drover.sim.hyperv.EmulatedHosts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the definition of a VM is, told while its host lives, and used when it is dead. */
@Tag("integration")
class DefinitionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);
    private static final String PLACE = "\\\\fs\\elsewhere\\deep\\inside";
    private static final String FILE = "\\Virtual Machines\\" + GUID + ".vmcx";

    @TempDir
    Path folder;

    private TwoHosts site;
    private WatchedSession session;
    private HypervHypervisor one;

    @BeforeEach
    void start() throws IOException {
        site = TwoHosts.fast(folder);
        site.runningVmIn(PLACE);
        session = new WatchedSession(site.session("HV1"));
        one = TwoHosts.over(session, "HV1");
    }

    @AfterEach
    void end() {
        one.close();
        site.close();
    }

    private String told() {
        return one.guests().stream()
                .filter(guest -> guest.vm().equals(VM))
                .map(GuestStatus::definition)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void itIsToldOfVmsOfTheClusterAndAskedForOnce() {
        assertThat(told()).isEmpty();
        one.learn(spec());

        assertThat(told()).isEqualTo(PLACE + FILE);

        var unused = session.asked();
        assertThat(told()).isEqualTo(PLACE + FILE);
        assertThat(session.asked()).containsExactly("GetSummaryInformation");
    }

    @Test
    void itIsAskedForAgainWhenFilesHaveMoved() throws Exception {
        one.learn(spec());
        assertThat(told()).isEqualTo(PLACE + FILE);
        StorageRecord moved = new StorageRecord();
        one.migration().moveStorage(VM, to(EmulatedHosts.SHARE + "\\new"), LIMIT, moved);
        assertThat(moved.await().kind()).isEqualTo("moved");

        assertThat(told()).isEqualTo(EmulatedHosts.SHARE + "\\new" + FILE);
    }

    @Test
    void aDeadHostsVmIsFoundByItWhereNobodyWouldLook() throws IOException {
        one.learn(spec());
        String definition = told();
        site.hosts.powerOff("HV1");
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> site.two.start(spec()))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.STORAGE_UNREACHABLE));

        site.two.start(spec().knownAs(GUID, definition));

        assertThat(TwoHosts.state(site.two)).contains(GuestState.RUNNING);
        site.hosts.powerOn("HV1");
    }
}
