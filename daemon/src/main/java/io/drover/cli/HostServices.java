package io.drover.cli;

import io.drover.proto.v1.HostRequest;
import io.drover.proto.v1.HostStates;
import io.drover.proto.v1.HostVerification;
import io.drover.proto.v1.SmokeTestRequest;
import io.drover.proto.v1.SmokeTestResult;
import io.drover.proto.v1.SmokeTestStep;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the program does with Hyper-V hosts themselves. Found through {@link java.util.ServiceLoader}, as {@link Services}.
 * All methods throw {@link IllegalArgumentException} if a configuration, an address or a wanted setting is not accepted; the
 * message says why. A host that does not answer is told of in the result.
 */
public interface HostServices {
    /** How hosts take part in migrations, and how that differs from what is wanted. */
    HostStates settings(HostRequest request);

    /** Brings hosts to what is wanted, one after the other, and reads them again. */
    HostStates setUp(HostRequest request);

    /** What stands in the way of moves between hosts. */
    HostVerification verify(HostRequest request);

    /**
     * Asks a host everything that an agent asks, and records it.
     *
     * @param progress is given each step when it is done
     * @throws IOException if the records cannot be written
     */
    SmokeTestResult smokeTest(SmokeTestRequest request, Consumer<SmokeTestStep> progress) throws IOException;

    /**
     * The PowerShell by which a domain administrator lets hosts move VMs to each other.
     *
     * @param hosts their full names, perhaps with ports
     */
    String delegationScript(List<String> hosts);
}
