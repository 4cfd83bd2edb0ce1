package io.drover.coordination.codec;

import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Names on the wire: plain strings, empty where there is none. */
final class Names {
    private Names() {}

    static Optional<NodeId> node(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(new NodeId(value));
    }

    static Optional<VmId> vm(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(new VmId(value));
    }

    static Optional<OperationId> operation(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(new OperationId(value));
    }

    static List<NodeId> nodes(Collection<String> values) {
        return values.stream().map(NodeId::new).toList();
    }

    static List<String> values(Collection<NodeId> nodes) {
        return nodes.stream().map(NodeId::value).toList();
    }

    /** The name, or the empty string that stands for none. */
    static String orEmpty(Optional<?> name) {
        return name.map(Object::toString).orElse("");
    }
}
