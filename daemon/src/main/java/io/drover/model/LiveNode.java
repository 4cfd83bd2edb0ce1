package io.drover.model;

/**
 * The ephemeral record of an agent that has a session. A hint, never a proof.
 *
 * @param id its name
 * @param incarnation the incarnation that it joined with
 * @param grpcAddress host:port of its gRPC services
 * @param httpAddress host:port of its HTTP pages
 * @param version version of the agent
 */
public record LiveNode(NodeId id, long incarnation, String grpcAddress, String httpAddress, String version) {}
