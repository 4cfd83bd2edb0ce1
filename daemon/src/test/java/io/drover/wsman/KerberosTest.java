package io.drover.wsman;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kerberos against a real KDC, and everything that can be wrong with it made to be wrong. */
@Tag("integration")
@Timeout(180)
class KerberosTest {
    private static final String CLIENT = "drover@" + Kdc.REALM;
    private static final String SERVICE = "HTTP/hv1.drover.test@" + Kdc.REALM;
    private static final String CALL = "PT20S";

    @TempDir
    static Path folder;

    private static Kdc kdc;
    private static Path clientKeytab;
    private static Path serviceKeytab;
    private static Path store;
    private static Path hosts;

    private final List<Probe> probes = new ArrayList<>();

    @BeforeAll
    static void realm() throws Exception {
        kdc = Kdc.start(folder);
        kdc.add(CLIENT);
        kdc.add(SERVICE);
        clientKeytab = kdc.keytab(CLIENT, "client.keytab");
        serviceKeytab = kdc.keytab(SERVICE, "service.keytab");
        List<String> names = List.of("hv1.drover.test", "hv2.drover.test", "hv3.drover.test", "hv4.drover.test");
        hosts = Files.write(
                folder.resolve("hosts"),
                Stream.concat(names.stream(), Stream.of("localhost"))
                        .map(each -> "127.0.0.1 " + each)
                        .toList());
        TlsFiles.of(folder, names.stream().map(each -> "dns:" + each).collect(Collectors.joining(",")));
        try (Stream<Path> found = Files.walk(folder)) {
            store = found.filter(each -> each.endsWith("store.p12")).findFirst().orElseThrow();
        }
    }

    @AfterAll
    static void end() throws InterruptedException {
        kdc.stop();
    }

    @AfterEach
    void endProbes() throws InterruptedException, IOException {
        for (Probe each : probes) {
            each.end();
        }
    }

