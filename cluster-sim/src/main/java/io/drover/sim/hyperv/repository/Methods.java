package io.drover.sim.hyperv.repository;

import io.drover.sim.hyperv.schema.Method;
import java.util.Map;

/** Runs methods of objects. */
@FunctionalInterface
public interface Methods {
    /** The name under which results have the number that every method returns. */
    String RETURN_VALUE = "ReturnValue";

    /**
     * Runs a method.
     *
     * @param target the object
     * @param inputs values of parameters; what is not given is NULL. Embedded objects are texts
     * @return values of the outputs, and the return value
     */
    Map<String, Object> invoke(CimObject target, Method method, Map<String, Object> inputs);
}
