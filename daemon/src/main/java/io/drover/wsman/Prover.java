package io.drover.wsman;

import java.net.http.HttpHeaders;
import java.util.Base64;
import java.util.Optional;

/** Proves who asks, anew with each request, so that it does not matter which connection a request takes. */
interface Prover {
    /**
     * Prepares the proof for one request. May take its time, but no longer than the deadline.
     *
     * @throws CimException if there is nothing to prove it with
     */
    Proof begin(Deadline deadline) throws InterruptedException;

    /** Lets go of what the proofs are made with. */
    default void close() {}

    /** The proof for one request. */
    interface Proof extends AutoCloseable {
        /** The value of the header {@code Authorization}. */
        String authorization();

        /**
         * Asked when the host refused it, which lets go of what it was made with: whether that was older than the request,
         * so that another proof may be taken.
         */
        default boolean isOutdated() {
            return false;
        }

        /**
         * Looks at the answer's side of it.
         *
         * @throws CimException if the host refused the proof, or did not give its own
         */
        default void check(int status, HttpHeaders headers) {}

        @Override
        default void close() {}
    }

    /** The prover for a way to authenticate. */
    static Prover of(WsmanSettings settings) {
        WsmanAuthentication authentication = settings.authentication();
        if (authentication instanceof WsmanAuthentication.Kerberos kerberos) {
            return new KerberosProver(kerberos, settings.endpoint().getHost());
        }
        if (authentication instanceof WsmanAuthentication.Basic basic) {
            return deadline -> () -> Passwords.basic(basic);
        }
        return deadline -> () -> Wire.MUTUAL_TLS;
    }

    /** The token that a host sends with its answer. */
    static Optional<byte[]> token(HttpHeaders headers) {
        String scheme = "Negotiate ";
        for (String each : headers.allValues("WWW-Authenticate")) {
            if (each.regionMatches(true, 0, scheme, 0, scheme.length())) {
                try {
                    return Optional.of(Base64.getDecoder()
                            .decode(each.substring(scheme.length()).strip()));
                } catch (IllegalArgumentException e) {
                    throw CimException.of(
                                    CimException.Kind.PROTOCOL, "the host's header WWW-Authenticate is not in base64")
                            .cause(e)
                            .build();
                }
            }
        }
        return Optional.empty();
    }
}
