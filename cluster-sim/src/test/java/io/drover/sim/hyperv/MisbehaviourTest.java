package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Every way in which a host lets a caller down does what it says. */
class MisbehaviourTest extends HostsFixture {
    private boolean expectsDoubles;

    @Override
    boolean expectsDoubles() {
        return expectsDoubles;
    }

    private String ended(Caller.JobOf job) {
        advance(20);
        return hv1.state(job);
    }

    @Test
    void moveThatEndsOnBothHostsIsSeenInTheGuestsOwnWords() {
        expectsDoubles = true;
        misbehave(Misbehaviour.MIGRATION_ENDS_ON_BOTH);
        assertThat(ended(migrate(VM))).isEqualTo("7");
        assertThat(hv1.enabledState(VM)).contains("2");
        assertThat(hv2.enabledState(VM)).contains("2");
        assertThat(hosts.truth().doubles()).hasSize(1).first().asString().contains(VM);
    }

    @Test
    void moveThatEndsOnNeitherHost() {
        misbehave(Misbehaviour.MIGRATION_ENDS_ON_NEITHER);
        assertThat(ended(migrate(VM))).isEqualTo("7");
        assertThat(hv1.enabledState(VM)).isEmpty();
        assertThat(hv2.enabledState(VM)).isEmpty();
        assertThat(hosts.truth().lastAt(VM).orElseThrow()).isBefore(hosts.now().minusSeconds(10));
    }

