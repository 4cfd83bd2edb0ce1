package io.drover.hypervisor.hyperv;

import io.drover.model.GuestState;
import java.util.Locale;
import java.util.Set;

/** What EnabledState of WMI v2 means, with the numbers of v1 accepted too. */
final class SystemState {
    /** Behind this number OtherEnabledState says it in a word of the interface, which is not translated. */
    static final int OTHER = 1;

    static final int ENABLED = 2;
    static final int DISABLED = 3;
    static final int SAVED = 6;
    static final int PAUSED = 9;

    private static final Set<Integer> OFF_NUMBERS = Set.of(DISABLED);
    private static final Set<Integer> SAVED_NUMBERS = Set.of(SAVED, 32769);
    private static final Set<Integer> PAUSED_NUMBERS = Set.of(PAUSED, 32768);

    private SystemState() {}

    /**
     * The state in the port. Whatever is not known to be still counts as running: it may execute, and nobody may take it
     * for gone.
     *
     * @param other OtherEnabledState; empty if it is not known
     */
    static GuestState of(int enabledState, String other) {
        if (OFF_NUMBERS.contains(enabledState)) {
            return GuestState.OFF;
        } else if (SAVED_NUMBERS.contains(enabledState)) {
            return GuestState.SAVED;
        } else if (PAUSED_NUMBERS.contains(enabledState)) {
            return GuestState.PAUSED;
        }
        return enabledState == OTHER ? ofWord(other) : GuestState.RUNNING;
    }

    private static GuestState ofWord(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "off", "offcritical" -> GuestState.OFF;
            case "saved", "savedcritical", "fastsaved", "fastsavedcritical" -> GuestState.SAVED;
            case "paused", "pausedcritical" -> GuestState.PAUSED;
            default -> GuestState.RUNNING;
        };
    }

    /** Whether a state passes by itself. */
    static boolean isPassing(int enabledState, String other) {
        return switch (enabledState) {
            case 4, 10, 32770, 32771, 32773, 32774, 32776, 32777 -> true;
            case OTHER ->
                !other.isEmpty()
                        && !other.toLowerCase(Locale.ROOT).endsWith("critical")
                        && ofWord(other) == GuestState.RUNNING
                        && !other.equalsIgnoreCase("running");
            default -> false;
        };
    }
}
