package io.drover.cli.local;

/**
 * One node of a local cluster, all on the loopback address.
 *
 * @param id 1 for the first
 * @param witness whether it votes and runs no VMs
 * @param grpc port of its gRPC services
 * @param http port of its pages
 * @param client port of its ZooKeeper server for clients
 * @param quorum port of its ZooKeeper server for followers
 * @param election port of its ZooKeeper server for elections
 */
record LocalNode(int id, boolean witness, int grpc, int http, int client, int quorum, int election) {
    static final String HOST = "127.0.0.1";

    String name() {
        return witness ? "witness" : "node" + id;
    }

    String grpcAddress() {
        return HOST + ":" + grpc;
    }

    String httpAddress() {
        return HOST + ":" + http;
    }
}
