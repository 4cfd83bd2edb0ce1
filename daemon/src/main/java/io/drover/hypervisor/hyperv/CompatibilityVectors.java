package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The offline check whether a VM's processor features fit a host: vectors of the same number are compared, the VM's on
 * the left, by the operation that the vector names (Msvm_CompatibilityVector).
 */
final class CompatibilityVectors {
    /** Number, operation and bits of each, with their kind before them. */
    private static final Pattern FORM =
            Pattern.compile("hyperv-vectors:(?:[0-9]{1,5}/[0-9]{1,5}/[0-9a-f]{1,16}(?:,|$)){1,64}");

    private static final String KIND = "hyperv-vectors:";
    private static final int MOST = 64;
    private static final int HEX = 16;
    private static final CimQuery NAMES =
            CimQuery.of(CimNamespace.VIRTUALIZATION, "SELECT Name FROM Msvm_ComputerSystem");

    private CompatibilityVectors() {}

    /**
     * One vector.
     *
     * @param id VectorId
     * @param operation CompareOperation, 0 to 9
     * @param bits CompatibilityInfo, unsigned
     */
    record Vector(int id, int operation, long bits) {
        private boolean fits(Vector host) {
            return switch (operation) {
                case 0 -> bits == host.bits;
                case 1 -> (bits & host.bits) == host.bits;
                case 2 -> (bits & host.bits) == bits;
                case 3 -> (bits & host.bits) == 0;
                case 4 -> Long.compareUnsigned(bits, host.bits) > 0;
                case 5 -> Long.compareUnsigned(bits, host.bits) >= 0;
                case 6 -> Long.compareUnsigned(bits, host.bits) < 0;
                case 7 -> Long.compareUnsigned(bits, host.bits) <= 0;
                case 8 -> host.bits != 0 && Long.remainderUnsigned(bits, host.bits) == 0;
                case 9 -> bits != 0 && Long.remainderUnsigned(host.bits, bits) == 0;
                // An operation that nobody knows is not taken for fulfilled.
                default -> false;
            };
        }
    }

    /**
     * The vectors of a VM, or of the host itself.
     *
     * @throws io.drover.hypervisor.HypervisorException if the host does not tell them
     */
    static List<Vector> read(HostCalls calls, CimReference system) {
        String what = "cannot read what is to be compared of processors";
        CimResult result = calls.call(
                what,
                CimInvocation.of(HostCalls.migrations(), "GetSystemCompatibilityVectors")
                        .reference("ComputerSystem", system)
                        .build());
        if (result.returnValue() != HostCalls.DONE) {
            throw Failures.exception(what, result);
        }
        try {
            return result.embedded("CompatibilityVectors").stream()
                    .map(each -> new Vector(
                            (int) each.uint32("VectorId").orElse(0),
                            each.uint16("CompareOperation").orElse(-1),
                            each.uint64("CompatibilityInfo").orElse(0)))
                    .toList();
        } catch (CimException e) {
            throw Failures.exception(what, e);
        }
    }

    /** The vectors of a host, which is one of its own systems: the one whose name is not an identifier. */
    static List<Vector> ofHost(HostCalls calls) {
        return calls.list("the host's name among its systems", NAMES).stream()
                .flatMap(each -> each.text("Name").stream())
                .filter(name -> !Inventory.isGuid(name))
                .findFirst()
                .map(name -> read(calls, HostCalls.system(name)))
                .orElse(List.of());
    }

    /** In a form that {@link #parse} reads; empty if there are none, or more than anybody would compare. */
    static String text(List<Vector> vectors) {
        boolean isPlain = vectors.stream().allMatch(each -> each.id() >= 0 && each.operation() >= 0);
        return vectors.isEmpty() || vectors.size() > MOST || !isPlain
                ? ""
                : vectors.stream()
                        .map(each -> each.id() + "/" + each.operation() + "/" + Long.toHexString(each.bits()))
                        .collect(Collectors.joining(",", KIND, ""));
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws io.drover.hypervisor.HypervisorException with {@link Kind#REFUSED} if it is something else
     */
    static List<Vector> parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new HypervisorException(
                    Kind.REFUSED,
                    "vectors '" + text + "' (expected: hyperv-vectors:NUMBER/OPERATION/BITS,...)",
                    "run the same version of Drover on all nodes");
        }
        return Stream.of(text.substring(KIND.length()).split(",", -1))
                .map(each -> each.split("/", -1))
                .map(each -> new Vector(
                        Integer.parseInt(each[0]), Integer.parseInt(each[1]), Long.parseUnsignedLong(each[2], HEX)))
                .toList();
    }

    /** The first vector of the VM that the host does not fulfil; empty if it may run there. */
    static Optional<Vector> misfit(List<Vector> vm, List<Vector> host) {
        return vm.stream()
                .filter(each ->
                        host.stream().filter(other -> other.id() == each.id()).noneMatch(each::fits))
                .findFirst();
    }
}
