package io.drover.fencing.fenceagent;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A baseboard controller of OpenIPMI on loopback, with a process as the node that it supplies: power off kills the
 * process, and the controller says that it is on for as long as it lives.
 */
final class IpmiSimulator implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final Path folder;
    private final int port;
    private final Process controller;

    private IpmiSimulator(Path folder, int port, Process controller) {
        this.folder = folder;
        this.port = port;
        this.controller = controller;
    }

    /**
     * Starts a controller whose node runs.
     *
     * @param dying seconds for which the node lives on after the power was ordered off
     */
    static IpmiSimulator start(Path parent, String user, String password, int dying) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path folder = Files.createTempDirectory(parent, "bmc");
            IpmiSimulator simulator = start(folder, user, password, dying, freeUdpPort(), freeTcpPort());
            await().atMost(Duration.ofSeconds(20)).until(() -> !simulator.controller.isAlive() || simulator.pid() > 0);
            if (simulator.controller.isAlive()) {
                return simulator;
            }
            // Somebody took a port between the look for it and its use.
            simulator.close();
        }
        throw new IOException("ipmi_sim does not start");
    }

    private static IpmiSimulator start(Path folder, String user, String password, int dying, int port, int serialPort)
            throws IOException {
        Path host = folder.resolve("host");
        Files.writeString(host, """
                #!/bin/sh
                %s
                echo $$ >%s/pid
                exec sleep 600
                """.formatted(dying > 0 ? "trap '' TERM" : "", folder));
        Files.setPosixFilePermissions(host, PosixFilePermissions.fromString("rwx------"));
        Path lan = Files.writeString(
                folder.resolve("lan.conf"), """
                name "node2"
                set_working_mc 0x20
                  startlan 1
                    addr 127.0.0.1 %d
                    priv_limit admin
                    allowed_auths_callback none md2 md5 straight
                    allowed_auths_user none md2 md5 straight
                    allowed_auths_operator none md2 md5 straight
                    allowed_auths_admin none md2 md5 straight
                    guid a123456789abcdefa123456789abcdef
                  endlan
                  serial 15 127.0.0.1 %d codec VM
                  startcmd "%s"
                  startnow true
                  poweroff_wait 1
                  kill_wait %d
                  user 2 true "%s" "%s" admin 10 none md2 md5 straight
                """.formatted(port, serialPort, host, Math.max(1, dying), user, password));
        Path commands = Files.writeString(folder.resolve("sim.cmd"), """
                mc_setbmc 0x20
                mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
                sel_enable 0x20 1000 0x0a
                mc_enable 0x20
                """);
        Path state = Files.createDirectories(folder.resolve("state"));
        Files.createDirectories(state.resolve("node2"));
        Process controller = new ProcessBuilder(
                        "ipmi_sim", "-c", lan.toString(), "-f", commands.toString(), "-s", state.toString(), "-n")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        return new IpmiSimulator(folder, port, controller);
    }

    /** The UDP port on loopback. */
    int port() {
        return port;
    }

    /** The ground truth: whether the node's process lives. */
    boolean hasPower() {
        long pid = pid();
        if (pid <= 0) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // What is dead and was not yet asked for its exit code executes nothing.
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes the controller's own power away, and leaves the node its own. */
    void die() {
        controller.destroyForcibly();
        try {
            controller.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        die();
        if (hasPower()) {
            ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private long pid() {
        try {
            String text = Files.readString(folder.resolve("pid")).strip();
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (IOException e) {
            return 0;
        }
    }

    /** A port that was free a moment ago. */
    static int freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        }
    }

    private static int freeTcpPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
