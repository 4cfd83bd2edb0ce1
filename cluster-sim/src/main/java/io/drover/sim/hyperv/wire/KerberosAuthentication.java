package io.drover.sim.hyperv.wire;

import com.sun.net.httpserver.HttpExchange;
import java.nio.file.Path;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;

/** Negotiate, with Kerberos behind it: takes tickets for any of the names that a keytab has. */
public final class KerberosAuthentication implements Authentication {
    private static final String SCHEME = "Negotiate";

    private final Subject subject;

    /**
     * With the keys of the hosts.
     *
     * @throws IllegalArgumentException if the file has none
     */
    public KerberosAuthentication(Path keytab) {
        Map<String, String> options = Map.of(
                "useKeyTab", "true",
                "keyTab", keytab.toAbsolutePath().toString(),
                "principal", "*",
                "storeKey", "true",
                "doNotPrompt", "true",
                "isInitiator", "false");
        AppConfigurationEntry entry = new AppConfigurationEntry(
                "com.sun.security.auth.module.Krb5LoginModule", LoginModuleControlFlag.REQUIRED, options);
        try {
            LoginContext login = new LoginContext("hosts", new Subject(), null, new Configuration() {
                @Override
                public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                    return new AppConfigurationEntry[] {entry};
                }
            });
            login.login();
            subject = login.getSubject();
        } catch (LoginException e) {
            throw new IllegalArgumentException("keytab " + keytab + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isGood(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (given == null || !given.startsWith(SCHEME + " ")) {
            return false;
        }
        try {
            byte[] token = Base64.getDecoder().decode(given.substring(SCHEME.length()).strip());
            byte[] answer = Subject.doAs(subject, (PrivilegedExceptionAction<byte[]>) () -> accept(token));
            if (answer.length > 0) {
                exchange.getResponseHeaders()
                        .add("WWW-Authenticate", SCHEME + " " + Base64.getEncoder().encodeToString(answer));
            }
            return true;
        } catch (PrivilegedActionException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Kerberos needs one message each way. */
    private static byte[] accept(byte[] token) throws GSSException {
        GSSManager manager = GSSManager.getInstance();
        GSSContext context = manager.createContext((GSSCredential) null);
        try {
            byte[] answer = context.acceptSecContext(token, 0, token.length);
            if (!context.isEstablished()) {
                throw new GSSException(GSSException.FAILURE);
            }
            return answer == null ? new byte[0] : answer;
        } finally {
            context.dispose();
        }
    }

    @Override
    public List<String> challenges() {
        return List.of(SCHEME);
    }
}
