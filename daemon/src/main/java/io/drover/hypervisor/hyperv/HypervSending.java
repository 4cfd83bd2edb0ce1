package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.hyperv.Failures.HostError;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.MoveProgress;
import io.drover.model.VmId;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A VM on its way to another host: checked, begun, watched, and judged by where it is in the end. */
final class HypervSending implements LiveMigration.Outgoing, Runnable {
    static final int TERMINATE = 4;
    static final int KILL = 5;

    /** After this time an orderly end is not waited for any more. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration CHECK = Duration.ofMinutes(2);
    private static final long POLL_NANOS = Duration.ofMillis(250).toNanos();
    private static final int PERCENT = 100;

    private final Source source;
    private final VmId vm;
    private final SystemFacts before;
    private final Endpoint target;
    private final SendOptions options;
    private final SendListener listener;
    private final Thread thread;
    private final long began = System.nanoTime();
    private volatile boolean isCancelled;
    private volatile boolean isLetGo;
    private volatile boolean isOver;
    private boolean isTooLate;
    private long endAskedAt;

    /** What the source needs of its host. */
    record Source(HypervHypervisor host, HostCalls calls, HypervMigration migration) {}

    HypervSending(
            Source source, VmId vm, SystemFacts before, Endpoint target, SendOptions options, SendListener listener) {
        this.source = source;
        this.vm = vm;
        this.before = before;
        this.target = target;
        this.options = options;
        this.listener = listener;
        thread = new Thread(this, "send-" + vm);
        thread.setDaemon(true);
    }

    void begin() {
        thread.start();
    }

    boolean isUnderWay() {
        return !isOver;
    }

    @Override
    public void cancel() {
        isCancelled = true;
        LockSupport.unpark(thread);
    }

    /** The agent ends; the move goes on. */
    void letGo() {
        isLetGo = true;
        thread.interrupt();
    }

    @Override
    public void run() {
        Runnable outcome;
        try {
            outcome = send();
        } catch (HypervisorException e) {
            outcome = unclear(isLetGo ? "this agent has let go of it, its host goes on sending" : text(e));
        }
        isOver = true; // Whoever is told the outcome finds it in the guest's status too.
        outcome.run();
    }

    private Runnable send() {
        listener.progress(progress(0));
        Optional<String> refusal = check();
        if (refusal.isPresent()) {
            return judge(refusal.get());
        }
        if (isCancelled) {
            return judge("cancelled");
        }
        Optional<CimReference> job;
        try {
            job = migrate();
        } catch (HypervisorException e) {
            return judge(text(e));
        }
        return job.isEmpty() ? followWithoutJob() : follow(job.get());
    }

    /** Asks the host, with the same words as the move's, whether it would succeed. */
    private Optional<String> check() {
        try {
            HostCalls.JobEnd unused = source.calls.run(
                    "VM '" + vm + "' cannot move to " + target.host(), call("CheckVirtualSystemIsMigratable"), CHECK);
            return Optional.empty();
        } catch (HypervisorException e) {
            return Optional.of(explain(e));
        }
    }

    private CimInvocation call(String method) {
        return CimInvocation.of(HostCalls.migrations(), method)
                .reference("ComputerSystem", HostCalls.vm(before.guid()))
                .text("DestinationHost", target.host())
                .instance("MigrationSettingData", MoveSettings.move(MoveSettings.SHARED_STORAGE, target.addresses()))
                .build();
    }

    /** Begins; empty if it may have begun and nobody knows its job. */
    private Optional<CimReference> migrate() {
        String what = "cannot move VM '" + vm + "' to " + target.host();
        CimResult result;
        try {
            result = source.calls.callOrThrow(call("MigrateVirtualSystemToHost"));
        } catch (CimException e) {
            if (e.isOutcomeUnknown()) {
                return Optional.empty();
            }
            throw Failures.exception(what, e);
        }
        if (result.returnValue() != HostCalls.JOB_STARTED && result.returnValue() != HostCalls.DONE) {
            throw Failures.exception(
                    what, Failures.ofReturn(result.returnValue()), "return value " + result.returnValue());
        }
        return result.reference("Job");
    }

