package io.drover.engine.agent;

import io.drover.model.VmRecord;

/**
 * A VM's record as this node read or wrote it.
 *
 * @param record what it says
 * @param version of the store, to compare with when it is written; grows with each write
 */
public record SeenVm(VmRecord record, int version) {}
