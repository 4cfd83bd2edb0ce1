package io.drover.wsman;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** How a session proves who asks. */
public sealed interface WsmanAuthentication {
    /**
     * Kerberos in SPNEGO, over HTTPS, for the service {@code HTTP/<host>}; the host must be a name, not an address.
     *
     * @param ticket where the ticket comes from
     * @param mutual whether an answer counts only if the host has proven in it that it knows the service's key. TLS has
     *     shown by then who the host is; without it nothing is lost but the second proof
     */
    record Kerberos(Ticket ticket, boolean mutual) implements WsmanAuthentication {
        /** Kerberos with proof from both sides. */
        public static Kerberos with(Ticket ticket) {
            return new Kerberos(ticket, true);
        }
    }

    /** Where a ticket comes from. */
    sealed interface Ticket {
        /**
         * The tickets of the account that the process runs as: on Windows those that the system keeps, which Java can
         * reach only through it; elsewhere those in the usual cache, where {@code kinit} puts them.
         */
        static Ticket ofProcess(boolean isWindows) {
            return isWindows ? new OfSystem() : new Cache(Optional.empty());
        }

        /**
         * The system's own tickets: on Windows those of the account that the process runs as, by SSPI. The first session
         * of a process that makes a call decides for the process: one that fetches tickets itself can follow one that has
         * them from the system, but not the other way round.
         */
        record OfSystem() implements Ticket {}

        /**
         * A cache that someone else keeps filled, {@code kinit} for instance.
         *
         * @param file the cache; without one, what KRB5CCNAME names, else the system's usual place
         */
        record Cache(Optional<Path> file) implements Ticket {}

        /**
         * A key of our own, from which tickets are fetched as they are needed.
         *
         * @param principal whose, such as {@code drover@CORP.EXAMPLE}
         * @param file the keytab
         */
        record Keytab(String principal, Path file) implements Ticket {}
    }

    /** The certificate that the session's TLS has. The host must have a mapping of it to an account. */
    record ClientCertificate() implements WsmanAuthentication {}

    /**
     * Name and password in each request. Hosts do not take it unless told to.
     *
     * @param user the account
     * @param password asked for at each request, so that it can change; never kept
     */
    record Basic(String user, Supplier<char[]> password) implements WsmanAuthentication {
        @Override
        public String toString() {
            return "Basic[user=" + user + "]";
        }
    }
}
