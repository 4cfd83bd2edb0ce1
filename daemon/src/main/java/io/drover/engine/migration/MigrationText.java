package io.drover.engine.migration;

import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.Reason;
import io.drover.model.Severity;
import java.time.Duration;
import java.util.Locale;

/** The sentences that both sides use. */
final class MigrationText {
    private static final double MEGABYTE = 1e6;

    private MigrationText() {}

    /** That a guest is lost, and what is known of why. */
    static String onNeither(Attempt attempt, String why) {
        return "neither " + attempt.self() + " nor " + attempt.migrating().target() + " has it: " + why;
    }

    /** The copy took too long. */
    static Ending didNotConverge(Duration limit, MoveProgress progress) {
        String text = String.format(
                Locale.ROOT,
                "did not converge in %s s: dirties %.1f MB/s, link %.1f MB/s",
                limit.toSeconds(),
                progress.dirtyRate() / MEGABYTE,
                progress.rate() / MEGABYTE);
        return Ending.hopeless(
                text, "raise migrationBandwidth or downtimeLimit, or move the VM while its guest is less busy");
    }

    /** How a try ended. */
    static Reason ended(Attempt attempt, MigrationResult result) {
        if (result.outcome() == MigrationResult.Outcome.SUCCEEDED) {
            String text = String.format(
                    Locale.ROOT,
                    "moved from %s to %s in %d ms, blackout at most %d ms, %.1f MB sent",
                    result.source(),
                    result.target(),
                    result.duration().toMillis(),
                    result.blackout().toMillis(),
                    result.bytes() / MEGABYTE);
            return attempt.reason(Severity.INFO, text);
        }
        boolean isCancelled = result.outcome() == MigrationResult.Outcome.CANCELLED;
        String remedy = result.remedy().isEmpty() ? "" : "; " + result.remedy();
        if (result.outcome() == MigrationResult.Outcome.LOST) {
            return attempt.reason(
                    Severity.ERROR,
                    "was lost on its way from " + result.source() + " to " + result.target() + ": " + result.reason()
                            + remedy);
        }
        return attempt.reason(
                isCancelled ? Severity.INFO : Severity.WARNING,
                "did not move from " + result.source() + " to " + result.target() + ": "
                        + (isCancelled ? "cancelled: " : "") + result.reason() + remedy);
    }
}
