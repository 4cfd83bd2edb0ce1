package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.VmId;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where a VM is sent to, as the target's agent writes it: {@code hyperv:NAME/ADDRESS,ADDRESS}.
 *
 * @param host full name of the target, which Kerberos needs
 * @param addresses of its migration networks; empty: the source chooses
 */
record Endpoint(String host, List<String> addresses) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f.:]{2,45}");
    private static final String PREFIX = "hyperv:";
    private static final int ADDRESSES_MAX = 16;

    Endpoint {
        addresses = List.copyOf(addresses);
    }

    /**
     * The one of a host. Of its addresses those that another host can use are taken, sixteen at the most: none that means
     * something on one link only.
     */
    static Endpoint of(String host, List<String> addresses) {
        return new Endpoint(
                host,
                addresses.stream()
                        .filter(each -> ADDRESS.matcher(each).matches())
                        .limit(ADDRESSES_MAX)
                        .toList());
    }

    /**
     * Reads one.
     *
     * @throws HypervisorException with {@link Kind#REFUSED} if it is none
     */
    static Endpoint parse(VmId vm, String text) {
        int slash = text.indexOf('/');
        if (text.startsWith(PREFIX) && slash > 0) {
            String host = text.substring(PREFIX.length(), slash);
            String rest = text.substring(slash + 1);
            List<String> addresses = rest.isEmpty() ? List.of() : List.of(rest.split(",", -1));
            boolean isGood = addresses.size() <= ADDRESSES_MAX
                    && addresses.stream().allMatch(each -> ADDRESS.matcher(each).matches());
            if (isGood && NAME.matcher(host).matches()) {
                return new Endpoint(host, addresses);
            }
        }
        throw new HypervisorException(
                Kind.REFUSED,
                "cannot send VM '" + vm + "': endpoint '" + text + "' (expected: hyperv:NAME/ADDRESS,ADDRESS)",
                "use the endpoint that the target gave");
    }

    String text() {
        return PREFIX + host + "/" + String.join(",", addresses);
    }
}
