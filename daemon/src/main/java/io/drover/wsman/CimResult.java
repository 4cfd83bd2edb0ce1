package io.drover.wsman;

import java.util.List;
import java.util.Map;

/** What a method gave back: a number, and its out parameters as properties. Immutable, for any thread. */
public final class CimResult extends CimProperties {
    private final String method;

    /**
     * What a method gave back.
     *
     * @param method its name
     * @param values its out parameters, {@code ReturnValue} with them
     */
    public CimResult(String method, Map<String, ? extends List<CimValue>> values) {
        super(values);
        this.method = method;
    }

    /**
     * The method's own word on how it went, 0 for done; what other numbers mean is the method's affair. A refusal by
     * the method is not an exception.
     *
     * @throws CimException of kind {@link CimException.Kind#PROTOCOL} if it gave none
     */
    public long returnValue() {
        return uint32("ReturnValue")
                .orElseThrow(() -> CimException.protocol(this + " gave no ReturnValue (expected: a number)"));
    }

    @Override
    public String toString() {
        return method;
    }
}
