package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.hyperv.Failures.HostError;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import java.util.List;

/**
 * What a host says of a VM's needs in bytes that only hosts can read: taken from the source's host
 * (GetSystemCompatibilityInfo), judged by the target's (CheckSystemCompatibilityInfo). The bytes go through the agents, so
 * that hosts that may not connect to each other can be compared too.
 */
final class SystemCompatibility {
    /** In a request each byte is an element of some 50 characters, and a host takes envelopes of 500 KiB. */
    static final int BYTES_MAX = Math.min(8 << 10, Counterpart.BYTES_MAX);

    private static final long NOT_COMPATIBLE = 32784;

    private SystemCompatibility() {}

    /**
     * What the host says of a system.
     *
     * @throws HypervisorException if it does not say it, or more than a host would take
     */
    static byte[] read(HostCalls calls, CimReference system) {
        String what = "cannot read what the host says of a system";
        CimResult result = calls.call(
                what,
                CimInvocation.of(HostCalls.migrations(), "GetSystemCompatibilityInfo")
                        .reference("ComputerSystem", system)
                        .build());
        if (result.returnValue() != HostCalls.DONE) {
            throw Failures.exception(what, result);
        }
        byte[] bytes;
        try {
            bytes = result.bytes("CompatibilityInfo");
        } catch (CimException e) {
            throw Failures.exception(what, e);
        }
        if (bytes.length == 0 || bytes.length > BYTES_MAX) {
            throw new HypervisorException(
                    Kind.FAILED,
                    what + ": " + bytes.length + " bytes (expected: from 1 to " + BYTES_MAX + ")",
                    "nothing can be done about it; allow the hosts to connect to each other, and they compare themselves");
        }
        return bytes;
    }

    /**
     * What this host has against a system.
     *
     * @param info what {@link #read} told on its host
     * @throws HypervisorException if the host makes no sense of it, or does not answer
     */
    static List<Objection> judge(HostCalls calls, byte[] info) {
        String what = "cannot have " + info.length + " bytes about a system judged";
        if (info.length == 0 || info.length > BYTES_MAX) {
            throw new HypervisorException(
                    Kind.REFUSED,
                    what + " (expected: from 1 to " + BYTES_MAX + ")",
                    "run the same version of Drover on all nodes");
        }
        CimResult result = calls.call(
                what,
                CimInvocation.of(HostCalls.migrations(), "CheckSystemCompatibilityInfo")
                        .bytes("CompatibilityInfo", info)
                        .build());
        if (result.returnValue() == HostCalls.DONE) {
            return List.of();
        }
        if (result.returnValue() != NOT_COMPATIBLE) {
            throw Failures.exception(what, result);
        }
        List<HostError> reasons = HostError.parse(result.texts("Reasons"));
        return reasons.isEmpty()
                ? List.of(Failures.finding(HypervProblem.INCOMPATIBLE_CPU, "return value " + NOT_COMPATIBLE))
                : reasons.stream()
                        .map(SystemCompatibility::objection)
                        .distinct()
                        .toList();
    }

    /** The return value says what is wrong where a reason has no number that is known. */
    private static Objection objection(HostError reason) {
        HypervProblem known = Failures.of(List.of(reason));
        return Failures.objection(
                known == HypervProblem.UNKNOWN ? HypervProblem.INCOMPATIBLE_CPU : known, reason.text());
    }
}
