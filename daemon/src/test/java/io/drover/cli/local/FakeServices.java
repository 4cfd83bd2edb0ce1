package io.drover.cli.local;

import io.drover.cli.FakeCluster;
import io.drover.cli.Services;
import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Services of a program whose agents only pretend to be a cluster; each starts a ZooKeeper server that does nothing. */
public final class FakeServices implements Services {
    @Override
    public int agent(Path config) {
        try {
            String text = Files.readString(config);
            Path data = Path.of(config.toString().replaceAll("\\.yaml$", ""));
            startZooKeeper(data.resolve("zookeeper.cfg"));
            FakeCluster cluster = new FakeCluster(port(text)).status(status(config));
            new CountDownLatch(1).await();
            cluster.close();
            return 0;
        } catch (IOException e) {
            System.out.println(e);
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    @Override
    public int witness(Path config) {
        return agent(config);
    }

    @Override
    public int guard(Path config) {
        return zookeeper(config);
    }

    @Override
    public int zookeeper(Path config) {
        try {
            new CountDownLatch(1).await();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    @Override
    public String agentAddress(Path config) {
        throw new IllegalArgumentException(config + ": no agent is asked for");
    }

    @Override
    public Path prepareGuest(Path directory, String name) throws IOException {
        return Files.writeString(directory.resolve("boot.img"), name);
    }

    private static void startZooKeeper(Path config) throws IOException {
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.drover.cli.Drover",
                        "zookeeper",
                        "--config",
                        config.toString())
                .redirectOutput(new File(config + ".log"))
                .redirectErrorStream(true)
                .start();
    }

    private static int port(String config) {
        Matcher matcher =
                Pattern.compile("grpc: \"?127.0.0.1:(\\d+)", Pattern.MULTILINE).matcher(config);
        if (!matcher.find()) {
            throw new IllegalStateException("no gRPC address in " + config);
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static GetStatusResponse status(Path config) {
        GetStatusResponse.Builder status = GetStatusResponse.newBuilder()
                .setCluster("local")
                .setHealth(ClusterHealth.CLUSTER_HEALTH_HEALTHY)
                .setQuorate(true)
                .setCoordinator("node1");
        for (String name : List.of("node1", "node2")) {
            if (Files.exists(config.resolveSibling(name + ".yaml"))) {
                status.addNodes(NodeStatus.newBuilder().setName(name).setState(NodeState.NODE_STATE_UP));
            }
        }
        return status.build();
    }
}
