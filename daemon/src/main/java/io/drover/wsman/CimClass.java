package io.drover.wsman;

import io.drover.answer.Words;

/**
 * A class of management objects.
 *
 * @param namespace where it is
 * @param name its name, in the case of its definition, such as {@code Msvm_ComputerSystem}
 */
public record CimClass(CimNamespace namespace, String name) {
    /** What all addresses of WMI classes begin with. */
    static final String URI_PREFIX = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";

    /** Refuses what is not a name. */
    public CimClass {
        Names.checked("class", name);
    }

    /**
     * The class at an address.
     *
     * @param uri as in {@code w:ResourceURI}
     * @throws IllegalArgumentException if it is not the address of a WMI class
     */
    public static CimClass parse(String uri) {
        int slash = uri.lastIndexOf('/');
        if (!uri.startsWith(URI_PREFIX) || slash < URI_PREFIX.length()) {
            throw new IllegalArgumentException(
                    "resource '" + Words.of(uri) + "' (expected: " + URI_PREFIX + "<namespace>/<class>)");
        }
        return new CimClass(new CimNamespace(uri.substring(URI_PREFIX.length(), slash)), uri.substring(slash + 1));
    }

    /** The address, which is also the XML namespace of the class's properties. */
    public String uri() {
        return URI_PREFIX + namespace.path() + "/" + name;
    }

    /**
     * The one object of a class that has one, a service for instance: it is named by {@code CreationClassName}, and a
     * real host refuses a call that names it by less or by more.
     */
    public CimReference singleton() {
        return CimReference.of(this, "CreationClassName", name);
    }

    @Override
    public String toString() {
        return namespace + ":" + name;
    }
}
