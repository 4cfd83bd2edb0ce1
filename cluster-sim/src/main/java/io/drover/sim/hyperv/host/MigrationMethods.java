package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Moves VMs, and says whether they could be moved. */
final class MigrationMethods {
    static final String SERVICE = "Msvm_VirtualSystemMigrationService";
    private static final Duration CHECK = Duration.ofMillis(400);
    private static final int LARGE_INFO = 150_000;

    private final EmulatedHost host;

    MigrationMethods(EmulatedHost host) {
        this.host = host;
    }

    void addTo(HostMethods methods) {
        methods.add(SERVICE, "MigrateVirtualSystemToHost", this::migrate);
        methods.add(SERVICE, "CheckVirtualSystemIsMigratable", this::check);
        methods.add(SERVICE, "CheckVirtualSystemIsMigratableToHost", this::checkShort);
        methods.add(SERVICE, "GetSystemCompatibilityInfo", this::info);
        methods.add(SERVICE, "CheckSystemCompatibilityInfo", this::checkInfo);
        methods.add(SERVICE, "GetSystemCompatibilityVectors", this::vectors);
    }

    private Map<String, Object> migrate(CimObject target, Map<String, Object> inputs) {
        try {
            MigrationRequest request = MigrationRequest.read(host, inputs);
            if (!request.vm().state.isSettled() || request.vm().operation != 0) {
                return Outcome.of(ReturnCode.INVALID_STATE);
            }
            return Outcome.started(Migration.begin(host, request));
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    private Map<String, Object> check(CimObject target, Map<String, Object> inputs) {
        try {
            MigrationRequest request = MigrationRequest.read(host, inputs);
            Map<String, Object> details = new TreeMap<>();
            details.put("DestinationHost", request.destination());
            details.put("MigrationType", request.type());
            details.put("VirtualSystemName", request.vm().id());
            int jobType = !request.movesStorage() ? 301 : request.movesVm() ? 302 : 303;
            Job job = host.jobs.begin("Msvm_MigrationJob", jobType, CHECK, details);
            job.affected.add(HostMethods.ref(host, request.vm()));
            job.isCancellable = true;
            if (host.misbehaviours().has(Misbehaviour.CHECK_HANGS)) {
                job.isStuck = true;
                return Outcome.started(job);
            }
            host.timeline().after(CHECK, () -> {
                List<Problem> problems = new ArrayList<>(MigrationChecks.of(host, request));
                host.nextFailure(NextFailures.Work.CHECK, request.vm().name()).ifPresent(problems::add);
                if (problems.isEmpty()) {
                    host.jobs.succeed(job);
                } else {
                    host.jobs.fail(job, problems);
                }
            });
            return Outcome.started(job);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    private Map<String, Object> checkShort(CimObject target, Map<String, Object> inputs) {
        try {
            MigrationRequest request = MigrationRequest.read(host, inputs);
            return Outcome.done(
                    "IsMigratable", MigrationChecks.of(host, request).isEmpty());
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    /** Features that the VM needs, or that the host has if it is meant. */
    private Optional<Long> features(Map<String, Object> inputs) {
        boolean isHost = inputs.get("ComputerSystem") instanceof Ref ref
                && ref.className().equals("Msvm_ComputerSystem")
                && ref.key("Name").equalsIgnoreCase(host.hostName());
        return isHost
                ? Optional.of(host.shape().features())
                : HostMethods.vmOf(host, inputs.get("ComputerSystem")).map(each -> each.features);
    }

    private Map<String, Object> info(CimObject target, Map<String, Object> inputs) {
        return features(inputs)
                .map(each -> Outcome.done("CompatibilityInfo", Compatibility.blob(each, infoLength())))
                .orElse(Outcome.of(ReturnCode.INVALID_PARAMETER));
    }

    private int infoLength() {
        return host.misbehaviours().has(Misbehaviour.LARGE_COMPATIBILITY_INFO) ? LARGE_INFO : 0;
    }

    private Map<String, Object> checkInfo(CimObject target, Map<String, Object> inputs) {
        OptionalLong features = Compatibility.features(HostMethods.list(inputs, "CompatibilityInfo"));
        if (features.isEmpty()) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        if (Compatibility.fits(features.getAsLong(), host.shape().features())) {
            return Outcome.of(ReturnCode.DONE);
        }
        Map<String, Object> outputs = new TreeMap<>(Outcome.of(ReturnCode.NOT_COMPATIBLE));
        outputs.put("Reasons", List.of(Compatibility.problem(host).instance(host.schema(), host.hostName())));
        return outputs;
    }

    private Map<String, Object> vectors(CimObject target, Map<String, Object> inputs) {
        return features(inputs)
                .map(each -> Outcome.done("CompatibilityVectors", Compatibility.vectors(host.schema(), each)))
                .orElse(Outcome.of(ReturnCode.INVALID_PARAMETER));
    }
}
