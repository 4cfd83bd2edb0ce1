package io.drover.model;

/**
 * A disk of a VM.
 *
 * @param path as the hosts see it
 * @param format raw, qcow2 or vhdx
 */
public record DiskSpec(String path, String format) {}
