package io.drover.wsman;

import io.drover.answer.Words;
import io.drover.wsman.CimException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What kind of failure a host reports. WMI's own code is believed first, being the nearest to the cause; then that of
 * WS-Management (the numbers of {@code wsmerror.h}), then the name of the SOAP fault. No word of a text counts.
 */
final class Faults {
    private static final Map<Long, Kind> WMI = Map.ofEntries(
            Map.entry(0x80041002L, Kind.NOT_FOUND),
            Map.entry(0x80041003L, Kind.ACCESS_DENIED),
            Map.entry(0x80041062L, Kind.ACCESS_DENIED), // privilege not held
            Map.entry(0x80070005L, Kind.ACCESS_DENIED),
            Map.entry(0x8004100EL, Kind.INVALID_NAMESPACE),
            Map.entry(0x80041010L, Kind.INVALID_NAMESPACE), // no such class
            Map.entry(0x80041008L, Kind.SCHEMA_VALIDATION), // invalid parameter
            Map.entry(0x8004102FL, Kind.SCHEMA_VALIDATION), // invalid parameter of a method
            Map.entry(0x80041017L, Kind.SCHEMA_VALIDATION), // invalid query
            Map.entry(0x8004103AL, Kind.INVALID_SELECTORS), // invalid object path
            Map.entry(0x80041069L, Kind.TIMED_OUT),
            Map.entry(0x8004106CL, Kind.QUOTA_LIMIT));

    private static final Map<Long, Kind> WSMAN = codes(Map.ofEntries(
            Map.entry(Kind.ACCESS_DENIED, List.of(5L, 0x80070005L)),
            Map.entry(Kind.UNAUTHORIZED, List.of(2150858806L)),
            Map.entry(
                    Kind.INVALID_SELECTORS,
                    List.of(
                            2150858813L,
                            2150858842L,
                            2150858843L,
                            2150858844L,
                            2150858845L,
                            2150858846L,
                            2150858847L,
                            2150859016L,
                            2150859032L)),
            Map.entry(Kind.TIMED_OUT, List.of(2150858793L, 2150859046L, 2150859228L)),
            Map.entry(
                    Kind.SCHEMA_VALIDATION,
                    List.of(
                            2150858791L,
                            2150858810L,
                            2150858817L,
                            2150858819L,
                            2150858836L,
                            2150858837L,
                            2150858838L,
                            2150858839L,
                            2150858840L,
                            2150858841L,
                            2150858860L,
                            2150859002L,
                            2150859003L,
                            2150859037L,
                            2150859038L)),
            Map.entry(Kind.NOT_FOUND, List.of(2150858752L)),
            // The filter's class or namespace does not exist: what a host without Hyper-V answers.
            Map.entry(Kind.INVALID_NAMESPACE, List.of(2150858778L, 2150858811L)),
            Map.entry(
                    Kind.QUOTA_LIMIT,
                    List.of(
                            2150858802L,
                            2150858815L,
                            2150859173L,
                            2150859174L,
                            2150859175L,
                            2150859176L,
                            2150859179L,
                            2150859236L,
                            2150859237L,
                            2150859238L,
                            2150859239L,
                            2150859240L,
                            2150859241L,
                            2150859242L)),
            Map.entry(Kind.ENCODING_LIMIT, List.of(2150858790L, 2150858805L, 2150858823L, 2150858824L, 2150858825L)),
            Map.entry(Kind.ENUMERATION_EXPIRED, List.of(2150858759L, 2150858779L, 2150858780L, 2150858884L))));

    private static final Map<String, Kind> SUBCODES = Map.ofEntries(
            Map.entry("AccessDenied", Kind.ACCESS_DENIED),
            Map.entry("InvalidSelectors", Kind.INVALID_SELECTORS),
            Map.entry("TimedOut", Kind.TIMED_OUT),
            Map.entry("SchemaValidationError", Kind.SCHEMA_VALIDATION),
            Map.entry("InvalidParameter", Kind.SCHEMA_VALIDATION),
            Map.entry("UnsupportedFeature", Kind.SCHEMA_VALIDATION),
            Map.entry("CannotProcessFilter", Kind.SCHEMA_VALIDATION),
            Map.entry("DestinationUnreachable", Kind.NOT_FOUND),
            Map.entry("InvalidNamespace", Kind.INVALID_NAMESPACE),
            Map.entry("QuotaLimit", Kind.QUOTA_LIMIT),
            Map.entry("Concurrency", Kind.QUOTA_LIMIT),
            Map.entry("EncodingLimit", Kind.ENCODING_LIMIT),
            Map.entry("InvalidEnumerationContext", Kind.ENUMERATION_EXPIRED),
            Map.entry("InternalError", Kind.INTERNAL_ERROR));

