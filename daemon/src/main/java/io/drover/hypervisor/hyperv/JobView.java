package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.hyperv.Failures.HostError;
import io.drover.wsman.CimInstance;
import java.util.List;
import java.util.Set;

/**
 * A job as it stands.
 *
 * @param stage what has become of it
 * @param percent 0 to 100
 * @param isCancellable whether it takes an end now
 * @param hasWarnings it succeeded, and has something to say
 * @param errorCode ErrorCode; 0 if there is none
 * @param error ErrorDescription, for people
 */
record JobView(Stage stage, int percent, boolean isCancellable, boolean hasWarnings, int errorCode, String error) {
    static final JobView GONE = new JobView(Stage.GONE, 0, false, false, 0, "");

    private static final int COMPLETED = 7;
    private static final int COMPLETED_WITH_WARNINGS = 32768;
    private static final Set<Integer> FAILED_STATES = Set.of(8, 9, 10);
    private static final int PERCENT = 100;

    /** What has become of a job. */
    enum Stage {
        RUNNING,
        SUCCEEDED,
        FAILED,
        /** The host does not know it (any more): that proves nothing. */
        GONE
    }

    static JobView of(CimInstance job) {
        int errorCode = job.uint16("ErrorCode").orElse(0);
        int state = job.uint16("JobState").orElse(0);
        return new JobView(
                stage(state, errorCode),
                Math.min(PERCENT, job.uint16("PercentComplete").orElse(0)),
                job.bool("Cancellable").orElse(false),
                state == COMPLETED_WITH_WARNINGS,
                errorCode,
                job.text("ErrorDescription").orElse(""));
    }

    /** Success is a good state and no error code: hosts have been seen to give one without the other. */
    static Stage stage(int jobState, int errorCode) {
        if (jobState == COMPLETED || jobState == COMPLETED_WITH_WARNINGS) {
            return errorCode == 0 ? Stage.SUCCEEDED : Stage.FAILED;
        }
        return FAILED_STATES.contains(jobState) ? Stage.FAILED : Stage.RUNNING;
    }

    List<HostError> asErrors() {
        return List.of(new HostError(Integer.toString(errorCode), error));
    }
}
