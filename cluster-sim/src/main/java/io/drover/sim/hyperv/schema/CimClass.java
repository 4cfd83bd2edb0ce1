package io.drover.sim.hyperv.schema;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A class with all its properties, also the inherited ones. Immutable. */
public final class CimClass {
    /** What comes before the class in a resource URI, and before the namespace. */
    public static final String URI_ROOT = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";

    private final String namespace;
    private final String name;
    private final Optional<CimClass> base;
    private final List<String> keys;
    private final SortedMap<String, Property> properties;
    private final Map<String, Method> methods;
    private final boolean isSingleton;

    CimClass(
            String namespace,
            String name,
            Optional<CimClass> base,
            List<String> keys,
            SortedMap<String, Property> properties,
            Map<String, Method> methods,
            boolean isSingleton) {
        this.namespace = namespace;
        this.name = name;
        this.base = base;
        this.keys = List.copyOf(keys);
        this.properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
        this.methods = Map.copyOf(methods);
        this.isSingleton = isSingleton;
    }

    /** Such as {@code root/virtualization/v2}. */
    public String namespace() {
        return namespace;
    }

    /** As the schema spells it. */
    public String name() {
        return name;
    }

    /** The class that it derives from. */
    public Optional<CimClass> base() {
        return base;
    }

    /** The class at the top of those that it derives from, or itself. */
    public CimClass root() {
        return base.map(CimClass::root).orElse(this);
    }

    /** Names of the properties that tell its objects apart; empty if it has no objects of its own. */
    public List<String> keys() {
        return keys;
    }

    /** A service of which a host has one, addressed by its {@code CreationClassName} alone. */
    public boolean isSingleton() {
        return isSingleton;
    }

    /** In alphabetical order, as hosts list them. */
    public Collection<Property> properties() {
        return properties.values();
    }

    /** The property of this name, in this spelling. */
    public Optional<Property> property(String wanted) {
        return Optional.ofNullable(properties.get(wanted));
    }

    /** The property of this name in any case, as queries may spell it. */
    public Optional<Property> propertyIgnoringCase(String wanted) {
        return properties.values().stream()
                .filter(each -> each.name().equalsIgnoreCase(wanted))
                .findFirst();
    }

    /** Its own method of this name, or an inherited one, in this spelling. */
    public Optional<Method> method(String wanted) {
        return Optional.ofNullable(methods.get(wanted)).or(() -> base.flatMap(each -> each.method(wanted)));
    }

    /** Whether it is this class or derives from it; in any case. */
    public boolean isA(String other) {
        return name.equalsIgnoreCase(other) || base.map(each -> each.isA(other)).orElse(false);
    }

    /** The resource URI. */
    public String uri() {
        return URI_ROOT + namespace + "/" + name;
    }

    /** Whether its objects join two others. */
    public boolean isAssociation() {
        return properties.values().stream()
                                .filter(each -> each.type() == CimType.REFERENCE)
                                .count()
                        == 2
                && keys.size() == 2;
    }

    @Override
    public String toString() {
        return namespace.toUpperCase(Locale.ROOT) + ":" + name;
    }
}