    /** The answer to the beginning was lost: whatever moves the VM now is ours. */
    private Runnable followWithoutJob() {
        List<CimReference> jobs = source.migration.jobs(before.guid());
        return jobs.isEmpty() ? judge("the host's answer was lost") : follow(jobs.get(0));
    }

    private Runnable follow(CimReference job) {
        while (true) {
            JobView view = source.calls.look(job);
            switch (view.stage()) {
                case SUCCEEDED -> {
                    return succeeded();
                }
                case FAILED -> {
                    List<HostError> errors = source.calls.errors(job);
                    return judge(reason(errors.isEmpty() ? view.asErrors() : errors));
                }
                case GONE -> {
                    return judge("the host does not know the move any more");
                }
                case RUNNING -> {
                    listener.progress(progress(view.percent()));
                    endIfDue(job, view);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                return unclear("this agent has let go of it, its host goes on sending");
            }
        }
    }

    private void endIfDue(CimReference job, JobView view) {
        long now = System.nanoTime();
        isTooLate = isTooLate || now - began > options.timeout().toNanos();
        if ((!isCancelled && !isTooLate) || !view.isCancellable()) {
            return;
        }
        if (endAskedAt == 0) {
            endAskedAt = now;
            source.calls.endJob(job, TERMINATE);
        } else if (now - endAskedAt > PATIENCE.toNanos()) {
            source.calls.endJob(job, KILL);
        }
    }

    // ---- the outcome

    private Runnable succeeded() {
        Optional<SystemFacts> here = source.host.find(vm);
        if (here.isEmpty()) {
            Duration time = Duration.ofNanos(System.nanoTime() - began);
            return () -> {
                listener.progress(progress(PERCENT));
                // Hyper-V does not say when it holds the guest; from here on it is certainly not here.
                listener.paused();
                listener.departed(time, before.memory());
            };
        }
        return unclear("the host calls the move successful, and the VM is still here and "
                + here.get().state());
    }

    /** The move has not succeeded as far as is known: where the VM is decides. */
    private Runnable judge(String reason) {
        Optional<SystemFacts> here = source.host.find(vm);
        if (here.isEmpty()) {
            return unclear(reason + "; it is not here any more");
        }
        if (!here.get().hasMemory()) {
            return unclear(reason + "; it is here and " + here.get().state());
        }
        if (here.get().isMigrating()) {
            return unclear(reason + "; its host goes on sending it");
        }
        if (isCancelled) {
            return () -> listener.stayed(true, "cancelled");
        }
        String text = isTooLate ? "not converged within " + options.timeout().toSeconds() + " s" : reason;
        return () -> listener.stayed(false, text);
    }

    private Runnable unclear(String reason) {
        return () -> listener.unclear(reason);
    }

    private String reason(List<HostError> errors) {
        HypervProblem problem = Failures.of(errors);
        return explain(Failures.exception("VM '" + vm + "' could not be moved to " + target.host(), errors), problem);
    }

    private String explain(HypervisorException failure) {
        boolean isLimit = failure.remedy().equals(HypervProblem.BUSY_RETRY.remedy());
        return explain(failure, isLimit ? HypervProblem.BUSY_RETRY : HypervProblem.UNKNOWN);
    }

    /** The event of a limit is also that of a service that is switched off: only the setting tells them apart. */
    private String explain(HypervisorException failure, HypervProblem problem) {
        if (problem == HypervProblem.BUSY_RETRY && !source.migration.isOn()) {
            return HypervProblem.MIGRATION_DISABLED.cause() + "; " + HypervProblem.MIGRATION_DISABLED.remedy();
        }
        return text(failure) + "; " + failure.remedy();
    }

    private static String text(HypervisorException failure) {
        return String.valueOf(failure.getMessage());
    }

    private MoveProgress progress(int percent) {
        long sent = before.memory() / PERCENT * percent;
        return new MoveProgress(percent, sent, before.memory() - sent, 1, 0, 0);
    }
}
