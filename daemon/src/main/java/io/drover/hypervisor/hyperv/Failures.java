package io.drover.hypervisor.hyperv;

import static java.util.Map.entry;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.Objection;
import io.drover.model.Severity;
import io.drover.wsman.CimException;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimResult;
import io.drover.wsman.InstanceText;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the problem behind a number: HRESULT, MessageID, return value, or what the protocol says. */
final class Failures {
    /** Hosts write the HRESULT as digits into their messages, whatever the language. */
    private static final Pattern HRESULT = Pattern.compile("0x([89A-Fa-f][0-9A-Fa-f]{7})(?![0-9A-Fa-f])");

    private static final int HEX = 16;
    private static final int EVIDENCE_MAX = 400;

    private static final Map<Long, HypervProblem> BY_HRESULT = Map.ofEntries(
            entry(0x8009030EL, HypervProblem.AUTH_DELEGATION),
            entry(0x8009030DL, HypervProblem.AUTH_DELEGATION),
            entry(0x80090322L, HypervProblem.AUTH_SPN),
            entry(0x80070005L, HypervProblem.ACCESS_DENIED),
            entry(0x80070569L, HypervProblem.HOST_POLICY),
            entry(0x80070534L, HypervProblem.HOST_POLICY),
            entry(0x8007274CL, HypervProblem.NETWORK),
            entry(0x8007274DL, HypervProblem.NETWORK),
            entry(0x80072746L, HypervProblem.NETWORK),
            entry(0x8007271DL, HypervProblem.NETWORK),
            entry(0x8007000EL, HypervProblem.NO_RESOURCES),
            entry(0x800705AAL, HypervProblem.NO_RESOURCES),
            entry(0x800705B4L, HypervProblem.TIMEOUT),
            entry(0xC03A0014L, HypervProblem.ATTACHMENT),
            entry(0xC0370027L, HypervProblem.SAVED_STATE),
            entry(0x80048054L, HypervProblem.STORAGE),
            entry(0x80070002L, HypervProblem.STORAGE),
            entry(0x80070003L, HypervProblem.STORAGE),
            entry(0x80070020L, HypervProblem.STORAGE_LOCKED),
            entry(0x80070021L, HypervProblem.STORAGE_LOCKED),
            entry(0x80070050L, HypervProblem.ALREADY_THERE),
            entry(0x8004100EL, HypervProblem.NOT_HYPERV),
            entry(0x800706BAL, HypervProblem.UNREACHABLE),
            entry(0x80041002L, HypervProblem.NOT_FOUND));

    private static final Map<String, HypervProblem> BY_MESSAGE = Map.of(
            "33012", HypervProblem.INCOMPATIBLE_SWITCH,
            "40004", HypervProblem.SAVED_STATE,
            "40010", HypervProblem.STORAGE,
            "20413", HypervProblem.STORAGE,
            "20417", HypervProblem.LONG_BLACKOUT,
            "10698", HypervProblem.INCOMPATIBLE_VERSION,
            "16430", HypervProblem.ALREADY_THERE);

    /** Events that come with every failed move. Most causes have an HRESULT or a number of their own; these have none. */
    private static final Map<String, HypervProblem> BY_EVENT_OF_MOVE =
            Map.of("21501", HypervProblem.BUSY_RETRY, "21502", HypervProblem.INCOMPATIBLE_CPU);

    private static final long LEAST_CODE = 32768;

