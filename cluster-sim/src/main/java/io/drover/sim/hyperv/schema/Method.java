package io.drover.sim.hyperv.schema;

import java.util.List;
import java.util.Optional;

/**
 * A method of a class. All of them return a number, {@code ReturnValue}.
 *
 * @param name as the schema spells it
 * @param inputs parameters that a caller may give
 * @param outputs parameters that come back beside the return value
 */
public record Method(String name, List<Property> inputs, List<Property> outputs) {
    /** Copies the lists. */
    public Method {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The input of this name, in this spelling. */
    public Optional<Property> input(String parameter) {
        return inputs.stream().filter(each -> each.name().equals(parameter)).findFirst();
    }
}
