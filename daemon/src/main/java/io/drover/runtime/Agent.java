package io.drover.runtime;

import io.drover.api.Callers;
import io.drover.api.ClusterServiceServer;
import io.drover.api.EventFeed;
import io.drover.api.Forwarding;
import io.drover.api.HostServer;
import io.drover.api.ReportServer;
import io.drover.api.events.EventJournal;
import io.drover.config.AgentConfig;
import io.drover.config.HypervisorConfig;
import io.drover.coordination.zookeeper.ZooKeeperCoordination;
import io.drover.fencing.Fencing;
import io.drover.fencing.fenceagent.FenceAgentDevice;
import io.drover.fencing.redfish.RedfishDevice;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.absent.AbsentHypervisor;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.hypervisor.qemu.QemuHypervisor;
import io.drover.hypervisor.simulated.SimulatedHypervisor;
import io.drover.metrics.DroverMetrics;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.supervision.JavaCommand;
import io.drover.supervision.Supervisor;
import io.drover.transport.Channels;
import io.drover.transport.lease.LeaseServer;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One agent, with everything that it consists of. */
final class Agent implements AutoCloseable {
    /** A guard reads a page of memory, and speaks to its guests when it has to. */
    private static final List<String> GUARD_FLAGS = List.of("-Xms4m", "-Xmx16m");

    private final Closing closing = new Closing();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();

    private Agent() {}

