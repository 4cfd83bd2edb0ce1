package io.drover.wsman;

import io.drover.wsman.CimException.Kind;
import java.net.http.HttpHeaders;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javax.security.auth.Subject;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;

/**
 * Kerberos in SPNEGO by the JDK's JGSS, a token with each request. Tickets are fetched on a thread of its own, because
 * the JDK waits for a silent KDC as long as its own configuration says, and cannot be interrupted in that.
 */
final class KerberosProver implements Prover {
    private static final String SPNEGO = "1.3.6.1.5.5.2";
    private static final int QUEUE_MAX = 64;

    private final WsmanAuthentication.Kerberos settings;
    private final String host;
    private final KerberosLogin login;
    private final ThreadPoolExecutor thread;

    KerberosProver(WsmanAuthentication.Kerberos settings, String host) {
        this.settings = settings;
        this.host = host;
        this.login = new KerberosLogin(settings.ticket(), InstantSource.system());
        this.thread = new ThreadPoolExecutor(
                1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE_MAX), KerberosProver::daemon);
        thread.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable work) {
        Thread daemon = new Thread(work, "wsman-kerberos");
        daemon.setDaemon(true);
        return daemon;
    }

    @Override
    public Proof begin(Deadline deadline) throws InterruptedException {
        Future<Proof> made = submit();
        try {
            return made.get(deadline.remainingNs(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw KerberosFailures.silence(service(), deadline.whole(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CimException failure) {
                throw failure;
            }
            throw KerberosFailures.of(service(), e.getCause() == null ? e : e.getCause());
        } finally {
            made.cancel(false);
        }
    }

    private Future<Proof> submit() {
        try {
            return thread.submit(this::make);
        } catch (RejectedExecutionException e) {
            throw CimException.of(
                            thread.isShutdown() ? Kind.CANCELLED : Kind.BUSY,
                            "Kerberos for " + service() + ": "
                                    + (thread.isShutdown()
                                            ? "the session is closed"
                                            : QUEUE_MAX + " requests are waiting"))
                    .build();
        }
    }

    private Proof make() throws GSSException {
        try {
            if (settings.ticket() instanceof WsmanAuthentication.Ticket.OfSystem) {
                return token(Jgss.ofSystem(service()), () -> false);
            }
            int before = login.logins();
            Subject subject = login.subject();
            int logins = login.logins();
            boolean isHeld = logins == before;
            return Subject.doAs(subject, (PrivilegedExceptionAction<Proof>)
                    () -> token(Jgss.ofJava(new Oid(SPNEGO)), () -> {
                        forget(logins);
                        return isHeld;
                    }));
        } catch (LoginException e) {
            throw login.hasExpired() ? KerberosFailures.expired(service(), e) : KerberosFailures.of(service(), e);
        } catch (PrivilegedActionException e) {
            // What failed may be an old ticket. The next request begins with a new one.
            login.forget();
            throw KerberosFailures.of(service(), e.getCause() == null ? e : e.getCause());
        }
    }

    private Proof token(GSSManager manager, BooleanSupplier isOutdated) throws GSSException {
        Oid mechanism = new Oid(SPNEGO);
        GSSName peer = manager.createName("HTTP@" + host, GSSName.NT_HOSTBASED_SERVICE);
        GSSContext context = manager.createContext(peer, mechanism, null, GSSContext.DEFAULT_LIFETIME);
        try {
            context.requestMutualAuth(settings.mutual());
            context.requestCredDeleg(false);
            byte[] token = context.initSecContext(new byte[0], 0, 0);
            return new Token(context, Base64.getEncoder().encodeToString(token), isOutdated);
        } catch (GSSException e) {
            context.dispose();
            throw e;
        }
    }

    /** Of requests that were refused together one forgets, and the others take what was fetched since. */
    private void forget(int refused) {
        try {
            thread.execute(() -> {
                if (login.logins() == refused) {
                    login.forget();
                }
            });
        } catch (RejectedExecutionException e) {
            // The next attempt says whether the session is closed, or has too much to do.
        }
    }

    private String service() {
        return "HTTP/" + host;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** The token for one request, and what the host's own must fit to. */
    private final class Token implements Proof {
        private final GSSContext context;
        private final String token;
        private final BooleanSupplier isOutdated;

        Token(GSSContext context, String token, BooleanSupplier isOutdated) {
            this.context = context;
            this.token = token;
            this.isOutdated = isOutdated;
        }

        @Override
        public boolean isOutdated() {
            return isOutdated.getAsBoolean();
        }

        @Override
        public String authorization() {
            return "Negotiate " + token;
        }

        @Override
        public void check(int status, HttpHeaders headers) {
            try {
                Optional<byte[]> reply = Prover.token(headers);
                if (reply.isPresent() && !context.isEstablished()) {
                    context.initSecContext(reply.get(), 0, reply.get().length);
                }
                // A 401 without a reason in its token is reported as what it is, by those who know the rest of it.
                if (status != 401 && settings.mutual() && !(context.isEstablished() && context.getMutualAuthState())) {
                    throw KerberosFailures.unproven(service());
                }
            } catch (GSSException e) {
                throw status == 401
                        ? KerberosFailures.of(service(), e)
                        : KerberosFailures.of(service(), e).withOutcomeUnknown();
            }
        }

        @Override
        public void close() {
            try {
                context.dispose();
            } catch (GSSException e) {
                // It is garbage in any case.
            }
        }
    }
}
