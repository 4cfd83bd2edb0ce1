package io.drover.hypervisor.hyperv;

import java.util.List;
import java.util.Optional;

/**
 * The offline check whether a VM's processor features fit a host: vectors of the same number are compared, the VM's on
 * the left, by the operation that the vector names (Msvm_CompatibilityVector).
 */
final class CompatibilityVectors {
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

    /** The first vector of the VM that the host does not fulfil; empty if it may run there. */
    static Optional<Vector> misfit(List<Vector> vm, List<Vector> host) {
        return vm.stream()
                .filter(each ->
                        host.stream().filter(other -> other.id() == each.id()).noneMatch(each::fits))
                .findFirst();
    }
}
