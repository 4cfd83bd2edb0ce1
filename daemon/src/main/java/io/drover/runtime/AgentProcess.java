package io.drover.runtime;

import io.drover.config.AgentConfig;
import io.drover.config.ConfigException;
import io.drover.config.ConfigFile;
import io.drover.config.HostPort;
import io.drover.config.ZooKeeperConfig;
import io.drover.coordination.ensemble.EnsembleServer;
import io.drover.hypervisor.HypervisorException;
import io.drover.model.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The programs that run as services: agent or witness, and what they supervise. */
public final class AgentProcess {
    /** Ended as it was told to. */
    public static final int STOPPED = 0;

    /** Failed after it had started. */
    public static final int FAILED = 1;

    /** Not started: the configuration, a port or a folder is wrong. */
    public static final int NOT_STARTED = 2;

    private static final Logger LOG = LoggerFactory.getLogger(AgentProcess.class);

    private AgentProcess() {}

    /**
     * Runs an agent until the process is told to end, by whatever means the system has for that.
     *
     * @return the exit code
     */
    public static int agent(Path configFile) {
        return run(configFile, false);
    }

    /**
     * Runs a witness until the process is told to end: an agent without a hypervisor, which votes and is given no VMs.
     *
     * @return the exit code
     */
    public static int witness(Path configFile) {
        return run(configFile, true);
    }

    private static int run(Path configFile, boolean asWitness) {
        try {
            AgentConfig config = ConfigFile.read(configFile);
            if (config.isWitness() != asWitness) {
                throw ConfigException.of(
                        configFile,
                        asWitness ? "is the file of a node that runs VMs" : "is the file of a witness",
                        asWitness ? "role: witness; or start it by 'drover agent'" : "start it by 'drover witness'");
            }
            Agent agent = Agent.start(config, configFile);
            CountDownLatch stopped = new CountDownLatch(1);
            Thread stop = new Thread(
                    () -> {
                        LOG.info("node {}: stops{}", config.node(), asWitness ? "" : "; its guests run on");
                        agent.close();
                        stopped.countDown();
                    },
                    "drover-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            int code = agent.await();
            if (code != STOPPED) {
                agent.close();
                return code;
            }
            stopped.await();
            return STOPPED;
        } catch (ConfigException | ProblemException e) {
            return notStarted(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /**
     * Runs the guard of an agent's configuration until there is nothing to guard, or the process is told to end.
     *
     * @return the exit code
     */
    public static int guard(Path configFile) {
        try {
            GuardProcess.run(ConfigFile.read(configFile));
            return STOPPED;
        } catch (ConfigException | HypervisorException e) {
            return notStarted(e);
        } catch (IOException e) {
            System.err.println("drover: the guard is not started: " + e.getMessage());
            return NOT_STARTED;
        }
    }

    /**
     * Runs the ZooKeeper server of an agent's configuration until the process is told to end.
     *
     * @return the exit code
     */
    public static int zookeeper(Path configFile) {
        try {
            AgentConfig config = ConfigFile.read(configFile);
            if (config.zookeeper().embedded().isEmpty()) {
                System.err.println("drover: no ZooKeeper server is started: " + configFile
                        + " names servers to connect to, not one to run; add zookeeper.embedded");
                return NOT_STARTED;
            }
            ZooKeeperConfig.EmbeddedServer server =
                    config.zookeeper().embedded().get();
            EnsembleServer.run(server, config.dataDirectory().resolve("zookeeper"));
            return STOPPED;
        } catch (ConfigException e) {
            return notStarted(e);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("drover: the ZooKeeper server is not started: " + e.getMessage());
            return NOT_STARTED;
        }
    }

    /**
     * Where the agent of a configuration is reached from its own host.
     *
     * @return host:port
     * @throws IllegalArgumentException if the configuration is not accepted; the message says why
     */
    public static String address(Path configFile) {
        try {
            HostPort listening = ConfigFile.read(configFile).grpc();
            boolean isWildcard = AgentConfig.WILDCARDS.contains(listening.host());
            return new HostPort(isWildcard ? "127.0.0.1" : listening.host(), listening.port()).toString();
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static int notStarted(RuntimeException failure) {
        if (failure instanceof ProblemException known) {
            // In the same form as the errors of every other command.
            System.err.println("drover: " + known.problem().what());
            System.err.println("  why:   " + known.problem().why());
            known.problem().remedies().forEach(remedy -> System.err.println("  to do: " + remedy));
        } else {
            System.err.println("drover: the configuration is not accepted:");
            System.err.println(failure.getMessage());
        }
        return NOT_STARTED;
    }
}
