package io.drover.hypervisor;

import io.drover.model.HealthLevel;

/**
 * Something about a host that an operator should know.
 *
 * @param level how bad it is; {@link HealthLevel#HEALTHY} for what was wrong and has been put right
 * @param text what it is, with the figures
 */
public record HostFinding(HealthLevel level, String text) {}