    private static final Map<Long, HypervProblem> BY_RETURN = Map.ofEntries(
            entry(1L, HypervProblem.UNSUPPORTED),
            entry(3L, HypervProblem.TIMEOUT),
            entry(4L, HypervProblem.INVALID_CALL),
            entry(5L, HypervProblem.INVALID_STATE),
            entry(32769L, HypervProblem.ACCESS_DENIED),
            entry(32770L, HypervProblem.UNSUPPORTED),
            entry(32772L, HypervProblem.TIMEOUT),
            entry(32773L, HypervProblem.INVALID_CALL),
            entry(32774L, HypervProblem.INVALID_STATE),
            entry(32775L, HypervProblem.INVALID_STATE),
            entry(32776L, HypervProblem.INVALID_CALL),
            entry(32777L, HypervProblem.NOT_FOUND),
            entry(32778L, HypervProblem.NO_RESOURCES),
            entry(32779L, HypervProblem.STORAGE_LOCKED),
            entry(32784L, HypervProblem.INCOMPATIBLE_CPU));

    /** Of a call that fails so, nothing has been done. */
    private static final Set<CimException.Kind> REFUSALS = EnumSet.of(
            CimException.Kind.NOT_FOUND,
            CimException.Kind.ACCESS_DENIED,
            CimException.Kind.INVALID_SELECTORS,
            CimException.Kind.SCHEMA_VALIDATION,
            CimException.Kind.INVALID_NAMESPACE);

    private Failures() {}

    /**
     * One Msvm_Error of a host.
     *
     * @param messageId number of the message or event; empty if the host gave none
     * @param text in the host's language, for people only
     */
    record HostError(String messageId, String text) {
        /** Reads what GetErrorEx returned. Texts that make no sense are kept as evidence. */
        static List<HostError> parse(List<String> instances) {
            List<HostError> all = new ArrayList<>();
            for (String each : instances) {
                try {
                    var error = InstanceText.parse(each).instance(CimNamespace.VIRTUALIZATION);
                    all.add(new HostError(
                            error.text("MessageID").orElse(""),
                            error.text("Message").orElse("")));
                } catch (CimException | IllegalArgumentException e) {
                    all.add(new HostError("", each));
                }
            }
            return all;
        }

        private Optional<HypervProblem> byHresult() {
            Matcher codes = HRESULT.matcher(text);
            while (codes.find()) {
                HypervProblem known = BY_HRESULT.get(Long.parseLong(codes.group(1), HEX));
                if (known != null) {
                    return Optional.of(known);
                }
            }
            return Optional.empty();
        }

        /** An event of a move with a code that is not known says nothing about its cause. */
        private Optional<HypervProblem> byEventOfMove() {
            return HRESULT.matcher(text).find()
                    ? Optional.empty()
                    : Optional.ofNullable(BY_EVENT_OF_MOVE.get(messageId));
        }
    }

    /** The problem behind errors: the most particular number that is known, and a warning only if there is nothing else. */
    static HypervProblem of(List<HostError> errors) {
        return first(errors, HostError::byHresult)
                .or(() -> first(errors, each -> byMessage(each).filter(known -> known != HypervProblem.LONG_BLACKOUT)))
                .or(() -> first(errors, HostError::byEventOfMove))
                .or(() -> first(errors, Failures::byMessage))
                .or(() -> first(errors, Failures::byCodeOfJob))
                .orElse(HypervProblem.UNKNOWN);
    }

    private static Optional<HypervProblem> first(
            List<HostError> errors, Function<HostError, Optional<HypervProblem>> how) {
        return errors.stream().flatMap(each -> how.apply(each).stream()).findFirst();
    }

