package io.drover.wsman;

import io.drover.answer.Words;
import io.drover.wsman.CimException.Kind;
import java.lang.reflect.InvocationTargetException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSException;

/**
 * What kind of failure JGSS reports. Its own exceptions carry hardly more than "failure": the error code of RFC 4120 is
 * in their cause, {@code sun.security.krb5.KrbException}, in {@code returnCode()}. That package is not exported, so
 * that the method can be called only in a process started with
 * {@code --add-exports java.security.jgss/sun.security.krb5=ALL-UNNAMED}. In any other the number is read from where
 * {@code KrbException.getMessage} puts it: the text of the code, then the number in parentheses, then the rest. The JDK
 * does not translate these texts, and only the number is used. KerberosTest has both ways, against a real KDC.
 *
 * <p>With the system's tickets (native JGSS) there is no code to be had: the JDK's bridge to SSPI drops the status of
 * Windows and reports a bare failure, and the library of MIT renumbers its codes behind SPNEGO. What is left there is
 * the major status, which tells a missing ticket from all else, and the advice to ask the system itself.
 */
final class KerberosFailures {
    private static final String KRB_EXCEPTION = "sun.security.krb5.KrbException";
    private static final Pattern CODE = Pattern.compile("\\((\\d{1,3})\\)");

    private static final Map<Long, Kind> KINDS = Map.ofEntries(
            Map.entry(6L, Kind.KERBEROS_NO_CREDENTIALS), // client unknown
            Map.entry(7L, Kind.KERBEROS_WRONG_SERVICE), // server unknown
            Map.entry(24L, Kind.KERBEROS_WRONG_KEY), // pre-authentication failed
            Map.entry(29L, Kind.KERBEROS_KDC_UNREACHABLE), // a service is unavailable
            Map.entry(31L, Kind.KERBEROS_WRONG_KEY), // integrity check failed
            Map.entry(32L, Kind.KERBEROS_TICKET_EXPIRED),
            Map.entry(33L, Kind.KERBEROS_CLOCK_SKEW), // ticket not yet valid
            Map.entry(37L, Kind.KERBEROS_CLOCK_SKEW),
            Map.entry(41L, Kind.KERBEROS_WRONG_SERVICE), // the host could not decrypt
            Map.entry(44L, Kind.KERBEROS_WRONG_SERVICE), // the host has another version of the key
            Map.entry(45L, Kind.KERBEROS_WRONG_SERVICE)); // the host has no key

    private KerberosFailures() {}

    static CimException of(String service, Throwable failure) {
        OptionalLong code = code(failure);
        Kind kind = code.isPresent() ? KINDS.getOrDefault(code.getAsLong(), Kind.KERBEROS_OTHER) : withoutCode(failure);
        CimException.Builder builder = failed(kind, service, failure);
        code.ifPresent(builder::kerberosCode);
        return builder.build();
    }

    static CimException expired(String service, LoginException failure) {
        CimException known = of(service, failure);
        return known.kind() == Kind.KERBEROS_NO_CREDENTIALS
                        && known.kerberosCode().isEmpty()
                ? failed(Kind.KERBEROS_TICKET_EXPIRED, service, failure).build()
                : known;
    }

    static CimException silence(String service, Duration within, Throwable failure) {
        return CimException.of(
                        Kind.KERBEROS_KDC_UNREACHABLE, "Kerberos for " + service + ": no ticket within " + within)
                .remedy(remedy(Kind.KERBEROS_KDC_UNREACHABLE, service))
                .cause(failure)
                .build();
    }

    static CimException unproven(String service) {
        return CimException.of(
                        Kind.KERBEROS_OTHER,
                        "Kerberos for " + service + ": the host has not proven that it has the key")
                .outcomeUnknown(true)
                .remedy("expected: a token for mutual authentication in the answer")
                .build();
    }

    private static CimException.Builder failed(Kind kind, String service, Throwable failure) {
        return CimException.of(kind, "Kerberos for " + service + ": " + Words.of(text(failure)) + minor(failure))
                .remedy(remedy(kind, service))
                .cause(failure);
    }

    private static String text(Throwable failure) {
        Throwable last = failure;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
    }

    /** The code of a system's library, which nobody can look up in its text. */
    private static String minor(Throwable failure) {
        return failure instanceof GSSException gss && gss.getMinor() != 0 && gss.getMinor() != -1
                ? ", minor status " + gss.getMinor()
                : "";
    }

    private static String remedy(Kind kind, String service) {
        return switch (kind) {
            case KERBEROS_NO_CREDENTIALS ->
                "expected: a keytab with a key of an account that the KDC knows, or a cache with a"
                        + " ticket that has not expired (a file: Java reads no caches of other types)";
            case KERBEROS_WRONG_KEY -> "expected: the account's present key; export the keytab again";
            case KERBEROS_TICKET_EXPIRED -> "expected: a ticket that is renewed in time; see to who fills the cache";
            case KERBEROS_WRONG_SERVICE ->
                "expected: the service " + service
                        + " at the host's own account and at no other; see setspn -L and setspn -X";
            case KERBEROS_CLOCK_SKEW -> "expected: clocks within 5 minutes of each other; see to time synchronisation";
            case KERBEROS_KDC_UNREACHABLE -> "expected: a KDC that answers on port 88; see krb5.conf or DNS";
            default ->
                "expected: a ticket for " + service + "; as the same account, klist get (Windows) or kvno says what is"
                        + " wrong";
        };
    }

    /** Without a code it is the type of the exception that tells. */
    private static Kind withoutCode(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SocketException
                    || each instanceof SocketTimeoutException
                    || each instanceof UnknownHostException) {
                return Kind.KERBEROS_KDC_UNREACHABLE;
            }
        }
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (isKrbException(each)) {
                return Kind.KERBEROS_OTHER;
            }
        }
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof GSSException gss && gss.getMajor() == GSSException.CREDENTIALS_EXPIRED) {
                return Kind.KERBEROS_TICKET_EXPIRED;
            }
            if (each instanceof LoginException
                    || (each instanceof GSSException gss && gss.getMajor() == GSSException.NO_CRED)) {
                return Kind.KERBEROS_NO_CREDENTIALS;
            }
        }
        return Kind.KERBEROS_OTHER;
    }

    private static OptionalLong code(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            OptionalLong code = isKrbException(each) ? returnCode(each) : OptionalLong.empty();
            if (code.isPresent()) {
                return code;
            }
        }
        return OptionalLong.empty();
    }

    private static boolean isKrbException(Throwable failure) {
        for (Class<?> each = failure.getClass(); each != null; each = each.getSuperclass()) {
            if (each.getName().equals(KRB_EXCEPTION)) {
                return true;
            }
        }
        return false;
    }

    private static OptionalLong returnCode(Throwable krbException) {
        try {
            Object code = krbException.getClass().getMethod("returnCode").invoke(krbException);
            return code instanceof Integer number && number != 0 ? OptionalLong.of(number) : OptionalLong.empty();
        } catch (IllegalAccessException | NoSuchMethodException | InvocationTargetException e) {
            return written(krbException);
        }
    }

    private static OptionalLong written(Throwable krbException) {
        String message = krbException.getMessage() == null ? "" : krbException.getMessage();
        Matcher code = CODE.matcher(message);
        return code.find() ? OptionalLong.of(Long.parseLong(code.group(1))) : OptionalLong.empty();
    }
}
