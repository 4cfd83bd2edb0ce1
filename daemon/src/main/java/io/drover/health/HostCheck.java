package io.drover.health;

import io.drover.config.ProbeConfig;
import io.drover.hypervisor.HostFinding;
import io.drover.model.HealthLevel;
import io.drover.model.HostAspect;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A side of the host, as its hypervisor sees it. That it cannot be asked is at most a warning: whether the hypervisor
 * answers is another probe's question, and nobody is to be moved for want of an answer to this one.
 */
record HostCheck(HostAnswer host, ProbeConfig.Check.Host side) implements Check {
    @Override
    public HealthLevel unanswered() {
        return HealthLevel.WARNING;
    }

    @Override
    public Observation run() {
        List<HostFinding> findings;
        try {
            findings = host.inspect(side.aspect()).stream()
                    .sorted(Comparator.comparing(HostFinding::level).reversed())
                    .toList();
        } catch (RuntimeException e) {
            return new Observation(unanswered(), "the host does not tell: " + Evidence.of(e));
        }
        HealthLevel worst = findings.stream().map(HostFinding::level).reduce(HealthLevel.HEALTHY, HealthLevel::worse);
        return new Observation(
                worst.atMost(side.worst()),
                findings.isEmpty() ? allIsWell(side.aspect()) : Evidence.of(text(findings)));
    }

    /** The worst first: what gets too long for the evidence is cut at its end. */
    private static String text(List<HostFinding> findings) {
        String all = findings.stream().map(HostFinding::text).collect(Collectors.joining("; "));
        return findings.size() == 1 ? all : findings.size() + " findings: " + all;
    }

    private static String allIsWell(HostAspect aspect) {
        return switch (aspect) {
            case SETTINGS -> "the host is set up as it is wanted";
            case SWITCHES -> "the host's virtual switches work";
            case GUESTS -> "the cluster's VMs reach their storage";
        };
    }
}
