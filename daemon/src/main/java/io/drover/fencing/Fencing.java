package io.drover.fencing;

import io.drover.config.FencingConfig;
import io.drover.model.NodeId;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The power of the other nodes, as their fencing devices say and switch it. Methods block, {@link #read} for as long as
 * the slowest device of the node may take, the orders for at most {@link #longestOrder}; they may be called by any
 * thread, at the same time, and be repeated. None throws because of a device: its trouble is in the words of the
 * reading.
 *
 * <p>The devices of a node are used in levels. All devices of the first are ordered off together, as two power supplies
 * have to be; if one of them does not take the order, or they do not all say off in time, the next level follows. An
 * order that was taken is never a proof: only what is read is.
 */
public final class Fencing implements AutoCloseable {
    private final NodeId self;
    private final SortedMap<NodeId, NodeDevices> nodes;

    private Fencing(NodeId self, SortedMap<NodeId, NodeDevices> nodes) {
        this.self = self;
        this.nodes = nodes;
    }

    /**
     * Prepares the devices of a configuration. None of them is touched before it is asked for.
     *
     * @param config which devices there are
     * @param self the node that this process runs on: it is never switched
     * @param redfish makes a device of one kind
     * @param fenceAgent makes a device of the other kind
     */
    public static Fencing of(
            FencingConfig config,
            NodeId self,
            Function<FencingConfig.Redfish, FencingDevice> redfish,
            Function<FencingConfig.FenceAgent, FencingDevice> fenceAgent) {
        TreeMap<NodeId, NodeDevices> nodes = new TreeMap<>();
        config.nodes().forEach((node, devices) -> {
            List<PlacedDevice> placed = devices.stream()
                    .map(device -> new PlacedDevice(
                            device instanceof FencingConfig.Redfish service
                                    ? redfish.apply(service)
                                    : fenceAgent.apply((FencingConfig.FenceAgent) device),
                            device.level(),
                            device.timeout()))
                    .toList();
            nodes.put(node, new NodeDevices(node, config.offTimeout(), placed));
        });
        return new Fencing(self, nodes);
    }

    /** The nodes that have devices and can be switched from here. */
    public SortedSet<NodeId> nodes() {
        TreeSet<NodeId> others = new TreeSet<>(nodes.keySet());
        others.remove(self);
        return Collections.unmodifiableSortedSet(others);
    }

    /** Asks the node's devices for its power. A node without devices is {@link PowerReading.Power#UNKNOWN}. */
    public PowerReading read(NodeId node) {
        NodeDevices devices = nodes.get(node);
        return devices == null ? withoutDevices(node) : devices.read();
    }

    /**
     * Orders the node off, and returns what its devices say then; at once if they say that it is off already.
     *
     * @throws FencingException if it is the node that this process runs on
     */
    public PowerReading powerOff(NodeId node) {
        NodeDevices devices = other(node, "off");
        return devices == null ? withoutDevices(node) : devices.switchOff();
    }

    /**
     * Orders the node on, and returns what its devices say then, which may be before it is.
     *
     * @throws FencingException if it is the node that this process runs on
     */
    public PowerReading powerOn(NodeId node) {
        NodeDevices devices = other(node, "on");
        return devices == null ? withoutDevices(node) : devices.switchOn();
    }

    /** How long an order to a node takes at most; zero if it has no devices. */
    public Duration longestOrder(NodeId node) {
        NodeDevices devices = nodes.get(node);
        return devices == null ? Duration.ZERO : devices.longest().multipliedBy(2);
    }

    @Override
    public void close() {
        nodes.values().forEach(NodeDevices::close);
    }

    private @Nullable NodeDevices other(NodeId node, String what) {
        if (node.equals(self)) {
            throw new FencingException(node + " would switch itself " + what + " (expected: another node)");
        }
        return nodes.get(node);
    }

    private static PowerReading withoutDevices(NodeId node) {
        return PowerReading.unknown(node + " has no fencing device in the configuration");
    }
}