    /**
     * Starts an agent. What an administrator can have got wrong (ports, folders, the hypervisor) is found out here,
     * before the cluster hears of the node.
     *
     * @throws ProblemException if it cannot start; nothing is left running
     */
    static Agent start(AgentConfig config, Path configFile) {
        Agent agent = new Agent();
        try {
            agent.open(config, configFile);
            return agent;
        } catch (RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    private void open(AgentConfig config, Path configFile) {
        InstantSource clock = new AgentClock();
        DataDirectory data = closing.add("data directory", DataDirectory.open(config.dataDirectory()));
        LeaseParts lease = LeaseParts.open(config, closing);
        EventJournal journal = closing.add("events", journal(config, clock));
        Reasons reasons = new Reasons(journal);
        DroverMetrics metrics = new DroverMetrics(Version.text());
        EventLoop loop = closing.add("event loop", new EventLoop("drover-loop"));
        LeaseMeter.begin(lease, metrics.lease());
        metrics.queueLengthFrom(loop::queueLength);
        Workers workers = closing.add("workers", new Workers("drover-worker"));
        Hypervisor hypervisor = closing.add("hypervisor", hypervisor(config, clock));
        Channels channels = closing.add("channels", new Channels());
        ZooKeeperCoordination coordination = closing.add(
                "coordination",
                new ZooKeeperCoordination(
                        config.zookeeper().connect(),
                        config.cluster(),
                        config.node(),
                        config.zookeeper().sessionTimeout(),
                        clock));
        StateWatch states = new StateWatch(reasons);
        // Of its own: a hypervisor that hangs is no reason not to fence another node.
        Workers fencers = closing.add("fencing workers", new Workers("drover-fencing"));
        Fencing fencing = closing.add(
                "fencing",
                Fencing.of(
                        config.fencing(),
                        config.node(),
                        device -> new MeasuredDevice(new RedfishDevice(device), metrics.fencing()),
                        device -> new MeasuredDevice(new FenceAgentDevice(device), metrics.fencing())));
        CoordinatorSeat seat = new CoordinatorSeat(
                config.node(), loop, fencers, coordination, clock, reasons, metrics, lease, fencing);
        Neighbours neighbours = new Neighbours(config.node(), loop, coordination.records(), channels::to);
        AgentAccess access = new AgentAccess(
                config.cluster(), config.node(), loop, seat, states, coordination.records(), clock, neighbours);
        NodeRuntime node = new NodeRuntime(
                config,
                loop,
                workers,
                coordination,
                hypervisor,
                channels,
                clock,
                reasons,
                metrics,
                seat,
                neighbours,
                lease);
        EventFeed feed = new EventFeed(config.node(), journal, clock);
        serve(config, access, feed, seat, loop, node, lease);
        closing.add("http", StatusPages.open(config, access, metrics, loop, node));
        supervise(config, configFile, data, clock);
        coordination.start();
        neighbours.start();
        lease.follow(loop, coordination.records(), neighbours);
        closing.add("node", node);
        node.start(this::fail);
    }

    private static EventJournal journal(AgentConfig config, InstantSource clock) {
        return EventJournal.open(config.dataDirectory().resolve("events"), config.node(), clock);
    }

    private static Hypervisor hypervisor(AgentConfig config, InstantSource clock) {
        if (config.isWitness()) {
            return new AbsentHypervisor();
        }
        try {
            if (config.hypervisor() instanceof HypervisorConfig.Qemu qemu) {
                return new QemuHypervisor(qemu, config.node(), clock);
            } else if (config.hypervisor() instanceof HypervisorConfig.Simulated simulated) {
                return new SimulatedHypervisor(simulated, config.node(), clock);
            } else if (config.hypervisor() instanceof HypervisorConfig.Hyperv hyperv) {
                return HypervHypervisor.of(hyperv);
            }
        } catch (HypervisorException e) {
            throw new ProblemException(Problem.of(
                    ProblemKind.USAGE,
                    "the agent does not start",
                    "its hypervisor cannot be used: " + e.getMessage(),
                    e.remedy()));
        }
        throw new AssertionError("unhandled hypervisor: " + config.hypervisor());
    }

    private void serve(
            AgentConfig config,
            AgentAccess access,
            EventFeed feed,
            CoordinatorSeat seat,
            EventLoop loop,
            NodeRuntime node,
            LeaseParts lease) {
        HealthStatusManager health = new HealthStatusManager();
        NettyServerBuilder builder = Channels.accept(NettyServerBuilder.forAddress(
                new InetSocketAddress(config.grpc().host(), config.grpc().port())));
        if (!config.isWitness()) {
            builder.addService(node.migrationService());
        }
        Server server = builder.intercept(Forwarding.noticing())
                .intercept(Callers.noticing())
                .addService(new ClusterServiceServer(access, feed))
                .addService(new ReportServer(new SeatReceiver(loop, seat)))
                .addService(new LeaseServer(lease.desk()))
                .addService(new HostServer(node.host()))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build();
        server.getServices()
                .forEach(service ->
                        health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING));
        try {
            server.start();
        } catch (IOException e) {
            throw new ProblemException(Problem.of(
                    ProblemKind.USAGE,
                    "the agent does not start",
                    "it cannot listen on " + config.grpc() + ": " + rootOf(e).getMessage(),
                    "stop whatever uses the port, or set another 'grpc' in the configuration"));
        }
        closing.add("grpc", () -> {
            health.enterTerminalState();
            server.shutdown();
            if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        });
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private void supervise(AgentConfig config, Path configFile, DataDirectory data, InstantSource clock) {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "drover-supervisor");
            thread.setDaemon(true);
            return thread;
        });
        closing.add("supervisor thread", executor::shutdownNow);
        if (!config.isWitness()) {
            Path folder = GuardProcess.folder(data.path());
            Supervisor guard =
                    new Supervisor("guard", command(GUARD_FLAGS, "guard", configFile), folder, executor, clock);
            // It outlives this process: guests go on, and somebody has to hold them if no other agent comes in time.
            closing.add("guard", guard);
            start(guard, "its guard", folder);
        }
        if (config.zookeeper().embedded().isPresent()) {
            Path zookeeper = data.path().resolve("zookeeper");
            Supervisor server = new Supervisor(
                    "ZooKeeper server", command(List.of(), "zookeeper", configFile), zookeeper, executor, clock);
            closing.add("zookeeper", server::stop);
            start(server, "its ZooKeeper server", zookeeper);
        }
    }

    private static List<String> command(List<String> flags, String what, Path configFile) {
        return JavaCommand.of(
                flags,
                "io.drover.cli.Drover",
                List.of(what, "--config", configFile.toAbsolutePath().toString()));
    }

    private static void start(Supervisor supervisor, String what, Path folder) {
        try {
            supervisor.start();
        } catch (IOException e) {
            throw new ProblemException(Problem.of(
                    ProblemKind.USAGE,
                    "the agent does not start",
                    what + " cannot be started: " + e.getMessage(),
                    "look at " + folder));
        }
    }

    private void fail(String why) {
        org.slf4j.LoggerFactory.getLogger(Agent.class).error("the agent ends: {}", why);
        ended.complete(AgentProcess.FAILED);
    }

    /** Waits for the end: 0 once it is closed, another exit code if it cannot go on. */
    int await() throws InterruptedException {
        try {
            return ended.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    /** Stops in order; guests go on. */
    @Override
    public void close() {
        ended.complete(AgentProcess.STOPPED);
        closing.close();
    }
}
