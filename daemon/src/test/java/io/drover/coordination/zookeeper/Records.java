package io.drover.coordination.zookeeper;

import io.drover.coordination.Change;
import io.drover.coordination.RecordKey;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.DesiredState;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.util.List;
import java.util.Optional;

/** Records and transactions that the tests use. */
public final class Records {
    public static final NodeId HV1 = new NodeId("hv1");
    public static final NodeId HV2 = new NodeId("hv2");
    public static final NodeId HV3 = new NodeId("hv3");

    private Records() {}

    public static VmRecord vm(String name) {
        return VmRecord.added(VmSpec.of(new VmId(name), 1L << 30), DesiredState.RUNNING);
    }

    public static RecordKey<VmRecord> key(String vm) {
        return RecordKey.of(new VmId(vm));
    }

    public static Transaction create(VmRecord vm) {
        return Transaction.ofAgent(new Change.Create<>(RecordKey.of(vm.id()), vm));
    }

    public static Transaction create(NodeRecord node) {
        return Transaction.ofAgent(new Change.Create<>(RecordKey.of(node.id()), node));
    }

    public static <T> Transaction update(Versioned<T> seen, T next) {
        return Transaction.ofAgent(new Change.Update<>(seen, next));
    }

    public static Transaction ofCoordinator(long epoch, Change... changes) {
        return new Transaction(Optional.of(epoch), Optional.of(new OperationId(epoch + "-1")), List.of(changes));
    }

    public static Phase.Migrating migration(NodeId source, NodeId target) {
        return new Phase.Migrating(source, 1, target, new OperationId("1-1"), 1);
    }

    public static LiveNode live(NodeId node, long incarnation) {
        return new LiveNode(node, incarnation, "127.0.0.1:1", "127.0.0.1:2", "test");
    }
}
