package io.drover.sim.hyperv.wql;

import java.util.List;
import java.util.Optional;

/** A query that has been read. */
sealed interface Query {
    /**
     * SELECT.
     *
     * @param properties what is asked for; empty for all
     * @param className the class
     * @param condition which objects
     */
    record Select(List<String> properties, String className, Optional<Condition> condition) implements Query {}

    /**
     * ASSOCIATORS OF and REFERENCES OF. Each name is empty if it is not asked for.
     *
     * @param path of the object
     * @param wantsAssociations whether the associations are wanted, not the objects at their other ends
     * @param assocClass class of the association
     * @param resultClass class of the result
     * @param role property of the association that points to the object
     * @param resultRole property of the association that points to the result
     * @param isSchemaOnly whether the classes are wanted, not the objects
     */
    record Related(
            String path,
            boolean wantsAssociations,
            String assocClass,
            String resultClass,
            String role,
            String resultRole,
            boolean isSchemaOnly)
            implements Query {}
}
