package io.drover.runtime;

import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.FencingDuties;
import io.drover.engine.coordinator.FencingDuty;
import io.drover.engine.coordinator.Takeover;
import io.drover.engine.coordinator.Takeovers;
import io.drover.fencing.Fencing;
import io.drover.fencing.FencingException;
import io.drover.fencing.PowerReading;
import io.drover.model.NodeId;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VoterSet;
import io.drover.transport.lease.LeaseClient;
import io.drover.transport.lease.VoterDesk;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks voters and fencing devices what the coordinator has to know of nodes that may be dead, and tells it the answers.
 * One question of a kind is under way at a time. On the event loop.
 */
final class FencingDesk {
    private static final Logger LOG = LoggerFactory.getLogger(FencingDesk.class);

    /** A voter that does not answer is asked again after this. */
    private static final Duration VOTER_PATIENCE = Duration.ofSeconds(1);

    /** A question is repeated after this at the earliest. */
    private static final Duration VOTER_PAUSE = Duration.ofMillis(200);

    /** Controllers are slow, and log in anew for each question. */
    private static final Duration POWER_PAUSE = Duration.ofMillis(500);

    /** While an order is under way each moment counts: programs that give it may look for its effect once a second only. */
    private static final Duration ORDERED_PAUSE = Duration.ofMillis(100);

    private final NodeId self;
    private final EventLoop loop;
    private final Workers workers;
    private final InstantSource clock;
    private final VoterDesk desk;
    private final LeaseClient client;
    private final Fencing fencing;
    private final Reasons reasons;
    private final Function<NodeId, Optional<String>> addresses;
    private final Runnable changed;
    private final Map<Object, Instant> notBefore = new HashMap<>();

    private Takeovers takeovers;

    FencingDesk(
            NodeId self,
            EventLoop loop,
            Workers workers,
            InstantSource clock,
            LeaseParts lease,
            Fencing fencing,
            Reasons reasons,
            Runnable changed) {
        this.self = self;
        this.loop = loop;
        this.workers = workers;
        this.clock = clock;
        this.desk = lease.desk();
        this.client = lease.client();
        this.addresses = lease.keeper()::address;
        this.fencing = fencing;
        this.reasons = reasons;
        this.changed = changed;
        this.takeovers = new Takeovers(self, fencing.nodes());
    }

    /** A new leadership: nothing that was found out in an earlier one counts. */
    void begin() {
        takeovers = new Takeovers(self, fencing.nodes());
        notBefore.clear();
    }

    /** The view with all that has been found out. */
    ClusterView seen(ClusterView view) {
        return takeovers.seen(view);
    }

    /** Asks what has to be asked now. */
    void perform(ClusterView view) {
        for (FencingDuty duty : FencingDuties.of(view)) {
            if (duty instanceof FencingDuty.Revoke revoke) {
                revoke.voters().forEach(voter -> revoke(voter, revoke, view.epoch()));
            } else if (duty instanceof FencingDuty.Announce announce) {
                announce.nodes().forEach(voter -> announce(voter, announce, view.epoch()));
            } else if (duty instanceof FencingDuty.AskPower power) {
                askPower(power.node());
            } else if (duty instanceof FencingDuty.SwitchOff off) {
                switchOff(off.node());
            } else {
                throw new AssertionError("unhandled duty: " + duty);
            }
        }
    }

    /** What a question is about: the same question waits for the answer to an earlier one. */
    private record Question(String kind, NodeId whom, Object about) {}

    private void revoke(NodeId voter, FencingDuty.Revoke duty, long epoch) {
        Question question = new Question("revoke", voter, duty.node() + "/" + duty.incarnation());
        Takeovers asking = takeovers;
        if (!mayAsk(question)) {
            return;
        }
        Instant sentAt = clock.instant();
        CompletionStage<Duration> answer = voter.equals(self)
                ? workers.call(() -> desk.revoke(duty.node(), duty.incarnation()))
                : atAddress(
                        voter,
                        address -> client.revoke(address, duty.node(), duty.incarnation(), epoch, VOTER_PATIENCE));
        when(question, VOTER_PAUSE, answer.thenApply(left -> new Timed<>(left, clock.instant())), timed -> {
            asking.revoked(voter, duty.node(), duty.incarnation(), sentAt, timed.at, timed.value);
            LOG.info(
                    "fencing {}: {} promises nothing more to incarnation {}; its last promise ends in {} ms",
                    duty.node(),
                    voter,
                    duty.incarnation(),
                    timed.value.toMillis());
        });
    }