    @Test
    void moveThatFailsLeavesNothingUnlessItIsToldTo() {
        misbehave(Misbehaviour.MIGRATION_FAILS);
        Caller.JobOf job = migrate(VM);
        assertThat(ended(job)).isEqualTo("10");
        assertThat(hv1.errors(job)).first().asString().contains("80072746");
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).isEmpty();
        misbehave(Misbehaviour.PLANNED_VM_LEFT_BEHIND);
        assertThat(ended(migrate(VM))).isEqualTo("10");
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).hasSize(1);
        assertThat(hv1.enabledState(VM)).contains("2");
    }

    @Test
    void moveThatHangsEndsWhenItIsCancelled() {
        misbehave(Misbehaviour.MIGRATION_HANGS);
        Caller.JobOf job = migrate(VM);
        assertThat(ended(job)).isEqualTo("4");
        assertThat(hv1.get(job).first("PercentComplete")).contains("50");
        assertThat(cancel(job)).isZero();
        assertThat(hv1.state(job)).isEqualTo("8");
    }

    @Test
    void moveThatCannotBeCancelled() {
        misbehave(Misbehaviour.NOT_CANCELLABLE);
        Caller.JobOf job = migrate(VM);
        assertThat(hv1.get(job).first("Cancellable")).contains("false");
        assertThat(cancel(job)).isEqualTo(32775);
        assertThat(ended(job)).isEqualTo("7");
    }

    private long cancel(Caller.JobOf job) {
        return hv1.invoke(
                        job.className(),
                        Map.of("InstanceID", job.id()),
                        "RequestStateChange",
                        "<p:RequestedState>4</p:RequestedState>")
                .returnValue();
    }

    @Test
    void limitAndStates() {
        misbehave(Misbehaviour.MIGRATION_LIMIT_REACHED);
        assertThat(ended(migrate(VM))).isEqualTo("10");
        misbehave(Misbehaviour.INVALID_STATE);
        assertThat(hv1.requestState(VM, 3).returnValue()).isEqualTo(32775);
        misbehave(Misbehaviour.OTHER_STATE);
        assertThat(hv1.enabledState(VM)).contains("1");
        assertThat(hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE OtherEnabledState = 'RunningCritical'"))
                .hasSize(2);
        hosts.host("HV1").misbehaviours().clear();
        misbehave(Misbehaviour.STORAGE_GONE);
        assertThat(hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE HealthState = 25").stream()
                        .map(each -> Caller.texts(each, "OperationalStatus").get(0)))
                .containsExactly("3", "3");
        assertThat(hv1.requestState(VM, 6).returnValue()).isEqualTo(32775);
        assertThat(hv1.requestState(VM, 3).returnValue()).isEqualTo(4096);
    }

    @Test
    void slowProviderDoesTheWorkAndAnswersWithATimeout() {
        misbehave(Misbehaviour.SLOW_PROVIDER);
        CompletableFuture<Caller.Answer> answer = CompletableFuture.supplyAsync(() -> hv1.requestState(VM, 9));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            hosts.advance(Duration.ofSeconds(20));
            return answer.isDone();
        });
        assertThat(answer.join().fault()).isEqualTo("w:TimedOut");
        hosts.host("HV1").misbehaviours().clear();
        assertThat(hv1.enabledState(VM)).contains("9");
    }

    @Test
    void answersThatAreTooLargeEnumerationsThatExpireAndNobodyAllowed() {
        misbehave(Misbehaviour.ENVELOPE_TOO_LARGE);
        assertThat(hv1.refused("SELECT * FROM Msvm_ComputerSystem").fault()).isEqualTo("w:EncodingLimit");
        hosts.host("HV1").misbehaviours().clear();
        misbehave(Misbehaviour.ENUMERATION_EXPIRES);
        String context = hv1.refused("SELECT * FROM Msvm_ComputerSystem")
                .first("EnumerationContext")
                .orElseThrow();
        assertThat(hv1.pull(context, "").fault()).isEqualTo("n:InvalidEnumerationContext");
        misbehave(Misbehaviour.UNAUTHORIZED);
        assertThat(hv1.refused("SELECT * FROM Msvm_ComputerSystem").status()).isEqualTo(401);
    }

    @Test
    void lostAnswerIsDoneAndResetConnectionIsNot() {
        String body = Caller.envelope(
                Caller.VIRTUALIZATION + "Msvm_ComputerSystem/RequestStateChange",
                Caller.VIRTUALIZATION + "Msvm_ComputerSystem",
                Caller.selectors("Msvm_ComputerSystem", VM),
                "<p:RequestStateChange_INPUT xmlns:p=\"" + Caller.VIRTUALIZATION
                        + "Msvm_ComputerSystem\"><p:RequestedState>9</p:RequestedState></p:RequestStateChange_INPUT>");
        misbehave(Misbehaviour.CONNECTIONS_RESET);
        assertThatThrownBy(() -> hv1.trySend(body, "drover")).isInstanceOf(IOException.class);
        hosts.host("HV1").misbehaviours().clear();
        advance(2);
        assertThat(hv1.enabledState(VM)).contains("2");
        misbehave(Misbehaviour.ANSWERS_LOST);
        assertThatThrownBy(() -> hv1.trySend(body, "drover")).isInstanceOf(IOException.class);
        hosts.host("HV1").misbehaviours().clear();
        advance(2);
        assertThat(hv1.enabledState(VM)).contains("9");
    }

    @Test
    void serviceThatRestartsForgetsJobsAndLetsGuestsExecute() throws Exception {
        hosts.network(50, 0);
        Caller.JobOf job = migrate(VM);
        advance(2);
        hosts.restartService("HV1");
        assertThat(hv1.get(job).fault()).isEqualTo("a:DestinationUnreachable");
        advance(60);
        assertThat(hv1.enabledState(VM)).contains("2");
        assertThat(hosts.truth().hosts(VM)).containsExactly("HV1");
        assertThat(hosts.truth().restarts(VM)).isZero();
    }

    @Test
    void hostWithoutPowerDoesNotAnswerAndItsGuestsAreSilent() throws Exception {
        hosts.powerOff("HV1");
        assertThatThrownBy(() -> hv1.trySend("x", "drover")).isInstanceOf(IOException.class);
        advance(30);
        assertThat(hosts.truth().lastAt(VM).orElseThrow()).isBefore(hosts.now().minusSeconds(29));
        hosts.powerOn("HV1");
        assertThat(hv1.enabledState(VM)).contains("3");
        assertThat(CompletableFuture.supplyAsync(() -> hv1.requestState(VM, 2).returnValue())
                        .get(20, TimeUnit.SECONDS))
                .isEqualTo(4096);
    }
}
