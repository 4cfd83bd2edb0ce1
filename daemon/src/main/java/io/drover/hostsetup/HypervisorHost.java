package io.drover.hostsetup;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A Hyper-V host as its domain knows it. Names are compared and written in lower case: neither DNS nor Active Directory
 * tells them apart by case.
 *
 * @param name the computer's name in the domain, without the domain: 1 to 15 letters, digits and hyphens, the limit of
 *     a computer account's name; not digits alone
 * @param domain the DNS name of its domain, with at least one dot, as in {@code corp.example}
 */
public record HypervisorHost(String name, String domain) {
    private static final Pattern NAME = Pattern.compile("(?![0-9]+$)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?");
    private static final Pattern DOMAIN =
            Pattern.compile("(?=.{1,239}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+");

    /**
     * Checks the names, and turns them into lower case.
     *
     * @throws IllegalArgumentException if one of them is no such name; the text says what would be right
     */
    public HypervisorHost {
        name = name.toLowerCase(Locale.ROOT);
        domain = domain.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name of a host: '" + name
                    + "' (expected: 1 to 15 letters, digits and hyphens, as in hv1, without the domain)");
        }
        if (!DOMAIN.matcher(domain).matches()) {
            throw new IllegalArgumentException("domain of host " + name + ": '" + domain
                    + "' (expected: a DNS name of at least two parts, as in corp.example)");
        }
    }

    /**
     * The host with this full name.
     *
     * @param fullName as in {@code hv1.corp.example}
     * @throws IllegalArgumentException if it is not the full name of a host
     */
    public static HypervisorHost ofFullName(String fullName) {
        int dot = fullName.indexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException(
                    "host: '" + fullName + "' (expected: a name with its domain, as in hv1.corp.example)");
        }
        return new HypervisorHost(fullName.substring(0, dot), fullName.substring(dot + 1));
    }

    /** The name with the domain. */
    public String fullName() {
        return name + "." + domain;
    }
}
