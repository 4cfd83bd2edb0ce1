package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.misbehaviour.Misbehaviours;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** The jobs of one host. Not for many threads. */
final class Jobs {
    /** Time for which a job that is over can still be asked for. */
    static final Duration KEPT = Duration.ofMinutes(5);

    private final Schema schema;
    private final Timeline timeline;
    private final Misbehaviours misbehaviours;
    private final String host;
    private final Texts texts;
    private final Map<String, Job> jobs = new LinkedHashMap<>();

    Jobs(Schema schema, Timeline timeline, Misbehaviours misbehaviours, String host, Texts texts) {
        this.schema = schema;
        this.timeline = timeline;
        this.misbehaviours = misbehaviours;
        this.host = host;
        this.texts = texts;
    }

    /** Begins one that is not over before somebody says so. */
    Job begin(String className, int jobType, Duration expected, Map<String, Object> details) {
        CimClass type = schema.get(Schema.VIRTUALIZATION, className);
        String id = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
        Job job = new Job(id, type, jobType, timeline.instant(), expected, details);
        jobs.put(id, job);
        return job;
    }

    /** Begins one that ends well after the time that it is expected to take, after something was done. */
    Job run(String className, int jobType, Duration length, List<Ref> affected, Consumer<Job> work) {
        Job job = begin(className, jobType, length, Map.of());
        job.affected.addAll(affected);
        timeline.after(length, () -> {
            if (!job.isOver()) {
                work.accept(job);
                if (!job.isOver()) {
                    succeed(job);
                }
            }
        });
        return job;
    }

    void succeed(Job job) {
        boolean hasWarnings = misbehaviours.has(Misbehaviour.JOB_WITH_WARNINGS) || !job.problems.isEmpty();
        job.errorCode = misbehaviours.has(Misbehaviour.JOB_ERROR_CODE_WITH_SUCCESS) ? ReturnCode.FAILED : 0;
        end(job, hasWarnings ? Job.COMPLETED_WITH_WARNINGS : Job.COMPLETED);
    }

    void fail(Job job, List<Problem> problems) {
        job.problems.addAll(problems);
        job.errorCode = ReturnCode.FAILED;
        end(job, Job.EXCEPTION);
    }

    void end(Job job, int state) {
        if (job.isOver()) {
            return;
        }
        job.state = state;
        job.isCancellable = false;
        job.endedAt = Optional.of(timeline.instant());
        if (misbehaviours.has(Misbehaviour.JOB_FORGOTTEN)) {
            jobs.remove(job.id);
        }
    }

    /** All are gone, and nothing that they were about to do happens. */
    void forgetAll() {
        List.copyOf(jobs.values()).forEach(job -> end(job, Job.KILLED));
        jobs.clear();
    }

    List<Job> all() {
        Instant now = timeline.instant();
        jobs.values()
                .removeIf(job ->
                        job.endedAt.map(end -> !now.isBefore(end.plus(KEPT))).orElse(false));
        return List.copyOf(jobs.values());
    }

    Optional<Job> find(String id) {
        return all().stream().filter(job -> job.id.equalsIgnoreCase(id)).findFirst();
    }

    List<CimObject> objects(CimClass type) {
        return all().stream()
                .filter(job -> job.type.equals(type))
                .map(this::object)
                .toList();
    }

    private CimObject object(Job job) {
        Instant now = timeline.instant();
        CimObject object = new CimObject(job.type)
                .with("Cancellable", job.isCancellable)
                .with("Caption", texts.text("job"))
                .with("DeleteOnCompletion", false)
                .with("Description", texts.text("job"))
                .with("ElapsedTime", Duration.between(job.submittedAt, job.endedAt.orElse(now)))
                .with("ElementName", texts.text("job"))
                .with("ErrorCode", job.errorCode)
                .with("HealthState", 5L)
                .with("InstallDate", Instant.parse("1601-01-01T00:00:00Z"))
                .with("InstanceID", job.id)
                .with("JobState", (long) job.state)
                .with("JobStatus", texts.text(job.state == Job.RUNNING ? "job-running" : "job-over"))
                .with("JobType", (long) job.jobType)
                .with("LocalOrUtcTime", 2L)
                .with("Name", texts.text("job"))
                .with("Notify", "")
                .with("OperationalStatus", List.of(2L))
                .with("Owner", "NT AUTHORITY\\SYSTEM")
                .with("PercentComplete", job.percent(now))
                .with("Priority", 0L)
                .with("RecoveryAction", 0L)
                .with("StartTime", job.submittedAt)
                .with("Status", "OK")
                .with("StatusDescriptions", List.of(texts.text("ok")))
                .with("TimeBeforeRemoval", KEPT)
                .with("TimeOfLastStateChange", job.endedAt.orElse(job.submittedAt))
                .with("TimeSubmitted", job.submittedAt);
        if (!job.problems.isEmpty()) {
            String all = String.join(
                    "\n", job.problems.stream().map(Problem::message).toList());
            object.with("ErrorDescription", all)
                    .with("ErrorSummaryDescription", job.problems.get(0).message());
        }
        job.details.forEach(object::with);
        return object;
    }

    /** RequestStateChange of a job: 4 ends it in order, 5 at once. */
    Map<String, Object> change(String id, Map<String, Object> inputs) {
        if (inputs.containsKey("TimeoutPeriod")) {
            return Outcome.of(ReturnCode.TIMEOUT_NOT_SUPPORTED);
        }
        Job job = find(id).orElseThrow();
        long requested = inputs.get("RequestedState") instanceof Long number ? number : 0;
        if (requested != 4 && requested != 5) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        if (!job.isCancellable) {
            return Outcome.of(ReturnCode.INVALID_STATE);
        }
        if (requested == 4 && misbehaviours.has(Misbehaviour.TERMINATE_IGNORED)) {
            return Outcome.of(ReturnCode.DONE);
        }
        job.undo.run();
        job.errorCode = ReturnCode.FAILED;
        end(job, requested == 4 ? Job.TERMINATED : Job.KILLED);
        return Outcome.of(ReturnCode.DONE);
    }

    /** GetErrorEx. */
    Map<String, Object> errors(String id) {
        Job job = find(id).orElseThrow();
        List<String> texts =
                job.problems.stream().map(each -> each.instance(schema, host)).toList();
        return Outcome.done("Errors", texts);
    }

    /** GetError: the first one only. */
    Map<String, Object> error(String id) {
        return find(id).orElseThrow().problems.stream()
                .findFirst()
                .map(each -> Outcome.done("Error", each.instance(schema, host)))
                .orElse(Outcome.of(ReturnCode.DONE));
    }
}
