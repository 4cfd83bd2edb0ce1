package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.VmId;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a VM is sent to, as the target's agent writes it: {@code hyperv:NAME/ADDRESS,ADDRESS}.
 *
 * @param host full name of the target, which Kerberos needs
 * @param addresses of its migration networks; empty: the source chooses
 */
record Endpoint(String host, List<String> addresses) {
    private static final Pattern FORM =
            Pattern.compile("hyperv:([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}))/((?:[0-9A-Fa-f.:]{2,45},?){0,16})");

    Endpoint {
        addresses = List.copyOf(addresses);
    }

    /**
     * Reads one.
     *
     * @throws HypervisorException with {@link Kind#REFUSED} if it is none
     */
    static Endpoint parse(VmId vm, String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new HypervisorException(
                    Kind.REFUSED,
                    "cannot send VM '" + vm + "': endpoint '" + text + "' (expected: hyperv:NAME/ADDRESS,ADDRESS)",
                    "use the endpoint that the target gave");
        }
        String addresses = form.group(2);
        return new Endpoint(form.group(1), addresses.isEmpty() ? List.of() : List.of(addresses.split(",", -1)));
    }

    String text() {
        return "hyperv:" + host + "/" + String.join(",", addresses);
    }
}
