package io.drover.health;

import io.drover.config.SizeText;
import io.drover.health.Check.Observation;
import io.drover.model.HealthLevel;
import java.util.Locale;

/** Judges how much of something is left. */
final class FreeShare {
    private FreeShare() {}

    /**
     * Compares the free share with the limits.
     *
     * @param of what it is, for the evidence
     * @param total 0 or less, as some virtual file systems report it: healthy, there is nothing to run out of
     */
    static Observation judge(String of, long free, long total, double warningBelow, double criticalBelow) {
        if (total <= 0) {
            return new Observation(HealthLevel.HEALTHY, of + ": no limit reported");
        }
        double share = (double) free / total;
        String figures = String.format(
                Locale.ROOT,
                "%s of %s %s free (%.1f %%)",
                SizeText.format(free),
                SizeText.format(total),
                of,
                100 * share);
        if (share < criticalBelow) {
            return new Observation(HealthLevel.CRITICAL, figures + limit(criticalBelow));
        }
        if (share < warningBelow) {
            return new Observation(HealthLevel.WARNING, figures + limit(warningBelow));
        }
        return new Observation(HealthLevel.HEALTHY, figures);
    }

    private static String limit(double share) {
        return String.format(Locale.ROOT, ", limit %.1f %%", 100 * share);
    }
}
