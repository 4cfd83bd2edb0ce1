package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check before a move, and what can be done about a switch that the target does not have: the source's host makes a
 * planned VM there, the target's agent connects that to another switch, and the move goes into it. So does a sample of
 * Microsoft's for moves of VMs that run (VmMigrationDetailed).
 */
final class MovePreparation {
    private static final Logger LOG = LoggerFactory.getLogger(MovePreparation.class);

    private final HostCalls calls;
    private final String what;
    private final Duration checkTime;

    /**
     * Of one move.
     *
     * @param what the beginning of what is said if it fails
     * @param checkTime for each check
     */
    MovePreparation(HostCalls calls, String what, Duration checkTime) {
        this.calls = calls;
        this.what = what;
        this.checkTime = checkTime;
    }

    /**
     * The request to go on with, which the hosts have agreed to.
     *
     * @param left time for the making of a planned VM
     * @param fitting has the target connect it
     * @throws HypervisorException if they do not agree. What was prepared is for the target to remove, or to use the next
     *     time
     */
    MoveRequest prepare(MoveRequest request, Supplier<Duration> left, Runnable fitting) {
        try {
            check(request);
            return request;
        } catch (HypervisorException e) {
            if (request.target().isEmpty() || !e.remedy().equals(HypervProblem.INCOMPATIBLE_SWITCH.remedy())) {
                throw e;
            }
            LOG.debug("{}; the target may know another one", e.getMessage());
        }
        make(request, left.get());
        fitting.run();
        MoveRequest prepared = request.at(MoveRequest.Stage.USED);
        check(prepared);
        return prepared;
    }

    private void make(MoveRequest request, Duration left) {
        try {
            HostCalls.JobEnd unused =
                    calls.run(what, request.at(MoveRequest.Stage.MADE).call("MigrateVirtualSystemToHost"), left);
        } catch (HypervisorException e) {
            if (!e.remedy().equals(HypervProblem.ALREADY_THERE.remedy())) {
                throw e;
            }
            LOG.debug("{}; an earlier try has prepared it", e.getMessage());
        }
    }

    private void check(MoveRequest request) {
        HostCalls.JobEnd unused = calls.run(what, request.call("CheckVirtualSystemIsMigratable"), checkTime);
    }
}
