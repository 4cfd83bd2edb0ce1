package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.Failures.HostError;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a host says to something that it may well refuse, with its own words whole: the text of a failure is cut for people,
 * and tells of the first error only, while the number that decides may stand behind that.
 *
 * @param failure why it was refused; empty if it was not
 * @param errors all that the host said to that; none if it gave only a number, or has forgotten its job
 */
record Verdict(Optional<HypervisorException> failure, List<HostError> errors) {
    Verdict {
        errors = List.copyOf(errors);
    }

    /**
     * Asks for it.
     *
     * @throws HypervisorException if the host cannot be asked
     */
    static Verdict of(HostCalls calls, String what, CimInvocation call, Duration within) {
        CimResult result = calls.call(what, call);
        try {
            HostCalls.JobEnd end = calls.end(what, result, within);
            return new Verdict(Optional.empty(), end.warnings());
        } catch (HypervisorException e) {
            return new Verdict(
                    Optional.of(e), result.reference("Job").map(calls::errors).orElse(List.of()));
        }
    }

    /** All that was said, for a look at its numbers. */
    String words() {
        return errors.isEmpty()
                ? failure.map(each -> String.valueOf(each.getMessage())).orElse("")
                : errors.stream().map(HostError::text).collect(Collectors.joining("\n"));
    }

    /** The problem behind the refusal, where the host said more than a number. */
    Optional<HypervProblem> problem() {
        return errors.isEmpty() ? Optional.empty() : Optional.of(Failures.of(errors));
    }
}
