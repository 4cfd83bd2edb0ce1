package io.drover.wsman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.drover.wsman.CimException.Kind;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults of hosts become kinds by their numbers and names, whatever their texts say. */
class FaultsTest {
    private static final CimReference SERVICE = CimNamespace.VIRTUALIZATION
            .cimClass("Msvm_VirtualSystemManagementService")
            .singleton();
    private static final Duration LONG = Duration.ofSeconds(30);

    private ScriptedHost host;
    private WsmanSession session;

    @BeforeEach
    void open() throws IOException {
        host = ScriptedHost.overHttp();
        session = WsmanSession.of(host.plainSettings());
    }

    @AfterEach
    void close() {
        session.close();
        host.close();
    }

    private CimException failure() {
        return catchThrowableOfType(
                CimException.class,
                () -> session.invoke(CimInvocation.of(SERVICE, "Anything").build(), LONG));
    }

    @ParameterizedTest
    @CsvSource({
        "w:AccessDenied,5,ACCESS_DENIED,false",
        "w:InvalidSelectors,2150858843,INVALID_SELECTORS,false",
        "w:TimedOut,2150858793,TIMED_OUT,true",
        "w:SchemaValidationError,2150858817,SCHEMA_VALIDATION,false",
        "a:DestinationUnreachable,2150858770,NOT_FOUND,false",
        "n:CannotProcessFilter,2150858778,INVALID_NAMESPACE,false",
        "w:QuotaLimit,2150859174,QUOTA_LIMIT,false",
        "w:EncodingLimit,2150858824,ENCODING_LIMIT,true",
        "w:InternalError,1234,INTERNAL_ERROR,true",
        "w:SomethingNew,1,INTERNAL_ERROR,true",
        "s:Whatever,2150858806,UNAUTHORIZED,false",
        // The number is believed before the name.
        "w:InternalError,2150858793,TIMED_OUT,true"
    })
    void numberAndNameOfAFaultDecideItsKind(String subcode, long code, Kind kind, boolean outcomeUnknown) {
        host.thenFault(subcode, Soap.wsmanFault(code));
        CimException failure = failure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.wsmanCode()).hasValue(code);
        assertThat(failure.wmiCode()).isEmpty();
        assertThat(failure.isOutcomeUnknown()).isEqualTo(outcomeUnknown);
        assertThat(failure.evidence()).contains("要求を処理できません。");
    }

    @ParameterizedTest
    @CsvSource({
        "0x80041002,NOT_FOUND",
        "0x80041003,ACCESS_DENIED",
        "0x8004100E,INVALID_NAMESPACE",
        "0x80041010,INVALID_NAMESPACE",
        "0x8004102F,SCHEMA_VALIDATION",
        "0x8004103A,INVALID_SELECTORS",
        "0x80041069,TIMED_OUT",
        "0x8004106C,QUOTA_LIMIT"
    })
    void theCodeOfWmiIsBelievedBeforeAllOthers(String wmi, Kind kind) {
        host.thenFault("w:InternalError", Soap.wmiFault(2150858778L, Long.decode(wmi)));
        CimException failure = failure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.wsmanCode()).hasValue(2150858778L);
        assertThat(failure.wmiCode()).hasValue(Long.decode(wmi));
    }

    @Test
    void codesWithASignAreTheSameCodes() {
        host.thenFault("w:InternalError", Soap.wmiFault(1, -2147217406L));
        assertThat(failure().kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @ParameterizedTest
    @CsvSource({"401,UNAUTHORIZED", "403,ACCESS_DENIED", "404,PROTOCOL", "413,ENCODING_LIMIT", "503,TRANSPORT"})
    void theWebServerInFrontHasRefusalsOfItsOwn(int status, Kind kind) {
        host.then(status, "<html><body>アクセスが拒否されました</body></html>");
        CimException failure = failure();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(failure.remedy()).isPresent();
        assertThat(failure.getMessage()).doesNotContain("secret");
    }

    @Test
    void aRedirectIsNotFollowed() {
        host.then((exchange, request) -> {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
            ScriptedHost.respond(exchange, 302, "<x/>");
        });
        assertThat(failure().kind()).isEqualTo(Kind.PROTOCOL);
        assertThat(host.requests).hasSize(1);
    }

    @Test
    void aStatusOtherThanSuccessWithoutAFaultIsNoAnswer() {
        host.then(500, Soap.envelope("", "<x/>"));
        CimException failure = failure();
        assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
        assertThat(failure.isOutcomeUnknown()).isTrue();
    }
}
