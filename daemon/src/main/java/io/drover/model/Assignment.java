package io.drover.model;

/**
 * One VM of a node.
 *
 * @param vm its name
 * @param generation its generation
 * @param revision revision of its record at the write that put this here: a change is a hint to read the record
 * @param role what the node has to do with it
 */
public record Assignment(VmId vm, long generation, long revision, AssignmentRole role) {}
