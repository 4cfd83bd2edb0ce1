package io.drover.wsman;

import io.drover.answer.Words;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A call that brought no answer, or a fault as its answer. The kind is decided by numbers and names of the protocols,
 * never by words that a host writes in its own language; those are kept in {@link #evidence} for a person to read.
 */
@SuppressWarnings("serial") // Never written: it holds what is there while the process lives.
public final class CimException extends RuntimeException {
    /** What went wrong, as far as a caller may want to act on it. */
    public enum Kind {
        /** The host knows who asks, and does not let them do this. */
        ACCESS_DENIED,
        /** The host does not accept who asks: HTTP 401, or a credential that was refused. */
        UNAUTHORIZED,
        /** The keys do not fit the class. */
        INVALID_SELECTORS,
        /** The call was not answered within its time, by our clock or by the host's. */
        TIMED_OUT,
        /** The host read the request and it did not fit the method. */
        SCHEMA_VALIDATION,
        /** There is no such object (any more). */
        NOT_FOUND,
        /** There is no such namespace or class; on a host without Hyper-V for instance. */
        INVALID_NAMESPACE,
        /** The host has too much to do for us. */
        QUOTA_LIMIT,
        /** A request or an answer is larger than the host's or the call's limit. */
        ENCODING_LIMIT,
        /** The host's enumeration has been forgotten: it was left alone too long, or the service was restarted. */
        ENUMERATION_EXPIRED,
        /** The host failed in itself, or in a way that has no name here; see the codes. */
        INTERNAL_ERROR,
        /** No connection, or one that broke. */
        TRANSPORT,
        /** The two sides could not agree on TLS, or the host is not the one that it should be. */
        TLS,
        /** The host's answer is not what the protocol says, or larger than this side takes. */
        PROTOCOL,
        /** All connections are in use, for as long as the call could wait. */
        BUSY,
        /** The thread was interrupted, or the session closed. */
        CANCELLED,
        /** Kerberos: no ticket, and nothing to get one with. */
        KERBEROS_NO_CREDENTIALS,
        /** Kerberos: the key or password is not the one that the KDC has. */
        KERBEROS_WRONG_KEY,
        /** Kerberos: the ticket has expired. */
        KERBEROS_TICKET_EXPIRED,
        /** Kerberos: the KDC does not know the service {@code HTTP/<host>}, or the host does not have its key. */
        KERBEROS_WRONG_SERVICE,
        /** Kerberos: the clocks of two machines differ by more than they may. */
        KERBEROS_CLOCK_SKEW,
        /** Kerberos: no KDC answers. */
        KERBEROS_KDC_UNREACHABLE,
        /** Kerberos: anything else; see the code. */
        KERBEROS_OTHER
    }

    private final Kind kind;
    private final boolean outcomeUnknown;
    private final OptionalLong wsmanCode;
    private final OptionalLong wmiCode;
    private final OptionalLong kerberosCode;
    private final Optional<String> evidence;
    private final Optional<String> remedy;

    private CimException(Builder builder, String message) {
        super(message, builder.cause);
        this.kind = builder.kind;
        this.outcomeUnknown = builder.outcomeUnknown;
        this.wsmanCode = builder.wsmanCode;
        this.wmiCode = builder.wmiCode;
        this.kerberosCode = builder.kerberosCode;
        this.evidence = builder.evidence;
        this.remedy = builder.remedy;
    }

    private CimException(CimException known) {
        super(known.getMessage(), known);
        this.kind = known.kind;
        this.outcomeUnknown = true;
        this.wsmanCode = known.wsmanCode;
        this.wmiCode = known.wmiCode;
        this.kerberosCode = known.kerberosCode;
        this.evidence = known.evidence;
        this.remedy = known.remedy;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /**
     * Whether the host may have done what was asked although no answer says so: the request, or a part of it, was sent
     * and what became of it is not known. False means that it has certainly not been done by this call. Only of
     * interest for {@link CimSession#invoke}.
     */
    public boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }

    /** The code of {@code f:WSManFault}, unsigned, such as 2150858778. */
    public OptionalLong wsmanCode() {
        return wsmanCode;
    }

    /** The HRESULT of WMI, unsigned, such as 0x80041002. */
    public OptionalLong wmiCode() {
        return wmiCode;
    }

    /** The error code of Kerberos (RFC 4120, section 7.5.9), such as 37. */
    public OptionalLong kerberosCode() {
        return kerberosCode;
    }

    /** What the host wrote, in whatever language, shortened; for people only. */
    public Optional<String> evidence() {
        return evidence;
    }

    /** What an administrator can do about it. */
    public Optional<String> remedy() {
        return remedy;
    }

    /** A failure of this kind, for those who implement {@link CimSession}, tests too. */
    public static Builder of(Kind kind, String what) {
        return new Builder(kind, what);
    }

    /** The same failure of a call that may have been carried out. */
    CimException withOutcomeUnknown() {
        return outcomeUnknown ? this : new CimException(this);
    }

    static CimException protocol(String what) {
        return of(Kind.PROTOCOL, what).build();
    }

    /** Collects what is known of a failure. */
    public static final class Builder {
        private final Kind kind;
        private final String what;
        private boolean outcomeUnknown;
        private OptionalLong wsmanCode = OptionalLong.empty();
        private OptionalLong wmiCode = OptionalLong.empty();
        private OptionalLong kerberosCode = OptionalLong.empty();
        private Optional<String> evidence = Optional.empty();
        private Optional<String> remedy = Optional.empty();
        private @Nullable Throwable cause;

        private Builder(Kind kind, String what) {
            this.kind = kind;
            this.what = what;
        }

        /** See {@link CimException#isOutcomeUnknown}. */
        public Builder outcomeUnknown(boolean unknown) {
            outcomeUnknown = unknown;
            return this;
        }

        /** See {@link CimException#wsmanCode}. */
        public Builder wsmanCode(long code) {
            wsmanCode = OptionalLong.of(code);
            return this;
        }

        /** See {@link CimException#wmiCode}. */
        public Builder wmiCode(long code) {
            wmiCode = OptionalLong.of(code);
            return this;
        }

        /** See {@link CimException#kerberosCode}. */
        public Builder kerberosCode(long code) {
            kerberosCode = OptionalLong.of(code);
            return this;
        }

        /** See {@link CimException#evidence}. */
        public Builder evidence(String text) {
            evidence = Optional.of(Words.of(text)).filter(each -> !each.isEmpty());
            return this;
        }

        /** See {@link CimException#remedy}. */
        public Builder remedy(String text) {
            remedy = Optional.of(text);
            return this;
        }

        /** What made it fail. */
        public Builder cause(Throwable failure) {
            cause = failure;
            return this;
        }

        /** The exception; its message has all of it in one line. */
        public CimException build() {
            StringBuilder message = new StringBuilder(what);
            wsmanCode.ifPresent(code -> message.append("; WS-Management code ").append(code));
            wmiCode.ifPresent(code -> message.append("; WMI code 0x").append(Long.toHexString(code)));
            kerberosCode.ifPresent(code -> message.append("; Kerberos code ").append(code));
            evidence.ifPresent(text -> message.append("; the host says: ").append(text));
            remedy.ifPresent(text -> message.append(" (").append(text).append(')'));
            return new CimException(this, message.toString());
        }
    }
}
