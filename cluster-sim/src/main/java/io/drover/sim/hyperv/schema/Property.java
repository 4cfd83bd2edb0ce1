package io.drover.sim.hyperv.schema;

/**
 * A property of a class, or a parameter of a method.
 *
 * @param name as the schema spells it: XML is case-sensitive
 * @param type of one value
 * @param isArray whether it has many values
 */
public record Property(String name, CimType type, boolean isArray) {}
