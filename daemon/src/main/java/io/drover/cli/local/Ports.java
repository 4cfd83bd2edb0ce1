package io.drover.cli.local;

import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Chooses the ports of a local cluster, and makes sure before anything is started that they are free. */
final class Ports {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int PER_NODE = 5;
    private static final int HTTP = 100;
    private static final int CLIENT = 200;
    private static final int QUORUM = 210;
    private static final int ELECTION = 220;

    private Ports() {}

    /**
     * The nodes with their ports.
     *
     * @param hosts how many of them run VMs
     * @param witness whether a witness follows them
     * @param base node N serves gRPC at base + N, pages at base + 100 + N, and ZooKeeper from base + 200 + N; 0: any
     *     free ports
     * @throws CommandException if one of them is in use
     */
    static List<LocalNode> choose(int hosts, boolean witness, int base) {
        int count = hosts + (witness ? 1 : 0);
        List<LocalNode> nodes = new ArrayList<>();
        if (base == 0) {
            List<Integer> free = free(count * PER_NODE);
            for (int id = 1; id <= count; id++) {
                List<Integer> own = free.subList((id - 1) * PER_NODE, id * PER_NODE);
                nodes.add(new LocalNode(id, id > hosts, own.get(0), own.get(1), own.get(2), own.get(3), own.get(4)));
            }
            return nodes;
        }
        for (int id = 1; id <= count; id++) {
            nodes.add(new LocalNode(
                    id,
                    id > hosts,
                    base + id,
                    base + HTTP + id,
                    base + CLIENT + id,
                    base + QUORUM + id,
                    base + ELECTION + id));
        }
        for (LocalNode node : nodes) {
            for (int port : List.of(node.grpc(), node.http(), node.client(), node.quorum(), node.election())) {
                check(port, node);
            }
        }
        return nodes;
    }

    private static void check(int port, LocalNode node) {
        try (ServerSocket socket = listen(port)) {
            if (!socket.isBound()) {
                throw new IOException("not bound");
            }
        } catch (IOException e) {
            throw CommandException.of(
                    ExitCode.USAGE,
                    "port " + port + " of " + node.name() + " is in use; nothing was started",
                    e.getMessage() == null ? "" : e.getMessage(),
                    "choose others with --base-port N, or any free ones with --base-port 0",
                    "if an earlier local cluster still runs: drover local down");
        }
    }

    /** All are held until the last is found, so that no two are the same. */
    private static List<Integer> free(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(listen(0));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("no " + count + " free ports on the loopback address", e);
        } finally {
            for (ServerSocket socket : held) {
                close(socket);
            }
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("port " + socket.getLocalPort() + " could not be released", e);
        }
    }
}
