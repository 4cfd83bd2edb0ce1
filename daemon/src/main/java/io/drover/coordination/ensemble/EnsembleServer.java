package io.drover.coordination.ensemble;

import io.drover.config.ZooKeeperConfig.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;
import javax.security.sasl.SaslException;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.admin.AdminServer.AdminServerException;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.apache.zookeeper.util.ServiceUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server of the cluster's own ensemble, for the whole life of a process. */
public final class EnsembleServer {
    /** Exit code of the process after an error of its disk: that of {@code sysexits.h} for input and output. */
    public static final int EXIT_DISK_ERROR = 74;

    private static final Logger LOG = LoggerFactory.getLogger(EnsembleServer.class);

    private EnsembleServer() {}

    /**
     * Runs a server until the process is told to end. At an error of its disk the process ends at once with {@link
     * #EXIT_DISK_ERROR}; what it had not yet written was not acknowledged.
     *
     * @param server which server of which ensemble
     * @param dataDirectory where it keeps its log and its snapshots; made if it does not exist
     * @throws IOException if the folder cannot be written or a port is taken
     * @throws IllegalArgumentException if ZooKeeper refuses the configuration
     */
    public static void run(EmbeddedServer server, Path dataDirectory) throws IOException {
        Path configuration = new ServerFiles(dataDirectory).write(server);
        // The beans of log4j 1, which is not there.
        System.setProperty("zookeeper.jmx.log4j.disable", "true");
        // Where ZooKeeper itself gives up it may be on a thread that an orderly end would wait for.
        ServiceUtils.setSystemExitProcedure(code -> Runtime.getRuntime().halt(code));
        QuorumPeerConfig config = new QuorumPeerConfig();
        try {
            config.parse(configuration.toString());
        } catch (QuorumPeerConfig.ConfigException e) {
            throw new IllegalArgumentException("ZooKeeper server " + server.id() + ": " + e.getMessage(), e);
        }
        DatadirCleanupManager purge = new DatadirCleanupManager(
                config.getDataDir(), config.getDataLogDir(), config.getSnapRetainCount(), config.getPurgeInterval());
        Peer peer = new Peer();
        Thread stop = new Thread(peer::close, "drover-zookeeper-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        purge.start();
        try {
            peer.runFromConfig(config);
        } catch (AdminServerException e) {
            throw new IOException("ZooKeeper server " + server.id() + ": its disabled pages failed to start", e);
        } finally {
            purge.shutdown();
        }
    }

    private static void exitOnDiskError(IOException error) {
        LOG.error("disk error, the server ends so that it cannot go on with a hole in its log", error);
        // Not exit: its hooks would wait for threads that this error has stopped.
        Runtime.getRuntime().halt(EXIT_DISK_ERROR);
    }

    private static final class Peer extends QuorumPeerMain {
        @Override
        protected QuorumPeer getQuorumPeer() throws SaslException {
            return new StrictPeer(EnsembleServer::exitOnDiskError);
        }

        @Override
        public void close() {
            if (quorumPeer != null) {
                quorumPeer.shutdown();
            }
        }
    }
}