    /** The ErrorCode of a job may be what a method would have returned; small ones would be taken for other numbers. */
    private static Optional<HypervProblem> byCodeOfJob(HostError error) {
        return BY_RETURN.entrySet().stream()
                .filter(each -> each.getKey() >= LEAST_CODE
                        && error.messageId().equals(each.getKey().toString()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static Optional<HypervProblem> byMessage(HostError error) {
        return Optional.ofNullable(BY_MESSAGE.get(error.messageId()));
    }

    /**
     * Whether the host may have done, or may yet do, what failed: no answer came, or what was begun has not ended. Then
     * only a look tells.
     */
    static boolean isUndecided(HypervisorException failure) {
        boolean isLost = failure.getCause() instanceof CimException call && !REFUSALS.contains(call.kind());
        return isLost || failure.getCause() instanceof TimeoutException;
    }

    /** The problem behind a method's return value. */
    static HypervProblem ofReturn(long value) {
        return BY_RETURN.getOrDefault(value, HypervProblem.UNKNOWN);
    }

    /** The problem behind a call that brought no answer. */
    static HypervProblem of(CimException failure) {
        if (failure.wmiCode().isPresent()) {
            HypervProblem known = BY_HRESULT.get(failure.wmiCode().getAsLong());
            if (known != null) {
                return known;
            }
        }
        return switch (failure.kind()) {
            case ACCESS_DENIED,
                    UNAUTHORIZED,
                    KERBEROS_NO_CREDENTIALS,
                    KERBEROS_WRONG_KEY,
                    KERBEROS_TICKET_EXPIRED,
                    KERBEROS_CLOCK_SKEW,
                    KERBEROS_OTHER -> HypervProblem.ACCESS_DENIED;
            case KERBEROS_WRONG_SERVICE -> HypervProblem.AUTH_SPN;
            case INVALID_SELECTORS, SCHEMA_VALIDATION, PROTOCOL, ENCODING_LIMIT -> HypervProblem.INVALID_CALL;
            case TIMED_OUT -> HypervProblem.TIMEOUT;
            case NOT_FOUND -> HypervProblem.NOT_FOUND;
            case INVALID_NAMESPACE -> HypervProblem.NOT_HYPERV;
            case QUOTA_LIMIT,
                    ENUMERATION_EXPIRED,
                    INTERNAL_ERROR,
                    TRANSPORT,
                    TLS,
                    BUSY,
                    CANCELLED,
                    KERBEROS_KDC_UNREACHABLE -> HypervProblem.UNREACHABLE;
        };
    }

    static HypervisorException exception(String what, HypervProblem problem, String evidence) {
        return new HypervisorException(problem.kind(), what + ": " + text(problem, evidence), problem.remedy());
    }

    private static String text(HypervProblem problem, String evidence) {
        String shown = evidence.length() > EVIDENCE_MAX ? evidence.substring(0, EVIDENCE_MAX) : evidence;
        return problem.cause() + (shown.isBlank() ? "" : "; the host says: " + shown.strip());
    }

    /** A problem that a move would have, as a host says. */
    static Objection objection(HypervProblem problem, String evidence) {
        return new Objection(problem.name(), text(problem, evidence), problem.remedy(), severity(problem));
    }

    /**
     * A problem that a move would have, as was found out without the host's word.
     *
     * @param figures may be empty
     */
    static Objection finding(HypervProblem problem, String figures) {
        String text = problem.cause() + (figures.isEmpty() ? "" : ": " + figures);
        return new Objection(problem.name(), text, problem.remedy(), severity(problem));
    }

    /** A host that only has too much to do now is no reason not to try. */
    private static Severity severity(HypervProblem problem) {
        return problem == HypervProblem.BUSY_RETRY ? Severity.WARNING : Severity.ERROR;
    }

    /** What a host has to say of a move that it would make. */
    static Objection remark(HostError error) {
        HypervProblem problem = of(List.of(error));
        return new Objection(problem.name(), text(problem, error.text()), problem.remedy(), Severity.WARNING);
    }

    static HypervisorException exception(String what, List<HostError> errors) {
        String evidence = errors.isEmpty() ? "" : errors.get(0).text();
        return exception(what, of(errors), evidence);
    }

    /** Of a call whose return value means that it was not done. */
    static HypervisorException exception(String what, CimResult result) {
        return exception(what, ofReturn(result.returnValue()), "return value " + result.returnValue());
    }

    static HypervisorException exception(String what, CimException failure) {
        HypervProblem problem = of(failure);
        return new HypervisorException(
                problem.kind(),
                what + ": " + failure.getMessage(),
                failure.remedy().orElse(problem.remedy()),
                failure);
    }
}