    @Test
    void bothSidesProveThemselves() throws Exception {
        Probe probe = probe("hv1.drover.test", keytab(CLIENT, clientKeytab), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");
        // Each request has its own proof, and the ticket is not fetched for each.
        int before = ticketsGiven();
        assertThat(probe.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");
        assertThat(ticketsGiven()).isEqualTo(before);
    }

    private static int ticketsGiven() throws IOException {
        return Files.readString(folder.resolve("kdc.log")).split("ISSUE", -1).length;
    }

    @Test
    void aTicketFromACacheDoesAsWell() throws Exception {
        Path cache = kdc.kinit(CLIENT, clientKeytab, "1h", "cache");
        Probe probe = probe("hv1.drover.test", List.of("cache", cache.toString()), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");
    }

    /**
     * On Windows the same way leads to SSPI; here to the library of MIT, by the same code of ours and the JDK. Nothing but
     * the library's place is said to the process.
     */
    @Test
    void theTicketsOfTheSystemDoAsWell() throws Exception {
        Path cache = kdc.kinit(CLIENT, clientKeytab, "1h", "system");
        List<String> flags = List.of("-Dsun.security.jgss.lib=" + nativeLibrary());
        List<String> ticket = List.of("system", "-");
        Probe good = probe(flags, cache, "hv1.drover.test", ticket, SERVICE, serviceKeytab, "mutual");
        assertThat(good.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");
        Probe unknown = probe(flags, cache, "hv2.drover.test", ticket, SERVICE, serviceKeytab, "mutual");
        // Neither library lets its code through.
        assertThat(unknown.call(CALL)).startsWith("KERBEROS_OTHER -1 true").contains("klist get");
        Probe empty =
                probe(flags, folder.resolve("no-such"), "hv1.drover.test", ticket, SERVICE, serviceKeytab, "mutual");
        assertThat(empty.call(CALL)).startsWith("KERBEROS_NO_CREDENTIALS");
    }

    /** The system's library finds no ticket here. */
    @Test
    void aKeytabIsForJavasOwnKerberosAlsoWhereTheProcessHasTheSystems() throws Exception {
        List<String> flags = List.of("-Dsun.security.jgss.native=true", "-Dsun.security.jgss.lib=" + nativeLibrary());
        Probe probe = probe(
                flags,
                folder.resolve("no-such"),
                "hv1.drover.test",
                keytab(CLIENT, clientKeytab),
                SERVICE,
                serviceKeytab,
                "mutual");
        assertThat(probe.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");
    }

    @Test
    void aProcessThatWasToldNotToUseTheSystemsTicketsSaysSo() throws Exception {
        Probe probe = probe(
                List.of("-Dsun.security.jgss.native=false"),
                folder.resolve("no-such"),
                "hv1.drover.test",
                List.of("system", "-"),
                SERVICE,
                serviceKeytab,
                "mutual");
        assertThat(probe.call(CALL))
                .startsWith("KERBEROS_NO_CREDENTIALS -1 true")
                .contains("jgss.native=false");
    }

    @Test
    void theTicketsOfAProcessAreThoseOfKinitOrOnWindowsTheSystems() throws Exception {
        assertThat(WsmanAuthentication.Ticket.ofProcess(true)).isEqualTo(new WsmanAuthentication.Ticket.OfSystem());
        Path cache = kdc.kinit(CLIENT, clientKeytab, "1h", "own");
        Probe probe = probe(List.of(), cache, "hv1.drover.test", List.of("own", "-"), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");
    }

    @Test
    void aHostThatGetsANewKeyIsAskedAgainWithANewTicket() throws Exception {
        String service = "HTTP/hv3.drover.test@" + Kdc.REALM;
        kdc.add(service);
        Path key = kdc.keytab(service, "hv3.keytab");
        Path cache = kdc.kinit(CLIENT, clientKeytab, "1h", "rejoined");
        Probe withKeytab = probe("hv3.drover.test", keytab(CLIENT, clientKeytab), service, key, "mutual");
        Probe withCache = probe("hv3.drover.test", List.of("cache", cache.toString()), service, key, "mutual");
        assertThat(withKeytab.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");
        assertThat(withCache.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");

        kdc.kadmin("cpw -randkey " + service);
        Files.move(kdc.keytab(service, "hv3-new.keytab"), key, StandardCopyOption.REPLACE_EXISTING);

        assertThat(withKeytab.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true requests=2");
        assertThat(withCache.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true requests=2");
        assertThat(withKeytab.call(CALL)).isEqualTo("OK " + CLIENT + " mutual=true");
    }

    @Test
    void aHostThatRefusesAlsoANewTicketIsNotAskedAThirdTime() throws Exception {
        String service = "HTTP/hv4.drover.test@" + Kdc.REALM;
        kdc.add(service);
        Path key = kdc.keytab(service, "hv4.keytab");
        Probe probe = probe("hv4.drover.test", keytab(CLIENT, clientKeytab), service, key, "mutual");
        assertThat(probe.call(CALL)).startsWith("OK");
        Files.copy(serviceKeytab, key, StandardCopyOption.REPLACE_EXISTING);
        int before = ticketsGiven();

        assertThat(probe.call(CALL)).startsWith("UNAUTHORIZED");

        // One to fetch others with, and one for the service.
        assertThat(ticketsGiven()).isEqualTo(before + 2);
    }

    private static Path nativeLibrary() throws IOException {
        try (Stream<Path> found =
                Files.find(Path.of("/usr/lib"), 2, (path, attributes) -> path.endsWith("libgssapi_krb5.so.2"))) {
            return found.findFirst().orElseThrow();
        }
    }

    @Test
    void aHostThatDoesNotProveItselfIsNotBelieved() throws Exception {
        Probe probe = probe("hv1.drover.test", keytab(CLIENT, clientKeytab), SERVICE, serviceKeytab, "silent");
        assertThat(probe.call(CALL)).startsWith("KERBEROS_OTHER -1 true");
    }

    @Test
    void aTicketThatExpiresInItsCacheIsSaidToHaveExpired() throws Exception {
        Path cache = kdc.kinit(CLIENT, clientKeytab, "8s", "short");
        Probe probe = probe("hv1.drover.test", List.of("cache", cache.toString()), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).startsWith("OK");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(probe.call(CALL)).doesNotStartWith("OK"));
        assertThat(probe.call(CALL)).startsWith("KERBEROS_TICKET_EXPIRED -1 true");
        // Whoever fills the cache does, and the session goes on.
        kdc.kinit(CLIENT, clientKeytab, "1h", "short");
        assertThat(probe.call(CALL)).startsWith("OK");
    }

    @Test
    void aTicketThatHadExpiredInItsCacheFromTheBeginningIsSaidToHaveExpired() throws Exception {
        Path cache = kdc.kinit(CLIENT, clientKeytab, "2s", "expired");
        Instant end = TicketCache.end(cache).orElseThrow();
        assertThat(end).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> end.isBefore(Instant.now()));
        Probe named = probe("hv1.drover.test", List.of("cache", cache.toString()), SERVICE, serviceKeytab, "mutual");
        assertThat(named.call(CALL)).startsWith("KERBEROS_TICKET_EXPIRED -1 true");
        Probe usual = probe(List.of(), cache, "hv1.drover.test", List.of("own", "-"), SERVICE, serviceKeytab, "mutual");
        assertThat(usual.call(CALL)).startsWith("KERBEROS_TICKET_EXPIRED -1 true");
    }

    @Test
    void aFileThatIsNoCacheHasNoTicketThatCouldHaveExpired() throws Exception {
        byte[] good = Files.readAllBytes(kdc.kinit(CLIENT, clientKeytab, "1h", "good"));
        for (int length = 0; length < 40; length++) {
            Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(good, length));
            assertThat(TicketCache.end(cut))
                    .as("the first " + length + " bytes")
                    .isEmpty();
        }
        byte[] wild = good.clone();
        Arrays.fill(wild, 2, wild.length, (byte) 0xFF);
        assertThat(TicketCache.end(Files.write(folder.resolve("wild"), wild))).isEmpty();
        assertThat(TicketCache.end(folder.resolve("no-such-cache"))).isEmpty();
        assertThat(TicketCache.end(folder)).isEmpty();
    }

    @Test
    void aTicketFromAKeytabIsFetchedAnewWhenItExpires() throws Exception {
        kdc.add("brief@" + Kdc.REALM);
        kdc.kadmin("modprinc -maxlife 6seconds brief@" + Kdc.REALM);
        Path keytab = kdc.keytab("brief@" + Kdc.REALM, "brief.keytab");
        Probe probe = probe("hv1.drover.test", keytab("brief@" + Kdc.REALM, keytab), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).startsWith("OK brief");
        int before = ticketsGiven();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    assertThat(probe.call(CALL)).startsWith("OK brief");
                    assertThat(ticketsGiven()).isGreaterThan(before);
                });
    }

    @Test
    void anEmptyCacheMeansNoCredentials() throws Exception {
        Probe probe = probe(
                "hv1.drover.test",
                List.of("cache", folder.resolve("no-such-cache").toString()),
                SERVICE,
                serviceKeytab,
                "mutual");
        assertThat(probe.call(CALL)).startsWith("KERBEROS_NO_CREDENTIALS -1 true");
    }

    @Test
    void aMissingKeytabMeansNoCredentials() throws Exception {
        Probe probe = probe(
                "hv1.drover.test", keytab(CLIENT, folder.resolve("no-such-keytab")), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).startsWith("KERBEROS_NO_CREDENTIALS -1 true");
    }

    @Test
    void anAccountThatTheKdcDoesNotKnowMeansNoCredentials() throws Exception {
        kdc.add("gone@" + Kdc.REALM);
        Path keytab = kdc.keytab("gone@" + Kdc.REALM, "gone.keytab");
        kdc.kadmin("delprinc -force gone@" + Kdc.REALM);
        Probe probe = probe("hv1.drover.test", keytab("gone@" + Kdc.REALM, keytab), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).startsWith("KERBEROS_NO_CREDENTIALS 6 true");
    }

    @Test
    void aServiceThatTheKdcDoesNotKnowIsTheWrongName() throws Exception {
        Probe probe = probe("hv2.drover.test", keytab(CLIENT, clientKeytab), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).startsWith("KERBEROS_WRONG_SERVICE 7 true").contains("HTTP/hv2.drover.test");
    }

    @Test
    void aHostWithAnotherKeyRefuses() throws Exception {
        kdc.add("HTTP/other.drover.test@" + Kdc.REALM);
        Path other = kdc.keytab("HTTP/other.drover.test@" + Kdc.REALM, "other.keytab");
        Probe probe = probe(
                "hv1.drover.test",
                keytab(CLIENT, clientKeytab),
                "HTTP/other.drover.test@" + Kdc.REALM,
                other,
                "mutual");
        assertThat(probe.call(CALL)).startsWith("UNAUTHORIZED -1 true").contains("HTTP/hv1.drover.test");
    }

    @Test
    void anOldKeytabHasTheWrongKey() throws Exception {
        kdc.add("changed@" + Kdc.REALM, "first");
        Path keytab = kdc.keytab("changed@" + Kdc.REALM, "changed.keytab");
        kdc.kadmin("cpw -pw second changed@" + Kdc.REALM);
        Probe probe =
                probe("hv1.drover.test", keytab("changed@" + Kdc.REALM, keytab), SERVICE, serviceKeytab, "mutual");
        assertThat(probe.call(CALL)).startsWith("KERBEROS_WRONG_KEY 24 true");
    }

    @Test
    void clocksThatDifferAreSaidToDiffer() throws Exception {
        kdc.runAhead(Duration.ofHours(1));
        try {
            Probe probe = probe("hv1.drover.test", keytab(CLIENT, clientKeytab), SERVICE, serviceKeytab, "mutual");
            assertThat(probe.call(CALL)).startsWith("KERBEROS_CLOCK_SKEW 37 true");
        } finally {
            kdc.stop();
            kdc.run();
        }
    }

    /** In a process that is started so, the code is asked for; in others it is read. Both are the same number. */
    @Test
    void theCodeIsTheSameWhereTheJdkLetsItBeAskedFor() throws Exception {
        Probe probe = probe(
                List.of("--add-exports", "java.security.jgss/sun.security.krb5=ALL-UNNAMED"),
                folder.resolve("no-such"),
                "hv2.drover.test",
                keytab(CLIENT, clientKeytab),
                SERVICE,
                serviceKeytab,
                "mutual");
        assertThat(probe.call(CALL)).startsWith("KERBEROS_WRONG_SERVICE 7 true");
    }

    @Test
    void aKdcThatIsAwayIsSaidToBeAway() throws Exception {
        kdc.stop();
        try {
            Probe probe = probe("hv1.drover.test", keytab(CLIENT, clientKeytab), SERVICE, serviceKeytab, "mutual");
            assertThat(probe.call(CALL)).startsWith("KERBEROS_KDC_UNREACHABLE -1 true");
        } finally {
            kdc.run();
        }
    }

    @Test
    void aKdcThatIsSilentDoesNotHoldACallLongerThanItsTime() throws Exception {
        kdc.stop();
        try (ServerSocket silent = new ServerSocket(kdc.port(), 50, InetAddress.getLoopbackAddress())) {
            Probe probe = probe("hv1.drover.test", keytab(CLIENT, clientKeytab), SERVICE, serviceKeytab, "mutual");
            assertThat(probe.call("PT0.5S"))
                    .startsWith("KERBEROS_KDC_UNREACHABLE -1 true")
                    .contains("within PT0.5S");
            assertThat(silent.isBound()).isTrue();
        } finally {
            kdc.run();
        }
    }

    private static List<String> keytab(String principal, Path file) {
        return List.of("keytab", principal, file.toString());
    }

    private Probe probe(String name, List<String> ticket, String service, Path serviceKeytab, String mode)
            throws IOException {
        return probe(List.of(), folder.resolve("no-such"), name, ticket, service, serviceKeytab, mode);
    }

    private Probe probe(
            List<String> flags,
            Path cache,
            String name,
            List<String> ticket,
            String service,
            Path serviceKeytab,
            String mode)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-Djava.security.krb5.conf=" + kdc.krb5Conf(),
                "-Djdk.net.hosts.file=" + hosts,
                "-Duser.language=ja",
                "-cp",
                System.getProperty("java.class.path"),
                KerberosProbe.class.getName(),
                name));
        command.addAll(ticket);
        command.addAll(List.of(service, serviceKeytab.toString(), store.toString(), mode));
        Probe probe = new Probe(
                command,
                Map.of(
                        "KRB5_CONFIG", kdc.krb5Conf().toString(),
                        "KRB5CCNAME", "FILE:" + cache,
                        "KRB5_KTNAME", "FILE:" + serviceKeytab));
        probes.add(probe);
        return probe;
    }

    /** The other process. */
    private static final class Probe {
        private final Process process;
        private final BufferedReader out;
        private final Writer in;

        Probe(List<String> command, Map<String, String> environment) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            process = builder.start();
            out = process.inputReader(StandardCharsets.UTF_8);
            in = process.outputWriter(StandardCharsets.UTF_8);
            assertThat(out.readLine()).isEqualTo("ready");
        }

        String call(String within) throws IOException {
            in.write(within + "\n");
            in.flush();
            return String.valueOf(out.readLine());
        }

        void end() throws IOException, InterruptedException {
            in.close();
            process.waitFor();
        }
    }
}
