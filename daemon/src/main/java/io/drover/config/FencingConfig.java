package io.drover.config;

import io.drover.model.NodeId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which devices can switch which node off. It holds no secret, only the names of the files that do.
 *
 * @param offTimeout how long the devices of one level may take to say that the node is off, before the next level is
 *     tried
 * @param nodes the devices of each node that has any, in the order of their levels
 */
public record FencingConfig(Duration offTimeout, SortedMap<NodeId, List<Device>> nodes) {
    /** Copies the map and its lists. */
    public FencingConfig {
        TreeMap<NodeId, List<Device>> copy = new TreeMap<>();
        nodes.forEach((node, devices) -> copy.put(node, List.copyOf(devices)));
        nodes = Collections.unmodifiableSortedMap(copy);
    }

    /** One device. */
    public sealed interface Device {
        /** Its level, from 1: the devices of the lowest are used first, those of one level together. */
        int level();

        /** How long one request to it may take, from its begin to its answer. */
        Duration timeout();
    }

    /**
     * A service of the Redfish standard, as most baseboard controllers are.
     *
     * @param level see {@link Device}
     * @param timeout see {@link Device}
     * @param url where the service is: https, a host and perhaps a port
     * @param system the path of the node's system; empty: it is looked for by the identity
     * @param identity what the system must say of itself before its state is believed or changed
     * @param user who logs in
     * @param passwordFile the file whose only line is the password
     * @param trust how the service proves that it is the one meant
     */
    public record Redfish(
            int level,
            Duration timeout,
            URI url,
            Optional<String> system,
            Identity identity,
            String user,
            Path passwordFile,
            Trust trust)
            implements Device {}

    /**
     * What tells a system from all others: at least one of the two, and all that are given must match.
     *
     * @param uuid the system's UUID
     * @param serial its serial number
     */
    public record Identity(Optional<UUID> uuid, Optional<String> serial) {}

    /** How a service proves who it is. */
    public sealed interface Trust {
        /**
         * By a certificate for its name that leads to one of these.
         *
         * @param file certificates in PEM
         */
        record CaFile(Path file) implements Trust {}

        /**
         * By one certificate and no other.
         *
         * @param sha256 the certificate's SHA-256, 64 hexadecimal digits in lower case
         */
        record Fingerprint(String sha256) implements Trust {}
    }

    /**
     * A program that follows the contract of the fence-agents project.
     *
     * @param level see {@link Device}
     * @param timeout see {@link Device}; the program and all that it has started are ended then
     * @param program its absolute path
     * @param options what it is given, besides the action and the password
     * @param passwordFile the file whose only line is the password; empty: it is given none
     */
    public record FenceAgent(
            int level, Duration timeout, Path program, SortedMap<String, String> options, Optional<Path> passwordFile)
            implements Device {
        /** Copies the map. */
        public FenceAgent {
            options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
        }
    }
}
