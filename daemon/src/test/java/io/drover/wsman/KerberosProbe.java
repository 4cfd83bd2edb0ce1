package io.drover.wsman;

import com.sun.net.httpserver.HttpExchange;
import io.drover.wsman.WsmanAuthentication.Kerberos;
import io.drover.wsman.WsmanAuthentication.Ticket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/**
 * A process of its own with a session by Kerberos and the host that it talks to, because a JVM reads its Kerberos
 * configuration once. Each line of its input makes one call, and brings one line of output: what came of it.
 *
 * <p>Arguments: the name in the endpoint; {@code keytab PRINCIPAL FILE}, {@code cache FILE},
 * {@code own -}, or {@code system -}; the service's principal
 * and keytab; the store with the host's key; {@code mutual} or {@code silent}, which is a host that keeps its own proof
 * to itself. If a call took other than one request, its line says how many.
 */
final class KerberosProbe {
    private static final String IDENTIFIED = Soap.envelope(
            "",
            "<i:IdentifyResponse xmlns:i=\"" + Wire.IDENTITY
                    + "\"><i:ProductVendor>v</i:ProductVendor></i:IdentifyResponse>");

    /** Whose key the host has; none if the system library finds the key by itself. */
    private final Optional<Subject> service;

    private final boolean silent;
    private volatile String lastClient = "nobody";

    private KerberosProbe(Optional<Subject> service, boolean silent) {
        this.service = service;
        this.silent = silent;
    }

    public static void main(String[] args) throws Exception {
        String name = args[0];
        Ticket ticket = switch (args[1]) {
            case "keytab" -> new Ticket.Keytab(args[2], Path.of(args[3]));
            case "cache" -> new Ticket.Cache(Optional.of(Path.of(args[2])));
            case "own" -> Ticket.ofProcess(false);
            default -> Ticket.ofProcess(true);
        };
        int next = args[1].equals("keytab") ? 4 : 3;
        TlsFiles tls = TlsFiles.load(Path.of(args[next + 2]));
        Optional<Subject> service = ticket instanceof Ticket.OfSystem || Boolean.getBoolean(Jgss.NATIVE)
                ? Optional.empty()
                : Optional.of(acceptor(args[next], args[next + 1]));
        KerberosProbe probe = new KerberosProbe(service, args[next + 3].equals("silent"));
        try (ScriptedHost host = ScriptedHost.overHttps(tls.having(Optional.empty()), false);
                WsmanSession session = WsmanSession.of(WsmanSettings.of(
                        URI.create("https://" + name + ":" + host.port() + "/wsman"),
                        Kerberos.with(ticket),
                        tls.trusting()))) {
            System.out.println("ready");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                while (host.left() < 2) {
                    host.then(probe::answer);
                }
                int before = host.requests.size();
                String came = probe.call(session, Duration.parse(line));
                int requests = host.requests.size() - before;
                System.out.println(requests == 1 || !came.startsWith("OK") ? came : came + " requests=" + requests);
            }
        }
        System.exit(0);
    }

    private String call(WsmanSession session, Duration within) {
        try {
            session.identify(within);
            return "OK " + lastClient;
        } catch (CimException e) {
            return e.kind() + " " + e.kerberosCode().orElse(-1) + " "
                    + e.remedy().isPresent() + " " + e.getMessage();
        }
    }

    private void answer(HttpExchange exchange, String request) throws IOException {
        String header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        try {
            byte[] token = Base64.getDecoder().decode(header.substring("Negotiate ".length()));
            byte[] reply = service.isEmpty()
                    ? accept(token)
                    : Subject.doAs(service.get(), (PrivilegedExceptionAction<byte[]>) () -> accept(token));
            if (!silent) {
                exchange.getResponseHeaders()
                        .set(
                                "WWW-Authenticate",
                                "Negotiate " + Base64.getEncoder().encodeToString(reply));
            }
            ScriptedHost.respond(exchange, 200, IDENTIFIED);
        } catch (PrivilegedActionException | GSSException e) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Negotiate");
            ScriptedHost.respond(exchange, 401, "");
        }
    }

    private byte[] accept(byte[] token) throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        GSSCredential credential = manager.createCredential(
                null, GSSCredential.INDEFINITE_LIFETIME, new Oid("1.3.6.1.5.5.2"), GSSCredential.ACCEPT_ONLY);
        GSSContext context = manager.createContext(credential);
        byte[] reply = context.acceptSecContext(token, 0, token.length);
        lastClient = context.getSrcName() + " mutual=" + context.getMutualAuthState();
        return reply;
    }

    private static Subject acceptor(String principal, String keytab) throws LoginException {
        Map<String, String> options = new HashMap<>(
                Map.of("useKeyTab", "true", "keyTab", keytab, "principal", principal, "doNotPrompt", "true"));
        options.putAll(Map.of("storeKey", "true", "isInitiator", "false"));
        AppConfigurationEntry entry = new AppConfigurationEntry(
                "com.sun.security.auth.module.Krb5LoginModule",
                AppConfigurationEntry.LoginModuleControlFlag.REQUIRED,
                options);
        LoginContext login = new LoginContext("service", new Subject(), null, new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {entry};
            }
        });
        login.login();
        return login.getSubject();
    }
}
