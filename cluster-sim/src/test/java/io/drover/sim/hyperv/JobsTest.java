package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** Changes of state, and the jobs that make them. */
class JobsTest extends HostsFixture {
    @Test
    void vmGoesThroughAllStates() {
        change(9, "9");
        change(2, "2");
        change(6, "6");
        change(2, "2");
        change(3, "3");
        change(2, "2");
        change(11, "2");
        advance(1);
        // Saved and gone on, turned off and started, and reset: two starts after the first.
        assertThat(hosts.truth().restarts(VM)).isEqualTo(2);
    }

    private void change(int requested, String expected) {
        Caller.Answer answer = hv1.requestState(VM, requested);
        assertThat(answer.returnValue()).as("state %s", requested).isEqualTo(4096);
        assertThat(hv1.state(Caller.job(answer))).isEqualTo("4");
        advance(3);
        assertThat(hv1.state(Caller.job(answer))).isEqualTo("7");
        assertThat(hv1.enabledState(VM)).contains(expected);
    }

    @Test
    void stateThatIsThereAlreadyIsInvalid() {
        assertThat(hv1.requestState(VM, 2).returnValue()).isEqualTo(32775);
        assertThat(hv1.requestState(VM, 32768).returnValue()).isEqualTo(32773);
        hv1.requestState(VM, 3);
        assertThat(hv1.requestState(VM, 3).returnValue()).as("on its way").isEqualTo(32775);
    }

    @Test
    void timeoutIsNotSupported() {
        assertThat(hv1.invoke(
                                "Msvm_ComputerSystem",
                                Caller.selectors("Msvm_ComputerSystem", VM),
                                "RequestStateChange",
                                "<p:RequestedState>3</p:RequestedState><p:TimeoutPeriod>PT5S</p:TimeoutPeriod>")
                        .returnValue())
                .isEqualTo(4098);
    }

    @Test
    void jobIsForgottenFiveMinutesAfterItsEnd() {
        Caller.JobOf job = Caller.job(hv1.requestState(VM, 9));
        advance(60);
        assertThat(hv1.state(job)).isEqualTo("7");
        advance(300);
        assertThat(hv1.get(job).fault()).isEqualTo("a:DestinationUnreachable");
    }

    @Test
    void jobIsFoundInItsOwnClassOnly() {
        Caller.JobOf job = migrate(VM);
        assertThat(job.className()).isEqualTo("Msvm_MigrationJob");
        assertThat(hv1.get("Msvm_ConcreteJob", Map.of("InstanceID", job.id())).fault())
                .isEqualTo("a:DestinationUnreachable");
    }

    @Test
    void failureHasItsReasonsInNumbers() {
        hosts.misbehave("HV1", Misbehaviour.START_FAILS, true);
        hv1.requestState(VM, 3);
        advance(1);
        Caller.JobOf job = Caller.job(hv1.requestState(VM, 2));
        advance(1);
        assertThat(hv1.state(job)).isEqualTo("10");
        assertThat(hv1.get(job).first("ErrorCode")).contains("32768");
        assertThat(hv1.errors(job)).hasSize(1).first().asString().contains("Msvm_Error", "8007000E");
        assertThat(hv1.enabledState(VM)).contains("3");
    }

    @Test
    void warningsAndErrorCodesOfCompletedJobs() {
        misbehave(Misbehaviour.JOB_WITH_WARNINGS);
        Caller.JobOf warned = Caller.job(hv1.requestState(VM, 9));
        advance(1);
        assertThat(hv1.state(warned)).isEqualTo("32768");
        hosts.host("HV1").misbehaviours().clear();
        misbehave(Misbehaviour.JOB_ERROR_CODE_WITH_SUCCESS);
        Caller.JobOf wrong = Caller.job(hv1.requestState(VM, 2));
        advance(1);
        assertThat(hv1.state(wrong)).isEqualTo("7");
        assertThat(hv1.get(wrong).first("ErrorCode")).contains("32768");
        hosts.host("HV1").misbehaviours().clear();
        misbehave(Misbehaviour.JOB_FORGOTTEN);
        Caller.JobOf forgotten = Caller.job(hv1.requestState(VM, 9));
        advance(1);
        assertThat(hv1.get(forgotten).fault()).isEqualTo("a:DestinationUnreachable");
    }

