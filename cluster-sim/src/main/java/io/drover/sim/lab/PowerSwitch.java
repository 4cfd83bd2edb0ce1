package io.drover.sim.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;

/**
 * The baseboard controller of a node's host: OpenIPMI's {@code ipmi_sim}, which speaks IPMI over LAN. Switched off, it
 * kills everything in the node's network namespace; that the host died by itself it does not notice, as a controller does
 * not notice that an operating system has crashed.
 */
final class PowerSwitch implements AutoCloseable {
    private static final String USER = "drover";
    private static final String PASSWORD = "lab-only";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final String address;
    private final int port;
    private final Process controller;

    private PowerSwitch(Path folder, String address, int port, Process controller) {
        this.folder = folder;
        this.address = address;
        this.port = port;
        this.controller = controller;
    }

    /** Why this machine cannot have one; empty if it can. */
    static Optional<String> hindrance() {
        for (String program : new String[] {"ipmi_sim", "ipmitool", "fence_ipmilan"}) {
            if (!Shell.succeeds("sh", "-c", "command -v " + program)) {
                return Optional.of("fencing devices need " + program + ", which is not installed");
            }
        }
        return Optional.empty();
    }

    /**
     * Starts the controller of a host that is on.
     *
     * @param namespace of the node
     * @param address at which the controller listens
     */
    static PowerSwitch start(Path folder, String namespace, String address) {
        try {
            Files.createDirectories(folder.resolve("state").resolve(namespace));
            Path host = Files.writeString(folder.resolve("host.sh"), hostScript(folder, namespace));
            Files.setPosixFilePermissions(host, PosixFilePermissions.fromString("rwx------"));
            InetAddress at = InetAddress.getByName(address);
            int port = freeUdpPort(at);
            Path lan = Files.writeString(folder.resolve("lan.conf"), lan(namespace, address, port, serialPort(), host));
            Path commands = Files.writeString(folder.resolve("sim.cmd"), """
                    mc_setbmc 0x20
                    mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
                    sel_enable 0x20 1000 0x0a
                    mc_enable 0x20
                    """);
            Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
            Process controller = new ProcessBuilder(
                            "ipmi_sim",
                            "-c",
                            lan.toString(),
                            "-f",
                            commands.toString(),
                            "-s",
                            folder.resolve("state").toString(),
                            "-n")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("controller.log").toFile())
                    .start();
            PowerSwitch power = new PowerSwitch(folder, address, port, controller);
            try {
                Waits.until("ipmi_sim of " + namespace + " says on", LIMIT, power::isOn);
                return power;
            } catch (RuntimeException e) {
                power.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stands for the host: lives while its power is on, and takes everything along when it is cut. */
    private static String hostScript(Path folder, String namespace) {
        return """
                #!/bin/sh
                off() {
                    while left=$(ip netns pids %1$s) && [ -n "$left" ]; do
                        kill -KILL $left
                    done
                    exit 0
                }
                trap off TERM
                echo $$ >%2$s/host.pid
                while :; do sleep 0.05; done
                """.formatted(namespace, folder);
    }

    private static String lan(String name, String address, int port, int serialPort, Path host) {
        return """
                name "%s"
                set_working_mc 0x20
                  startlan 1
                    addr %s %d
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
                  poweroff_wait 0
                  kill_wait 1
                  user 2 true "%s" "%s" admin 10 none md2 md5 straight
                """.formatted(name, address, port, serialPort, host, USER, PASSWORD);
    }

    private static int freeUdpPort(InetAddress address) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return socket.getLocalPort();
        }
    }

    private static int serialPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The device as the configuration of an agent has it. */
    String device() {
        return """
                      - level: 1
                        type: fenceagent
                        timeout: 20s
                        program: /usr/sbin/fence_ipmilan
                        options: {ip: %s, ipport: "%d", username: %s, lanplus: "1", cipher: "3", login_timeout: "3", power_wait: "0", stonith_status_sleep: "0"}
                        passwordFile: %s
                """.formatted(address, port, USER, folder.resolve("password"));
    }

    /** Whether the controller says that the host has power. */
    boolean isOn() {
        return controller.isAlive() && ask("status").contains("is on");
    }

    /** Switches the host on, if it is off. */
    void switchOn() {
        if (isOn()) {
            return;
        }
        var unused = ask("on");
        Waits.until("the host is on", LIMIT, this::isOn);
    }

    /** Switches the host off, with everything that runs on it. */
    void switchOff() {
        var unused = ask("off");
        Waits.until("the host is off", LIMIT, () -> !isOn());
    }

    private String ask(String what) {
        return Shell.output(
                "ipmitool",
                "-I",
                "lanplus",
                "-C",
                "3",
                "-H",
                address,
                "-p",
                Integer.toString(port),
                "-U",
                USER,
                "-f",
                folder.resolve("password").toString(),
                "power",
                what);
    }

    /** Ends the controller. The host has to be dead. */
    @Override
    public void close() {
        controller.destroyForcibly();
        controller.onExit().join();
        try {
            long pid =
                    Long.parseLong(Files.readString(folder.resolve("host.pid")).strip());
            ProcessHandle.of(pid)
                    .filter(host -> host.info().commandLine().orElse("").contains(folder.toString()))
                    .ifPresent(ProcessHandle::destroyForcibly);
        } catch (IOException | NumberFormatException e) {
            // It never got so far.
        }
    }
}
