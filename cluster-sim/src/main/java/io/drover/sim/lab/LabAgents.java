package io.drover.sim.lab;

import io.drover.proto.v1.ClusterServiceGrpc.ClusterServiceBlockingStub;
import io.drover.proto.v1.GetStatusRequest;
import io.drover.proto.v1.GetStatusResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** The nodes of a laboratory's cluster, with a connection to the agent of each. Nodes are added by one thread, and then any may ask. */
final class LabAgents implements AutoCloseable {
    private final Map<String, LabNode> nodes = new TreeMap<>();
    private final Map<String, AgentLink> links = new TreeMap<>();

    void add(LabNode node) {
        nodes.put(node.name(), node);
        links.put(node.name(), new AgentLink(node.address()));
    }

    /** All nodes, by name. */
    Collection<LabNode> nodes() {
        return nodes.values();
    }

    /** Their names, in order. */
    List<String> names() {
        return List.copyOf(nodes.keySet());
    }

    /** A node by its name. */
    LabNode node(String name) {
        return Optional.ofNullable(nodes.get(name)).orElseThrow();
    }

    private AgentLink link(String name) {
        return Optional.ofNullable(links.get(name)).orElseThrow();
    }

    /** What one agent says of how the cluster stands; empty if it does not run or does not answer in time. */
    Optional<GetStatusResponse> statusOf(String name, Duration limit) {
        if (!node(name).agentRuns()) {
            return Optional.empty();
        }
        try {
            return Optional.of(link(name).stub(limit).getStatus(GetStatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Asks the agent that coordinates, by a status; empty if that is none of these, does not run, or has gone meanwhile.
     *
     * @throws StatusRuntimeException if it refuses
     */
    <T> Optional<T> tryAsk(GetStatusResponse status, Function<ClusterServiceBlockingStub, T> question) {
        LabNode coordinator = nodes.get(status.getCoordinator());
        if (coordinator == null || !coordinator.agentRuns()) {
            return Optional.empty();
        }
        try {
            return Optional.of(question.apply(link(coordinator.name()).stub()));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The last lines of all agents' logs. */
    String logs(int lines) {
        StringBuilder text = new StringBuilder();
        for (LabNode node : nodes.values()) {
            text.append("--- ").append(node).append('\n');
            try {
                List<String> all = Files.exists(node.log()) ? Files.readAllLines(node.log()) : List.of();
                all.subList(Math.max(0, all.size() - lines), all.size())
                        .forEach(line -> text.append(line).append('\n'));
            } catch (IOException e) {
                text.append(e).append('\n');
            }
        }
        return text.toString();
    }

    /** Closes the connections, and kills the agents so that they start nothing anew. */
    @Override
    public void close() {
        links.values().forEach(AgentLink::close);
        nodes.values().stream().filter(LabNode::agentRuns).forEach(LabNode::killAgent);
    }
}