    /** Of an action these say that it may have been done, or may yet be. */
    private static final Set<Kind> SAY_NOTHING_OF_THE_OUTCOME =
            Set.of(Kind.TIMED_OUT, Kind.INTERNAL_ERROR, Kind.ENCODING_LIMIT, Kind.PROTOCOL);

    private Faults() {}

    private static Map<Long, Kind> codes(Map<Kind, List<Long>> kinds) {
        Map<Long, Kind> codes = new HashMap<>();
        kinds.forEach((kind, numbers) -> numbers.forEach(each -> codes.put(each, kind)));
        return Map.copyOf(codes);
    }

    /** The fault in an envelope's body, if that is what it holds. */
    static Optional<CimException> in(XmlElement body, String what) {
        return body.child(Wire.SOAP, "Fault").map(fault -> read(fault, what));
    }

    private static CimException read(XmlElement fault, String what) {
        Optional<XmlElement> detail = fault.child(Wire.SOAP, "Detail");
        OptionalLong wsman =
                detail.flatMap(Faults::wsmanCode).map(OptionalLong::of).orElseGet(OptionalLong::empty);
        OptionalLong wmi = detail.flatMap(each -> each.anywhere("error_Code"))
                .flatMap(each -> unsigned(each.text()))
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
        String subcode = subcode(fault);
        Kind kind = kind(wmi, wsman, subcode);
        CimException.Builder builder = CimException.of(kind, what + ": " + kind + faultName(subcode))
                .outcomeUnknown(SAY_NOTHING_OF_THE_OUTCOME.contains(kind))
                .evidence(evidence(fault));
        wsman.ifPresent(builder::wsmanCode);
        wmi.ifPresent(builder::wmiCode);
        remedy(kind).ifPresent(builder::remedy);
        return builder.build();
    }

    private static String faultName(String subcode) {
        return subcode.isEmpty() ? "" : ", fault " + Words.of(subcode);
    }

    private static Kind kind(OptionalLong wmi, OptionalLong wsman, String subcode) {
        if (wmi.isPresent() && WMI.containsKey(wmi.getAsLong())) {
            return WMI.get(wmi.getAsLong());
        }
        if (wsman.isPresent() && WSMAN.containsKey(wsman.getAsLong())) {
            return WSMAN.get(wsman.getAsLong());
        }
        return SUBCODES.getOrDefault(subcode, Kind.INTERNAL_ERROR);
    }

    private static Optional<Long> wsmanCode(XmlElement detail) {
        return detail.anywhere("WSManFault")
                .flatMap(each -> each.attribute("", "Code"))
                .flatMap(Faults::unsigned);
    }

    /** The innermost subcode, without its prefix. */
    private static String subcode(XmlElement fault) {
        Optional<XmlElement> at = fault.child(Wire.SOAP, "Code").flatMap(each -> each.child(Wire.SOAP, "Subcode"));
        String value = "";
        while (at.isPresent()) {
            value = at.get()
                    .child(Wire.SOAP, "Value")
                    .map(each -> each.text().strip())
                    .orElse(value);
            at = at.get().child(Wire.SOAP, "Subcode");
        }
        return value.substring(value.indexOf(':') + 1);
    }

    private static String evidence(XmlElement fault) {
        Optional<String> reason = fault.child(Wire.SOAP, "Reason")
                .flatMap(each -> each.child(Wire.SOAP, "Text"))
                .map(XmlElement::text);
        Optional<String> message = fault.anywhere("error_Message").map(XmlElement::text);
        return message.filter(each -> !each.isBlank()).or(() -> reason).orElse("");
    }

    /** Codes are written as numbers of 32 bits, by some with a sign. */
    private static Optional<Long> unsigned(String text) {
        try {
            return Optional.of(Long.parseLong(text.strip()) & 0xFFFFFFFFL);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> remedy(Kind kind) {
        return switch (kind) {
            case ACCESS_DENIED -> Optional.of("expected: an account in the host's group Administrators");
            case INVALID_NAMESPACE -> Optional.of("expected: a host with this role installed");
            case QUOTA_LIMIT -> Optional.of("expected: fewer calls at a time, or larger quotas in winrm/config");
            case ENCODING_LIMIT ->
                Optional.of("expected: fewer rows at a time, or a larger MaxEnvelopeSizekb in winrm/config");
            default -> Optional.empty();
        };
    }
}
