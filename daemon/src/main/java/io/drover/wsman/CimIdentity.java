package io.drover.wsman;

/**
 * Who answers.
 *
 * @param vendor such as Microsoft Corporation
 * @param version the vendor's own text, such as {@code OS: 10.0.20348 SP: 0.0 Stack: 3.0}
 * @param protocol the URI of the version of WS-Management
 */
public record CimIdentity(String vendor, String version, String protocol) {}
