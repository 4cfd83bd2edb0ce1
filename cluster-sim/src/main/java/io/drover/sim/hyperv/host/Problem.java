package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.InstanceText;
import io.drover.sim.hyperv.schema.Schema;

/**
 * Why something failed, as Msvm_Error says it.
 *
 * @param messageId number of the message or event
 * @param hresult code of Windows, 0 if there is none
 * @param text in the host's language
 */
record Problem(String messageId, long hresult, String text) {
    static final long ACCESS_DENIED = 0x80070005L;
    static final long FILE_NOT_FOUND = 0x80070002L;
    static final long PATH_NOT_FOUND = 0x80070003L;
    static final long SHARING_VIOLATION = 0x80070020L;
    static final long NOT_ENOUGH_MEMORY = 0x8007000EL;
    static final long NO_CREDENTIALS = 0x8009030EL;
    static final long CONNECTION_TIMED_OUT = 0x8007274CL;
    static final long CONNECTION_RESET = 0x80072746L;
    static final long RPC_UNAVAILABLE = 0x800706BAL;

    static Problem of(String messageId, long hresult, String text) {
        return new Problem(messageId, hresult, text);
    }

    /** The whole message, with the code as hosts write it. */
    String message() {
        return hresult == 0
                ? text
                : text + " (0x" + Long.toHexString(hresult).toUpperCase(java.util.Locale.ROOT) + ").";
    }

    /** As text of an Msvm_Error. */
    String instance(Schema schema, String host) {
        return InstanceText.format(new CimObject(schema.get(Schema.VIRTUALIZATION, "Msvm_Error"))
                .with("CIMStatusCode", 1L)
                .with("ErrorSource", host)
                .with("ErrorSourceFormat", 0L)
                .with("ErrorType", 4L)
                .with("Message", message())
                .with("MessageID", messageId)
                .with("OwningEntity", "Virtual Machine Management Service")
                .with("PerceivedSeverity", 6L)
                .with("ProbableCause", 0L));
    }
}
