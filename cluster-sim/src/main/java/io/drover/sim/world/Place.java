package io.drover.sim.world;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.model.NodeId;
import java.util.Locale;

/**
 * A node's place in the queue for the leadership.
 *
 * @param mark by which its owner knows it again if the answer to its making was lost
 */
record Place(NodeId node, long mark) {
    static final RecordKind<Place> KIND = new RecordKind<>("leader", Place.class);

    /** Names a place that is to be made: it becomes the last in the queue. */
    static final RecordKey<Place> NEXT = key("");

    static RecordKey<Place> numbered(int number) {
        return key(String.format(Locale.ROOT, "place-%010d", number));
    }

    static RecordKey<Place> key(String name) {
        return new RecordKey<>(KIND, name);
    }
}
