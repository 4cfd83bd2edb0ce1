package io.drover.sim.hyperv.wire;

/**
 * A request that is answered with a SOAP fault.
 *
 * <p>Codes are those that Windows gives, as far as they are known from recordings or from other clients' sources; the
 * others are WinRM's own for the kind of error, and nothing should depend on them.
 */
public final class WsmanFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** WBEM_E_NOT_FOUND. */
    static final long NOT_FOUND = 0x80041002L;

    /** WBEM_E_INVALID_METHOD_PARAMETERS. */
    static final long INVALID_METHOD_PARAMETERS = 0x8004102FL;

    /** Clients that look for Hyper-V's older namespace know it by this number. */
    private static final long INVALID_NAMESPACE = 2150858778L;

    private final String reason;
    private final String subcode;
    private final boolean isSenders;
    private final long code;
    private final long wmiError;

    /**
     * A fault.
     *
     * @param subcode with its prefix, {@code w} for WS-Management or {@code a} for addressing
     * @param isSenders whether the sender is to blame
     * @param code of WinRM
     * @param wmiError what WMI said, 0 if it was not asked
     */
    WsmanFault(String subcode, boolean isSenders, long code, long wmiError, String message) {
        super(message);
        this.reason = message;
        this.subcode = subcode;
        this.isSenders = isSenders;
        this.code = code;
        this.wmiError = wmiError;
    }

    /** The message does not fit the schema of what it asks for. */
    static WsmanFault schema(String message) {
        return new WsmanFault("w:SchemaValidationError", true, 2150858817L, 0, message);
    }

    /** A header is missing or wrong. */
    static WsmanFault header(String message) {
        return new WsmanFault("a:MessageInformationHeaderRequired", true, 2150858754L, 0, message);
    }

    /** The keys do not address an object of the class. */
    static WsmanFault selectors(String message) {
        return new WsmanFault("w:InvalidSelectors", true, 2150858843L, 0, message);
    }

    /** No such class or namespace. Of namespaces WMI is not asked: its error has the number of WinRM itself. */
    static WsmanFault noClass(String message, boolean hasNamespace) {
        return new WsmanFault(
                "a:DestinationUnreachable",
                true,
                hasNamespace ? 2150858752L : INVALID_NAMESPACE,
                hasNamespace ? 0x80041010L : INVALID_NAMESPACE,
                message);
    }

    /** No such object. */
    static WsmanFault notFound(String message) {
        return new WsmanFault("a:DestinationUnreachable", true, 2150858752L, NOT_FOUND, message);
    }

    /** A query cannot be run. */
    static WsmanFault filter(String message, long wmiError) {
        return new WsmanFault("w:CannotProcessFilter", true, 2150858756L, wmiError, message);
    }

    /** The method's parameters are not those of an object of the class. */
    static WsmanFault methodParameters(String message) {
        return new WsmanFault("w:InternalError", false, 2150858819L, INVALID_METHOD_PARAMETERS, message);
    }

    /** The operation took longer than the caller, or the host, waits. */
    static WsmanFault timedOut() {
        return new WsmanFault("w:TimedOut", false, 2150858793L, 0, "The operation did not end in time.");
    }

    String reason() {
        return reason;
    }

    String subcode() {
        return subcode;
    }

    boolean isSenders() {
        return isSenders;
    }

    long code() {
        return code;
    }

    long wmiError() {
        return wmiError;
    }
}
