package io.drover.engine.agent;

import io.drover.model.HealthLevel;
import io.drover.model.ProbeStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a probe's checks add up to. Immutable; each check gives the next verdict.
 *
 * <ul>
 *   <li>It worsens when {@code failures} of the last {@code window} checks were worse than it, to the worst level that
 *       so many of them reach.
 *   <li>It gets better when for {@code holdOff} every check was better than it, to the worst level among these checks;
 *       the hold-off then begins anew.
 *   <li>A check that is neither enough to worsen it nor long enough to better it changes nothing: a probe that flaps
 *       moves no VM.
 * </ul>
 *
 * A probe that has not been checked yet counts as healthy, so that a restarted agent does not evacuate its node.
 */
public final class ProbeVerdict {
    private final Rule rule;
    private final ProbeStatus status;

    /** Levels of the last checks, oldest first; none from before the verdict last got better. */
    private final List<HealthLevel> recent;

    /** The checks since the last one that was not better than the verdict. */
    private final Optional<BetterRun> better;

    private ProbeVerdict(Rule rule, ProbeStatus status, List<HealthLevel> recent, Optional<BetterRun> better) {
        this.rule = rule;
        this.status = status;
        this.recent = List.copyOf(recent);
        this.better = better;
    }

    /**
     * When a verdict changes.
     *
     * @param failures checks that must agree on something worse; 1 to {@code window}
     * @param window checks looked back on
     * @param holdOff how long every check must be better; not negative. From the first of these checks to the last: with
     *     zero, one better check is enough
     */
    public record Rule(int failures, int window, Duration holdOff) {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if one is left
         */
        public Rule {
            if (failures < 1 || failures > window) {
                throw new IllegalArgumentException(
                        "failures: " + failures + " (expected: 1 to window, " + window + ")");
            }
            if (holdOff.isNegative()) {
                throw new IllegalArgumentException("holdOff: " + holdOff + " (expected: >= PT0S)");
            }
        }
    }

    /**
     * Checks without a break that were all better than the verdict.
     *
     * @param since time of the first
     * @param worst the worst level among them
     * @param evidence that of the latest check at that level
     */
    private record BetterRun(Instant since, HealthLevel worst, String evidence) {
        BetterRun and(HealthLevel observed, String newEvidence, Instant at) {
            // A clock that was set back must not make the run look longer than it is.
            Instant begin = at.isBefore(since) ? at : since;
            return observed.compareTo(worst) >= 0
                    ? new BetterRun(begin, observed, newEvidence)
                    : new BetterRun(begin, worst, evidence);
        }
    }

    /** A probe that has not been checked yet. */
    public static ProbeVerdict unchecked(String probe, Rule rule, Instant at) {
        ProbeStatus status = new ProbeStatus(probe, HealthLevel.HEALTHY, "not checked yet", at);
        return new ProbeVerdict(rule, status, List.of(), Optional.empty());
    }

    /** The verdict now. */
    public ProbeStatus status() {
        return status;
    }

    /**
     * The verdict after one more check.
     *
     * @param observed what the check found
     * @param evidence in words
     * @param at when it ended, by the node's clock
     */
    public ProbeVerdict observe(HealthLevel observed, String evidence, Instant at) {
        List<HealthLevel> seen = lookBack(observed);
        HealthLevel agreed = agreed(seen);
        if (agreed.compareTo(status.level()) > 0) {
            return new ProbeVerdict(rule, changed(agreed, evidence, at), seen, Optional.empty());
        }
        if (observed.compareTo(status.level()) >= 0) {
            return new ProbeVerdict(rule, refreshed(observed, evidence), seen, Optional.empty());
        }
        BetterRun run = better.map(earlier -> earlier.and(observed, evidence, at))
                .orElseGet(() -> new BetterRun(at, observed, evidence));
        if (Duration.between(run.since(), at).compareTo(rule.holdOff()) < 0) {
            return new ProbeVerdict(rule, status, seen, Optional.of(run));
        }
        // The checks that led to the old verdict must not lead to it a second time.
        return new ProbeVerdict(rule, changed(run.worst(), run.evidence(), at), List.of(), Optional.empty());
    }

    private List<HealthLevel> lookBack(HealthLevel observed) {
        List<HealthLevel> seen = new ArrayList<>(recent);
        seen.add(observed);
        return seen.subList(Math.max(0, seen.size() - rule.window()), seen.size());
    }

    /** The worst level that at least {@code failures} of the checks reach. */
    private HealthLevel agreed(List<HealthLevel> seen) {
        return seen.stream()
                .sorted(Comparator.reverseOrder())
                .skip(rule.failures() - 1L)
                .findFirst()
                .orElse(HealthLevel.HEALTHY);
    }

    private ProbeStatus changed(HealthLevel level, String evidence, Instant at) {
        return new ProbeStatus(status.name(), level, evidence, at);
    }

    /** The level stays; what was found last at this level is the better evidence for it. */
    private ProbeStatus refreshed(HealthLevel observed, String evidence) {
        return observed == status.level()
                ? new ProbeStatus(status.name(), status.level(), evidence, status.since())
                : status;
    }
}
