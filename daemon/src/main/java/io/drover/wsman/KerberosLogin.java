package io.drover.wsman;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.DestroyFailedException;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;

/**
 * The ticket with which tickets for services are fetched: taken from its source when it is first needed, and again when
 * it has expired. Confined to one thread.
 */
final class KerberosLogin {
    private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

    private final WsmanAuthentication.Ticket source;
    private final InstantSource clock;
    private @Nullable Subject subject;
    private int logins;

    KerberosLogin(WsmanAuthentication.Ticket source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    /**
     * Who asks, with a ticket that is good now.
     *
     * @throws LoginException if there is none to be had
     */
    Subject subject() throws LoginException {
        Subject present = subject;
        if (present != null && hasCurrentTicket(present)) {
            return present;
        }
        forget();
        LoginContext login = new LoginContext("drover-wsman", new Subject(), null, configuration());
        login.login();
        Subject made = login.getSubject();
        subject = made;
        logins++;
        return made;
    }

    /** Whether there is a ticket no more, though there was one: held before, or in the cache. */
    boolean hasExpired() {
        if (logins > 0) {
            return true;
        }
        return source instanceof WsmanAuthentication.Ticket.Cache cache
                && cache.file()
                        .or(TicketCache::usual)
                        .flatMap(TicketCache::end)
                        .filter(end -> !end.isAfter(clock.instant()))
                        .isPresent();
    }

    /** How many logins there have been: as long as it is the same, so are the tickets. */
    int logins() {
        return logins;
    }

    /** Lets go of all tickets, also of those for services. */
    void forget() {
        Subject present = subject;
        subject = null;
        if (present != null) {
            for (KerberosTicket each : present.getPrivateCredentials(KerberosTicket.class)) {
                try {
                    each.destroy();
                } catch (DestroyFailedException e) {
                    // It is garbage in any case.
                }
            }
        }
    }

    private static boolean hasCurrentTicket(Subject subject) {
        return subject.getPrivateCredentials(KerberosTicket.class).stream()
                .anyMatch(each ->
                        !each.isDestroyed() && each.getServer().getName().startsWith("krbtgt/") && each.isCurrent());
    }

    /** Never asks a person: a daemon has none at its terminal. */
    private Configuration configuration() {
        Map<String, String> options = new HashMap<>();
        options.put("doNotPrompt", "true");
        options.put("isInitiator", "true");
        // Otherwise a changed krb5.conf would be read only by the next process.
        options.put("refreshKrb5Config", "true");
        if (source instanceof WsmanAuthentication.Ticket.Keytab keytab) {
            options.put("useKeyTab", "true");
            options.put("keyTab", keytab.file().toString());
            options.put("principal", keytab.principal());
        } else if (source instanceof WsmanAuthentication.Ticket.Cache cache) {
            options.put("useTicketCache", "true");
            cache.file().ifPresent(file -> options.put("ticketCache", file.toString()));
        }
        AppConfigurationEntry entry = new AppConfigurationEntry(MODULE, LoginModuleControlFlag.REQUIRED, options);
        return new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {entry};
            }
        };
    }
}
