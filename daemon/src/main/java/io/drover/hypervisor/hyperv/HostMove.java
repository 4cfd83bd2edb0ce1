package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.hyperv.Failures.HostError;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.MoveProgress;
import io.drover.model.VmId;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A move that the host makes: checked, begun, followed to the end of its job, ended early where that is asked for. What has
 * become of the VM, its kinds find out by looking.
 */
abstract sealed class HostMove implements LiveMigration.Outgoing, Runnable permits HypervSending, StorageMoving {
    static final int TERMINATE = 4;
    static final int KILL = 5;

    /** After this time an orderly end is not waited for any more. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(HostMove.class);
    private static final Duration CHECK = Duration.ofMinutes(2);
    private static final long POLL_NANOS = Duration.ofMillis(250).toNanos();
    private static final int PERCENT = 100;
    private static final String LET_GO = "this agent has let go of it, its host goes on with the move";

    final Source source;
    final VmId vm;
    final SystemFacts before;
    private final Duration timeout;
    private final Thread thread;
    private final long began = System.nanoTime();
    private volatile boolean isCancelled;
    private volatile boolean isLetGo;
    private volatile boolean isOver;
    private boolean isTooLate;
    private boolean isEndAsked;
    private long endAskedAt;

    /** What a move needs of its host. */
    record Source(
            HypervHypervisor host,
            HostCalls calls,
            Registration registration,
            Connections connections,
            HypervMigration migration) {}

    HostMove(Source source, VmId vm, SystemFacts before, Duration timeout) {
        this.source = source;
        this.vm = vm;
        this.before = before;
        this.timeout = timeout;
        thread = new Thread(this, "move-" + vm);
        thread.setDaemon(true);
    }

    /** The move succeeded, as its job says. */
    abstract Runnable succeeded();

    /** The move has not succeeded as far as is known: where the VM and its files are decides. */
    abstract Runnable judge(String reason, String remedy);

    /** Nobody can say what has become of it. */
    abstract Runnable unclear(String reason);

    abstract void tell(MoveProgress progress);

    /** Whether a job of the host is this move, whoever began it. */
    abstract boolean isOurs(CimInstance job);

    /** Whether the VM is not here any more. */
    boolean hasLeft() {
        return false;
    }

    /** Has the target fit what has been prepared there; nothing has, where nothing goes to another host. */
    void fit() {}

    private Duration left() {
        return timeout.minus(took());
    }

    /** Reads what is needed and makes the move's words. */
    abstract MoveRequest request();

    final void begin() {
        thread.start();
    }

    final boolean isUnderWay() {
        return !isOver;
    }

    final boolean isCancelled() {
        return isCancelled;
    }

    final Duration took() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Override
    public final void cancel() {
        isCancelled = true;
        LockSupport.unpark(thread);
    }

    /** The agent ends; the move goes on. */
    final void letGo() {
        isLetGo = true;
        thread.interrupt();
    }

    @Override
    public final void run() {
        Runnable outcome;
        try {
            outcome = move();
        } catch (HypervisorException e) {
            outcome = unclear(isLetGo ? LET_GO : text(e));
        } catch (RuntimeException e) {
            // Whatever it is, somebody waits for an outcome, and where the VM is can be seen.
            LOG.error("vm {}: following its move broke", vm, e);
            outcome = unclear("following it broke: " + e);
        }
        isOver = true; // Whoever is told the outcome finds it in the guest's status too.
        outcome.run();
    }

    private Runnable move() {
        tell(progress(0));
        Optional<CimReference> begun = ownJob();
        if (begun.isPresent()) {
            return follow(begun.get());
        }
        MoveRequest request;
        try {
            request = request();
        } catch (HypervisorException e) {
            return judge(e);
        }
        if (isDone(request)) {
            return succeeded();
        }
        MoveRequest checked;
        try {
            checked = new MovePreparation(source.calls(), "VM '" + vm + "' cannot move " + request.where(), CHECK)
                    .prepare(request, this::left, this::fit);
        } catch (HypervisorException e) {
            return judge(e);
        }
        if (isCancelled) {
            return judge("cancelled", "");
        }
        return migrate(checked);
    }

    /** Whether everything is as the request wants it already. */
    boolean isDone(MoveRequest request) {
        return false;
    }

    private Runnable migrate(MoveRequest request) {
        Optional<CimReference> job;
        try {
            job = start(request);
        } catch (HypervisorException e) {
            return judge(e);
        }
        return job.isEmpty() ? followWithoutJob() : follow(job.get());
    }