    private void announce(NodeId voter, FencingDuty.Announce duty, long epoch) {
        VoterSet voters = duty.voters();
        Question question = new Question("announce", voter, voters.version() + "/" + voters.known());
        Takeovers asking = takeovers;
        if (!mayAsk(question)) {
            return;
        }
        CompletionStage<LeaseClient.Announced> answer = voter.equals(self)
                ? workers.call(() -> announceToSelf(duty))
                : atAddress(voter, address -> client.announce(address, voters, duty.revoked(), epoch, VOTER_PATIENCE));
        when(question, VOTER_PAUSE, answer, announced -> {
            asking.announced(voter, announced.version());
            if (!announced.refusal().isEmpty()) {
                LOG.warn("voters, version {}: {}", voters.version(), announced.refusal());
            }
        });
    }

    private LeaseClient.Announced announceToSelf(FencingDuty.Announce duty) throws IOException {
        String refusal = desk.announce(duty.voters(), duty.revoked()).orElse("");
        return new LeaseClient.Announced(desk.votersOnDisk(), refusal);
    }

    private <T> CompletionStage<T> atAddress(NodeId voter, Function<String, CompletionStage<T>> call) {
        return addresses
                .apply(voter)
                .map(call)
                .orElseGet(() -> CompletableFuture.failedFuture(
                        new IllegalStateException("nobody knows where " + voter + " is reached")));
    }

    private void askPower(NodeId node) {
        readPower(new Question("power", node, ""), node, () -> fencing.read(node));
    }

    private void switchOff(NodeId node) {
        Question question = new Question("off", node, "");
        if (!mayAsk(question)) {
            return;
        }
        notBefore.remove(question);
        takeovers.offSent(node, clock.instant());
        reasons.tell(Reason.of(Severity.WARNING, Topic.NODE, node, "its fencing device is told to switch it off"));
        readPower(question, node, () -> fencing.powerOff(node));
    }

    private void readPower(Question question, NodeId node, Callable<PowerReading> ask) {
        Takeovers asking = takeovers;
        if (!mayAsk(question)) {
            return;
        }
        Instant sentAt = clock.instant();
        CompletionStage<PowerReading> answer = workers.call(ask).exceptionally(FencingDesk::unknown);
        when(question, () -> asking.isOrderedOff(node) ? ORDERED_PAUSE : POWER_PAUSE, answer, reading -> {
            asking.power(node, sentAt, clock.instant(), state(reading));
            LOG.debug("fencing {}: {} ({})", node, reading.power(), reading.words());
        });
    }

    private static PowerReading unknown(Throwable failure) {
        Throwable cause = failure instanceof java.util.concurrent.CompletionException ? failure.getCause() : failure;
        String words = cause instanceof FencingException ? String.valueOf(cause.getMessage()) : String.valueOf(cause);
        return new PowerReading(PowerReading.Power.UNKNOWN, words);
    }

    private static Takeover.Power.State state(PowerReading reading) {
        return switch (reading.power()) {
            case ON -> Takeover.Power.State.ON;
            case OFF -> Takeover.Power.State.OFF;
            case UNKNOWN -> Takeover.Power.State.UNKNOWN;
        };
    }

    /** Something and when it came. */
    private record Timed<T>(T value, Instant at) {}

    private boolean mayAsk(Question question) {
        Instant earliest = notBefore.get(question);
        if (earliest != null && clock.instant().isBefore(earliest)) {
            return false;
        }
        notBefore.put(question, Instant.MAX);
        return true;
    }

    private <T> void when(Question question, Duration pause, CompletionStage<T> answer, Consumer<T> then) {
        when(question, () -> pause, answer, then);
    }

    private <T> void when(Question question, Supplier<Duration> pauses, CompletionStage<T> answer, Consumer<T> then) {
        loop.when(answer, (value, failure) -> {
            Duration pause = pauses.get();
            notBefore.put(question, clock.instant().plus(pause));
            if (failure == null) {
                then.accept(value);
            } else {
                LOG.debug("{}: {}", question, failure.toString());
            }
            loop.after(failure == null ? Duration.ZERO : pause, changed);
        });
    }
}
