package io.drover.sim.hyperv.wql;

import io.drover.sim.hyperv.repository.CimObject;
import java.util.List;

/**
 * What a query found.
 *
 * @param objects whole objects
 * @param projection in the schema's spelling, the properties that were asked for; empty if all were
 */
public record Results(List<CimObject> objects, List<String> projection) {
    /** Copies the lists. */
    public Results {
        objects = List.copyOf(objects);
        projection = List.copyOf(projection);
    }
}
