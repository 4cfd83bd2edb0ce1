package io.drover.health;

import io.drover.hypervisor.HostFinding;
import io.drover.model.HostAspect;
import java.util.List;

/** Asks the hypervisor about a side of its host. */
@FunctionalInterface
public interface HostAnswer {
    /**
     * Asks and waits for the answer. Called by a thread of the probes; interrupted when it takes too long.
     *
     * @return what is not as it should be
     * @throws RuntimeException if there is no answer; its message is the probe's evidence
     */
    List<HostFinding> inspect(HostAspect aspect);
}