    @Test
    void percentGoesUp() {
        hosts.network(100, 0);
        Caller.JobOf job = migrate(VM);
        int last = -1;
        for (int i = 0; i < 5; i++) {
            hosts.advance(Duration.ofMillis(1500));
            int percent = Integer.parseInt(hv1.get(job).first("PercentComplete").orElseThrow());
            assertThat(percent).isBetween(last + 1, 99);
            last = percent;
        }
        advance(10);
        assertThat(hv1.get(job).first("PercentComplete")).contains("100");
    }

    @Test
    void affectedVmIsJoinedToItsJob() {
        Caller.JobOf job = migrate(VM);
        Element affected = hv1.query("SELECT * FROM Msvm_AffectedJobElement").get(0);
        assertThat(Caller.texts(affected, "Selector")).containsExactly("Msvm_ComputerSystem", VM, job.id());
        assertThat(Caller.texts(affected, "ElementEffects")).containsExactly("0");
    }

    // ---- guests

    @Test
    void guestShutsDownWhenItIsAsked() {
        assertThat(shutDown(VM).returnValue()).isZero();
        assertThat(shutDown(VM).returnValue()).as("asked again").isEqualTo(32782);
        advance(5);
        assertThat(hv1.enabledState(VM)).contains("3");
        assertThat(hv1.query("SELECT * FROM Msvm_ShutdownComponent WHERE SystemName='" + VM + "'"))
                .isEmpty();
    }

    private Caller.Answer shutDown(String vm) {
        Element component = hv1.query("SELECT * FROM Msvm_ShutdownComponent WHERE SystemName='" + vm + "'")
                .get(0);
        return hv1.invoke(
                "Msvm_ShutdownComponent",
                Map.of(
                        "CreationClassName",
                        "Msvm_ShutdownComponent",
                        "DeviceID",
                        Caller.text(component, "DeviceID"),
                        "SystemCreationClassName",
                        "Msvm_ComputerSystem",
                        "SystemName",
                        vm),
                "InitiateShutdown",
                "<p:Force>false</p:Force><p:Reason>test</p:Reason>");
    }

    @Test
    void guestThatHasJustStartedIsNotReadyAndOneThatIgnoresGoesOn() {
        hv1.requestState(VM, 11);
        hosts.advance(Duration.ofMillis(600));
        assertThat(shutDown(VM).returnValue()).isEqualTo(32780);
        advance(5);
        misbehave(Misbehaviour.SHUTDOWN_IGNORED);
        assertThat(shutDown(VM).returnValue()).isZero();
        advance(30);
        assertThat(hv1.enabledState(VM)).contains("2");
    }

    @Test
    void heartbeatSaysHowTheGuestIs() {
        assertThat(heartbeat()).isEqualTo("2");
        misbehave(Misbehaviour.HEARTBEAT_LOST);
        assertThat(heartbeat()).isEqualTo("13");
        hosts.host("HV1").misbehaviours().clear();
        hv1.requestState(VM, 9);
        advance(1);
        assertThat(heartbeat()).isEqualTo("15");
    }

    private String heartbeat() {
        return Caller.texts(
                        hv1.query("SELECT * FROM Msvm_HeartbeatComponent WHERE SystemName='" + VM + "'").get(0),
                        "OperationalStatus")
                .get(0);
    }

    @Test
    void summaryHasWhatIsAskedForAndNothingElse() {
        Caller.Answer answer = hv1.management(
                "GetSummaryInformation",
                "<p:RequestedInformation>0</p:RequestedInformation><p:RequestedInformation>103</p:RequestedInformation>"
                        + "<p:RequestedInformation>110</p:RequestedInformation>");
        assertThat(answer.all("SummaryInformation")).hasSize(2);
        Element first = answer.all("SummaryInformation").get(0);
        assertThat(Caller.text(first, "Name")).isEqualTo(VM);
        assertThat(Caller.text(first, "MemoryUsage")).isEqualTo("1024");
        assertThat(Caller.text(first, "ElementName")).isEmpty();
        assertThat(Caller.all(first, "Name").get(0).getNamespaceURI())
                .isEqualTo(Caller.VIRTUALIZATION + "Msvm_SummaryInformation");
    }
}
