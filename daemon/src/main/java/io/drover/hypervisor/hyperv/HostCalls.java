package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.hyperv.Failures.HostError;
import io.drover.wsman.CimClass;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import io.drover.wsman.CimSession;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls to one host: reads are repeated once after a broken answer, methods never are. */
final class HostCalls {
    private static final Logger LOG = LoggerFactory.getLogger(HostCalls.class);
    static final Duration CALL = Duration.ofSeconds(20);

    /** How long a host may be silent about a job before nobody waits for it any more. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    static final long DONE = 0;
    static final long JOB_STARTED = 4096;

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final CimSession session;

    HostCalls(CimSession session) {
        this.session = session;
    }

    static CimClass type(String name) {
        return CimNamespace.VIRTUALIZATION.cimClass(name);
    }

    static CimReference management() {
        return type("Msvm_VirtualSystemManagementService").singleton();
    }

    static CimReference migrations() {
        return type("Msvm_VirtualSystemMigrationService").singleton();
    }

    static CimReference images() {
        return type("Msvm_ImageManagementService").singleton();
    }

    static CimReference vm(String guid) {
        return system(guid);
    }

    /** A VM by its identifier, or the host by its name. */
    static CimReference system(String name) {
        return system("Msvm_ComputerSystem", name);
    }

    static CimReference planned(String guid) {
        return system("Msvm_PlannedComputerSystem", guid);
    }

    private static CimReference system(String type, String guid) {
        return CimReference.of(type(type), Map.of("CreationClassName", type, "Name", guid));
    }

    // ---- reading

    List<CimInstance> list(String what, CimQuery query) {
        try {
            return listOrThrow(query);
        } catch (CimException e) {
            throw Failures.exception("cannot read " + what, e);
        }
    }

    /** As {@link #list}, for those who judge what a failure means. */
    List<CimInstance> listOrThrow(CimQuery query) {
        try {
            return session.enumerate(query, CALL);
        } catch (CimException e) {
            boolean mayPass = e.kind() == CimException.Kind.ENUMERATION_EXPIRED
                    || e.kind() == CimException.Kind.TRANSPORT
                    || e.kind() == CimException.Kind.INTERNAL_ERROR;
            if (!mayPass) {
                throw e;
            }
            return session.enumerate(query, CALL);
        }
    }

    /** Settings of a kind that a VM has, planned or not. */
    List<CimInstance> settings(String type, String guid) {
        return list(
                "the settings of a VM",
                CimQuery.of(
                        CimNamespace.VIRTUALIZATION,
                        "SELECT * FROM " + type + " WHERE InstanceID LIKE 'Microsoft:" + guid + "%'"));
    }

    Optional<CimInstance> get(String what, CimReference target) {
        try {
            return Optional.of(session.get(target, CALL));
        } catch (CimException e) {
            if (e.kind() == CimException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw Failures.exception("cannot read " + what, e);
        }
    }

    // ---- calling

    /** A method that answers at once, whatever it returns. */
    CimResult call(String what, CimInvocation invocation) {
        try {
            return session.invoke(invocation, CALL);
        } catch (CimException e) {
            throw Failures.exception(what, e);
        }
    }

    /** As {@link #call}, for those who judge what a lost answer means. */
    CimResult callOrThrow(CimInvocation invocation) {
        return session.invoke(invocation, CALL);
    }

    /**
     * A method and the job that it starts; returns when that has ended well.
     *
     * @throws HypervisorException if the method or the job fails; with {@link Kind#TIMEOUT} if the job takes too long
     */
    JobEnd run(String what, CimInvocation invocation, Duration within) {
        return end(what, call(what, invocation), within);
    }

    /** As {@link #run}, of a method that has answered already. */
    JobEnd end(String what, CimResult result, Duration within) {
        if (result.returnValue() == DONE) {
            return new JobEnd(true, List.of());
        }
        if (result.returnValue() != JOB_STARTED) {
            throw Failures.exception(what, result);
        }
        return await(what, result.reference("Job").orElseThrow(() -> noJob(what)), within);
    }

    private static HypervisorException noJob(String what) {
        return Failures.exception(what, HypervProblem.INVALID_CALL, "a job was started and not named");
    }

    /**
     * How a job has ended well.
     *
     * @param isKnown false if the host has forgotten it: look at the VM
     * @param warnings what it says although it succeeded
     */
    record JobEnd(boolean isKnown, List<HostError> warnings) {}

    private JobEnd await(String what, CimReference job, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        while (true) {
            JobView view = look(job);
            switch (view.stage()) {
                case GONE -> {
                    return new JobEnd(false, List.of());
                }
                case SUCCEEDED -> {
                    return new JobEnd(true, errors(job));
                }
                case FAILED -> {
                    List<HostError> errors = errors(job);
                    throw Failures.exception(what, errors.isEmpty() ? view.asErrors() : errors);
                }
                case RUNNING -> pause(what, end);
            }
        }
    }

    static void pause(String what, long end) {
        if (System.nanoTime() > end) {
            String text = what + ": it takes longer than it may";
            throw new HypervisorException(
                    Kind.TIMEOUT, text, HypervProblem.TIMEOUT.remedy(), new TimeoutException(text));
        }
        LockSupport.parkNanos(POLL_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            throw new HypervisorException(Kind.FAILED, what + ": interrupted", "try again");
        }
    }

    // ---- jobs

    /** How far a job is. A broken answer is tried again until the host has been silent for too long. */
    JobView look(CimReference job) {
        long end = System.nanoTime() + SILENCE.toNanos();
        while (true) {
            try {
                return JobView.of(session.get(job, CALL));
            } catch (CimException e) {
                if (e.kind() == CimException.Kind.NOT_FOUND) {
                    return JobView.GONE;
                }
                if (e.kind() == CimException.Kind.CANCELLED || System.nanoTime() > end) {
                    throw Failures.exception("cannot see how far a job of the host is", e);
                }
                pause("waiting for a job of the host", end);
            }
        }
    }

    List<HostError> errors(CimReference job) {
        try {
            CimResult result =
                    session.invoke(CimInvocation.of(job, "GetErrorEx").build(), CALL);
            return HostError.parse(result.texts("Errors"));
        } catch (CimException e) {
            return List.of();
        }
    }

    /**
     * Asks a job for an end: 4 in an orderly way, 5 at once. A job that has gone needs none.
     *
     * @return false if the host does not take the question now: whoever waits for the end asks again
     */
    boolean endJob(CimReference job, int requestedState) {
        try {
            session.invoke(
                    CimInvocation.of(job, "RequestStateChange")
                            .number("RequestedState", requestedState)
                            .build(),
                    CALL);
            return true;
        } catch (CimException e) {
            LOG.debug("a job of the host cannot be ended now: {}", e.getMessage());
            return e.kind() == CimException.Kind.NOT_FOUND || e.isOutcomeUnknown();
        }
    }

    void close() {
        session.close();
    }
}
