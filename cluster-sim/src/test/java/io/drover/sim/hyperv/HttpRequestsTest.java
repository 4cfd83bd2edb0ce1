package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as clients of any make send them over HTTP, and such as nobody should: each has its answer. */
class HttpRequestsTest extends HostsFixture {
    private static final String SOAP = "application/soap+xml;charset=UTF-8";
    private static final String IDENTIFY = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/>"
            + "<s:Body><i:Identify xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"/>"
            + "</s:Body></s:Envelope>";

    private HttpResponse<String> post(String path, byte[] body, String... headers) throws Exception {
        URI uri = hosts.endpoint("HV1").resolve(path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String basic(String scheme) {
        return scheme + " " + Base64.getEncoder().encodeToString(bytes("drover:drover"));
    }

    @ParameterizedTest
    @CsvSource({"/wsman,200", "/WSMan,200", "/wsman/,200", "/wsman?PSVersion=5.1,200", "/wsmanx,404", "/other,404"})
    void pathIsInAnyCaseAndNoOther(String path, int status) throws Exception {
        assertThat(post(path, bytes(IDENTIFY), "Content-Type", SOAP, "Authorization", basic("Basic"))
                        .statusCode())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/soap+xml",
                "application/soap+xml; charset=utf-8",
                "Application/SOAP+XML;charset=\"UTF-8\""
            })
    void mediaTypeIsThatOfSoap(String type) throws Exception {
        assertThat(post("/wsman", bytes(IDENTIFY), "Content-Type", type, "Authorization", basic("basic"))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/soap+xmlx", "text/xml", "application/json; a=application/soap+xml"})
    void otherMediaTypesAreRefused(String type) throws Exception {
        assertThat(post("/wsman", bytes(IDENTIFY), "Content-Type", type, "Authorization", basic("BASIC"))
                        .statusCode())
                .isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE"})
    void wideCharactersAreReadAsTheHeaderSays(String charset) throws Exception {
        assertThat(post(
                                "/wsman",
                                IDENTIFY.getBytes(Charset.forName(charset)),
                                "Content-Type",
                                "application/soap+xml;charset=UTF-16",
                                "Authorization",
                                basic("Basic"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void strangersLearnThatAHostIsHereAndNoMore() throws Exception {
        HttpResponse<String> told =
                post("/wsman", bytes(IDENTIFY), "Content-Type", SOAP, "WSMANIDENTIFY", "unauthenticated");
        assertThat(told.statusCode()).isEqualTo(200);
        assertThat(told.body()).contains("OS: 0.0.0 SP: 0.0 Stack: 3.0");
        assertThat(post("/wsman-anon/identify", bytes(IDENTIFY), "Content-Type", SOAP)
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("/wsman", bytes(IDENTIFY), "Content-Type", SOAP).statusCode())
                .isEqualTo(401);
        String get = Caller.envelope(Caller.TRANSFER + "/Get", Caller.VIRTUALIZATION + "X", Map.of(), "");
        assertThat(post("/wsman-anon/identify", bytes(get), "Content-Type", SOAP, "WSMANIDENTIFY", "unauthenticated")
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(ints = {600 << 10, 5 << 20})
    void whatIsTooLargeIsSaidToBe(int size) {
        Caller.Answer answer = hv1.send("<a>" + "x".repeat(size) + "</a>");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.fault()).isEqualTo("w:EncodingLimit");
    }

    @Test
    void whatIsTooDeepIsNoRequest() {
        String deep = "<a>".repeat(30_000) + "</a>".repeat(30_000);
        Caller.Answer answer = hv1.enumerate(
                Caller.VIRTUALIZATION + "*", "<w:Filter Dialect=\"" + Caller.WQL + "\">" + deep + "</w:Filter>");
        assertThat(answer.fault()).isEqualTo("w:SchemaValidationError");
    }

    @Test
    void nothingIsReadFromOutside() {
        assertThat(hv1.send("<!DOCTYPE s [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + IDENTIFY)
                        .fault())
                .isEqualTo("w:SchemaValidationError");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<w:MaxEnvelopeSize>4294967295</w:MaxEnvelopeSize>",
                "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">153600</w:MaxEnvelopeSize>",
                "<w:OperationTimeout>P0Y0M0DT0H1M0.000S</w:OperationTimeout>",
                "<w:OperationTimeout>PT60.000000S</w:OperationTimeout>",
                "<x:Extra xmlns:x=\"urn:x\"/>"
            })
    void headersAreReadInTheFormsThatClientsWriteThem(String header) {
        String envelope = Caller.envelope(
                        Caller.TRANSFER + "/Get",
                        Caller.VIRTUALIZATION + "Msvm_ComputerSystem",
                        Caller.selectors("Msvm_ComputerSystem", VM),
                        "")
                .replace("<w:MaxEnvelopeSize>512000</w:MaxEnvelopeSize>", "")
                .replace("<w:OperationTimeout>PT60S</w:OperationTimeout>", header);
        assertThat(hv1.send(envelope).status()).isEqualTo(200);
    }
}