    /** Begins; empty if it may have begun and nobody knows its job. */
    private Optional<CimReference> start(MoveRequest request) {
        String what = "cannot move VM '" + vm + "' " + request.where();
        CimResult result;
        try {
            result = source.calls().callOrThrow(request.call("MigrateVirtualSystemToHost"));
        } catch (CimException e) {
            if (e.isOutcomeUnknown()) {
                return Optional.empty();
            }
            throw Failures.exception(what, e);
        }
        if (result.returnValue() != HostCalls.JOB_STARTED && result.returnValue() != HostCalls.DONE) {
            throw Failures.exception(what, result);
        }
        return result.reference("Job");
    }

    /** The answer to the beginning was lost. The host may still be about to begin, so that its job is waited for. */
    private Runnable followWithoutJob() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end && !hasLeft()) {
            Optional<CimReference> job = ownJob();
            if (job.isPresent()) {
                return follow(job.get());
            }
            if (isNapDisturbed()) {
                return unclear(LET_GO);
            }
        }
        return judge("the host's answer was lost", "");
    }

    private Optional<CimReference> ownJob() {
        return source.migration().moves(before.guid()).stream()
                .filter(this::isOurs)
                .map(HypervMigration::reference)
                .findFirst();
    }

    private Runnable follow(CimReference begun) {
        CimReference job = begun;
        while (true) {
            JobView view = source.calls().look(job);
            switch (view.stage()) {
                case SUCCEEDED -> {
                    if (view.hasWarnings()) {
                        warn(source.calls().errors(job));
                    }
                    return succeeded();
                }
                case FAILED -> {
                    List<HostError> errors = source.calls().errors(job);
                    return failed(errors.isEmpty() ? view.asErrors() : errors);
                }
                case GONE -> {
                    Optional<CimReference> other = ownJob();
                    if (other.isEmpty()) {
                        return judge("the host does not know the move any more", "");
                    }
                    job = other.get();
                }
                case RUNNING -> {
                    tell(progress(view.percent()));
                    endIfDue(job, view);
                }
            }
            if (isNapDisturbed()) {
                return unclear(LET_GO);
            }
        }
    }

    /** Waits for the next look; true if the agent ends. */
    private static boolean isNapDisturbed() {
        LockSupport.parkNanos(POLL_NANOS);
        return Thread.currentThread().isInterrupted();
    }

    private void warn(List<HostError> warnings) {
        if (!warnings.isEmpty()) {
            HypervisorException warning = Failures.exception("VM '" + vm + "' has moved", warnings);
            LOG.warn("{} ({})", warning.getMessage(), warning.remedy());
        }
    }

    private void endIfDue(CimReference job, JobView view) {
        long now = System.nanoTime();
        isTooLate = isTooLate || now - began > timeout.toNanos();
        if ((!isCancelled && !isTooLate) || !view.isCancellable()) {
            return;
        }
        boolean isKill = isEndAsked && now - endAskedAt > PATIENCE.toNanos();
        if (isKill) {
            boolean unused = source.calls().endJob(job, KILL);
        } else if (!isEndAsked) {
            endAskedAt = now;
            isEndAsked = source.calls().endJob(job, TERMINATE);
        }
    }

    // ---- words

    /** Ended for being too slow, whatever the host says. */
    final Optional<String> tooSlow() {
        return isTooLate ? Optional.of("not converged within " + timeout.toSeconds() + " s") : Optional.empty();
    }

    private Runnable failed(List<HostError> errors) {
        return judge(Failures.exception("VM '" + vm + "' could not be moved", errors));
    }

    /** The event of a limit is also that of a service that is switched off: only the setting tells them apart. */
    private Runnable judge(HypervisorException failure) {
        boolean isLimit = failure.remedy().equals(HypervProblem.BUSY_RETRY.remedy());
        HypervisorException known = isLimit && !source.migration().isOn()
                ? Failures.exception("VM '" + vm + "' could not be moved", HypervProblem.MIGRATION_DISABLED, "")
                : failure;
        return judge(text(known), known.remedy());
    }

    static String text(HypervisorException failure) {
        return String.valueOf(failure.getMessage());
    }

    final MoveProgress progress(int percent) {
        long sent = before.memory() / PERCENT * percent;
        return new MoveProgress(percent, sent, before.memory() - sent, 1, 0, 0);
    }
}
