package io.drover.sim.hyperv.schema;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All classes of a host, by namespace. Immutable. */
public final class Schema {
    /** The namespace of Hyper-V. */
    public static final String VIRTUALIZATION = "root/virtualization/v2";

    /** The namespace of the system. */
    public static final String CIMV2 = "root/cimv2";

    private final Map<String, Map<String, CimClass>> namespaces = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    Schema(Collection<CimClass> classes) {
        for (CimClass each : classes) {
            namespaces
                    .computeIfAbsent(each.namespace(), unused -> new TreeMap<>())
                    .put(each.name(), each);
        }
    }

    /**
     * The classes of Windows Server.
     *
     * @param withNewer also the properties that came after Windows Server 2019
     */
    public static Schema load(boolean withNewer) {
        return new SchemaFiles(withNewer).load();
    }

    /** Whether there is such a namespace; in any case. */
    public boolean hasNamespace(String namespace) {
        return namespaces.containsKey(namespace);
    }

    /** The class of this name, in this spelling; the namespace in any case. */
    public Optional<CimClass> find(String namespace, String name) {
        return Optional.ofNullable(classes(namespace).get(name));
    }

    /** The class of this name in any case, as queries may spell it. */
    public Optional<CimClass> findIgnoringCase(String namespace, String name) {
        return classes(namespace).values().stream()
                .filter(each -> each.name().equalsIgnoreCase(name))
                .findFirst();
    }

    /** A class that is known to be there. */
    public CimClass get(String namespace, String name) {
        return find(namespace, name)
                .orElseThrow(() -> new IllegalArgumentException("no class " + name + " in " + namespace));
    }

    /** The class and all that derive from it, by name. */
    public List<CimClass> familyOf(CimClass ancestor) {
        return classes(ancestor.namespace()).values().stream()
                .filter(each -> each.isA(ancestor.name()))
                .toList();
    }

    /** All classes of a namespace whose objects join two others. */
    public List<CimClass> associations(String namespace) {
        return classes(namespace).values().stream().filter(CimClass::isAssociation).toList();
    }

    private Map<String, CimClass> classes(String namespace) {
        return namespaces.getOrDefault(namespace, Map.of());
    }
}
