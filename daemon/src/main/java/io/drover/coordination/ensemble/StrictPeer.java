package io.drover.coordination.ensemble;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import javax.security.sasl.SaslException;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.server.quorum.QuorumPeer;

/**
 * A ZooKeeper server that ends its process at the first error of its disk. Left to itself it would follow the leader
 * again with a hole in its log, and could lose what had been committed (ZOOKEEPER-4882).
 */
final class StrictPeer extends QuorumPeer {
    private final Consumer<IOException> onDiskError;

    StrictPeer(Consumer<IOException> onDiskError) throws SaslException {
        this.onDiskError = onDiskError;
    }

    @Override
    public void setTxnFactory(FileTxnSnapLog factory) {
        try {
            super.setTxnFactory(new StrictLog(factory.getDataLogDir(), factory.getSnapDir(), onDiskError));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void setCurrentEpoch(long epoch) throws IOException {
        StrictLog.check(onDiskError, () -> {
            super.setCurrentEpoch(epoch);
            return true;
        });
    }

    @Override
    public void setAcceptedEpoch(long epoch) throws IOException {
        StrictLog.check(onDiskError, () -> {
            super.setAcceptedEpoch(epoch);
            return true;
        });
    }
}
