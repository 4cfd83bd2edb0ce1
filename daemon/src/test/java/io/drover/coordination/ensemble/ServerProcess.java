package io.drover.coordination.ensemble;

import io.drover.config.ZooKeeperConfig.EmbeddedServer;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The program that a test's supervisor runs: one server of an ensemble. */
public final class ServerProcess {
    private ServerProcess() {}

    /** Data directory, number of the server, then number, host and three ports of each server. */
    public static void main(String[] args) throws Exception {
        Map<Integer, ServerAddress> servers = new TreeMap<>();
        for (int i = 2; i < args.length; i += 5) {
            servers.put(
                    Integer.parseInt(args[i]),
                    new ServerAddress(
                            args[i + 1],
                            Integer.parseInt(args[i + 2]),
                            Integer.parseInt(args[i + 3]),
                            Integer.parseInt(args[i + 4])));
        }
        EnsembleServer.run(new EmbeddedServer(Integer.parseInt(args[1]), servers), Path.of(args[0]));
    }

    static List<String> arguments(Path dataDirectory, int id, Map<Integer, ServerAddress> servers) {
        List<String> arguments = new ArrayList<>(List.of(dataDirectory.toString(), Integer.toString(id)));
        new TreeMap<>(servers)
                .forEach((number, address) -> arguments.addAll(List.of(
                        Integer.toString(number),
                        address.host(),
                        Integer.toString(address.quorumPort()),
                        Integer.toString(address.electionPort()),
                        Integer.toString(address.clientPort()))));
        return arguments;
    }
}
