package io.drover.wsman;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An object as a host described it. Immutable, for any thread. */
public final class CimInstance extends CimProperties {
    private final CimClass cimClass;

    /**
     * An object.
     *
     * @param cimClass its class
     * @param values its properties in their order; one that is nil has the value {@link CimValue.Nil}
     */
    public CimInstance(CimClass cimClass, Map<String, ? extends List<CimValue>> values) {
        super(values);
        this.cimClass = cimClass;
    }

    /** Its class. */
    public CimClass cimClass() {
        return cimClass;
    }

    /**
     * A pointer to this object.
     *
     * @param keys the names of the properties that are the class's keys
     * @throws CimException of kind {@link CimException.Kind#PROTOCOL} if one of them has no value
     */
    public CimReference reference(List<String> keys) {
        return CimReference.of(cimClass, keys.stream().collect(Collectors.toMap(each -> each, this::requiredText)));
    }

    @Override
    public String toString() {
        return cimClass.name();
    }
}
