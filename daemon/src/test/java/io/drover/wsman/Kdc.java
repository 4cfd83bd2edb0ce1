package io.drover.wsman;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A key distribution centre of MIT Kerberos with a realm of its own, in a folder and on a free port of the loopback. */
public final class Kdc {
    /** The realm. */
    public static final String REALM = "DROVER.TEST";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path folder;
    private final int port;
    private @Nullable Process process;

    private Kdc(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Makes a realm and starts its KDC. */
    public static Kdc start(Path folder) throws IOException, InterruptedException {
        Kdc kdc = new Kdc(folder, freePort());
        Files.writeString(kdc.krb5Conf(), """
                [libdefaults]
                  default_realm = %1$s
                  dns_lookup_realm = false
                  dns_lookup_kdc = false
                  dns_canonicalize_hostname = false
                  rdns = false
                  kdc_timeout = 1000
                  max_retries = 1
                  udp_preference_limit = 1
                  default_ccache_name = FILE:%2$s/ccache
                [realms]
                  %1$s = {
                    kdc = 127.0.0.1:%3$d
                  }
                [domain_realm]
                  .drover.test = %1$s
                """.formatted(REALM, folder, kdc.port));
        Files.writeString(folder.resolve("kdc.conf"), """
                [kdcdefaults]
                  kdc_listen = 127.0.0.1:%3$d
                  kdc_tcp_listen = 127.0.0.1:%3$d
                [realms]
                  %1$s = {
                    database_name = %2$s/principal
                    acl_file = %2$s/kadm5.acl
                    key_stash_file = %2$s/stash
                    supported_enctypes = aes256-cts-hmac-sha1-96:normal
                    default_principal_flags = +preauth
                    max_life = 1h
                  }
                [logging]
                  kdc = FILE:%2$s/kdc.log
                """.formatted(REALM, folder, kdc.port));
        kdc.run(List.of(program("kdb5_util"), "-r", REALM, "create", "-s", "-W", "-P", "master"));
        kdc.run();
        return kdc;
    }

    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), InetAddress.getLoopbackAddress())) {
                return udp.getLocalPort();
            } catch (BindException e) {
                // Taken for datagrams; another one.
            }
        }
    }

    /** Where its realm is described, for clients. */
    public Path krb5Conf() {
        return folder.resolve("krb5.conf");
    }

    int port() {
        return port;
    }

    /** Starts the KDC, whose clock is right. */
    void run() throws IOException {
        launch(List.of());
    }

    /** Starts the KDC anew with a clock that is ahead. */
    void runAhead(Duration ahead) throws IOException, InterruptedException {
        stop();
        launch(List.of(program("faketime"), "-f", "+" + ahead.toSeconds() + "s"));
    }

    private void launch(List<String> before) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(program("krb5kdc"), "-n", "-r", REALM));
        Process started = builder(command)
                .redirectOutput(folder.resolve("kdc.out").toFile())
                .start();
        process = started;
        Awaitility.await().atMost(PATIENCE).until(() -> {
            if (!started.isAlive()) {
                throw new IOException("krb5kdc has ended: " + Files.readString(folder.resolve("kdc.out")));
            }
            return isListening();
        });
    }

    private boolean isListening() {
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return connection.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the KDC: nothing listens at its port. */
    public void stop() throws InterruptedException {
        Process running = process;
        process = null;
        if (running != null) {
            Stream.concat(running.descendants(), Stream.of(running.toHandle())).forEach(ProcessHandle::destroy);
            if (!running.waitFor(10, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
            // faketime is replaced by its command, so that there is no one else to wait for.
            Awaitility.await().atMost(PATIENCE).until(() -> !isListening());
        }
    }

    /** Adds a principal with a random key. */
    public void add(String principal) throws IOException, InterruptedException {
        kadmin("addprinc -randkey " + principal);
    }

    /** Adds a principal with a password. */
    void add(String principal, String password) throws IOException, InterruptedException {
        kadmin("addprinc -pw " + password + " " + principal);
    }

    /** Writes a principal's present keys, without changing them. */
    public Path keytab(String principal, String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        kadmin("ktadd -norandkey -k " + file + " " + principal);
        return file;
    }

    public void kadmin(String query) throws IOException, InterruptedException {
        run(List.of(program("kadmin.local"), "-r", REALM, "-q", query));
    }

    /** Fetches a ticket into a cache. */
    public Path kinit(String principal, Path keytab, String lifetime, String name)
            throws IOException, InterruptedException {
        Path cache = folder.resolve(name);
        run(List.of(program("kinit"), "-c", "FILE:" + cache, "-l", lifetime, "-k", "-t", keytab.toString(), principal));
        return cache;
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "command", ".out");
        Process running = builder(command).redirectOutput(output.toFile()).start();
        if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || running.exitValue() != 0) {
            running.destroyForcibly();
            throw new IOException(command + " failed: " + Files.readString(output));
        }
        String said = Files.readString(output);
        // kadmin.local ends with 0 whatever happened.
        if (said.contains("kadmin.local:") || said.contains("while ")) {
            throw new IOException(command + ": " + said);
        }
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "KRB5_CONFIG", krb5Conf().toString(),
                        "KRB5_KDC_PROFILE", folder.resolve("kdc.conf").toString(),
                        "LC_ALL", "C"));
        return builder;
    }

    /** Debian has the KDC's programs where only the superuser's path leads. */
    static String program(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException(name + " is not installed (see deploy/test)"));
    }

    private static Optional<String> find(String name) {
        Stream<String> path = Stream.concat(
                Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"));
        return path.map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
