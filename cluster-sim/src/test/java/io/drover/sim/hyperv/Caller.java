package io.drover.sim.hyperv;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Writes requests by hand, byte for byte, so that a test sees what a host takes and what it gives. */
public final class Caller {
    static final String WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
    static final String VIRTUALIZATION = WMI + "root/virtualization/v2/";
    static final String CIMV2 = WMI + "root/cimv2/";
    static final String ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
    static final String TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    static final String ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
    static final String WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL";

    private final URI endpoint;
    private final HttpClient client;

    /** Calls as user drover with Basic authentication. */
    public Caller(URI endpoint) {
        this(endpoint, HttpClient.newHttpClient());
    }

    Caller(URI endpoint, HttpClient client) {
        this.endpoint = endpoint;
        this.client = client;
    }

    /** An answer: its status, its text, and that text as XML if it is some. */
    record Answer(int status, String text) {
        Element xml() {
            try {
                DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
                factory.setNamespaceAware(true);
                return factory.newDocumentBuilder()
                        .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                        .getDocumentElement();
            } catch (Exception e) {
                throw new AssertionError("no XML: " + text, e);
            }
        }

        List<Element> all(String localName) {
            return Caller.all(xml(), localName);
        }

        Optional<String> first(String localName) {
            return all(localName).stream().findFirst().map(Element::getTextContent);
        }

        String fault() {
            List<Element> values = all("Value");
            return values.isEmpty() ? "" : values.get(values.size() - 1).getTextContent();
        }

        long returnValue() {
            return Long.parseLong(first("ReturnValue").orElseThrow(() -> new AssertionError(text)));
        }
    }

    static List<Element> all(Element root, String localName) {
        NodeList found = root.getElementsByTagNameNS("*", localName);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    /** The text of the first element of a name below another. */
    public static String text(Element root, String localName) {
        return all(root, localName).get(0).getTextContent();
    }

    static List<String> texts(Element root, String localName) {
        return all(root, localName).stream().map(Element::getTextContent).toList();
    }

    static String envelope(String action, String uri, Map<String, String> selectors, String body) {
        StringBuilder set = new StringBuilder();
        selectors.forEach((name, value) -> set.append("<w:Selector Name=\"" + name + "\">" + value + "</w:Selector>"));
        return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
                + " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" xmlns:n=\"" + ENUMERATION + "\""
                + " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Header><a:To>http://h/wsman</a:To>"
                + "<w:ResourceURI s:mustUnderstand=\"true\">" + uri + "</w:ResourceURI><a:ReplyTo><a:Address>"
                + ANONYMOUS
                + "</a:Address></a:ReplyTo><a:Action>" + action + "</a:Action>"
                + "<w:MaxEnvelopeSize>512000</w:MaxEnvelopeSize><a:MessageID>uuid:" + UUID.randomUUID()
                + "</a:MessageID><w:OperationTimeout>PT60S</w:OperationTimeout><w:SelectorSet>" + set
                + "</w:SelectorSet></s:Header><s:Body>" + body + "</s:Body></s:Envelope>";
    }

    Answer send(String envelope) {
        return send(envelope, "drover");
    }

    Answer send(String envelope, String password) {
        try {
            return trySend(envelope, password);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Answer trySend(String envelope, String password) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .header("Content-Type", "application/soap+xml;charset=UTF-8")
                .POST(HttpRequest.BodyPublishers.ofString(envelope));
        if (!password.isEmpty()) {
            String pair = "drover:" + password;
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        try {
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    // ---- operations

    Answer enumerate(String uri, String content) {
        return send(envelope(ENUMERATION + "/Enumerate", uri, Map.of(), "<n:Enumerate>" + content + "</n:Enumerate>"));
    }

    static String filter(String wql) {
        return "<w:Filter Dialect=\"" + WQL + "\">" + escape(wql) + "</w:Filter>";
    }

    Answer pull(String context, String content) {
        return send(envelope(
                ENUMERATION + "/Pull",
                VIRTUALIZATION + "*",
                Map.of(),
                "<n:Pull><n:EnumerationContext>" + context + "</n:EnumerationContext>" + content + "</n:Pull>"));
    }

    /** Items of a query, pulled one by one. */
    List<Element> query(String namespace, String wql) {
        Answer begun = enumerate(namespace + "*", filter(wql));
        String context = begun.first("EnumerationContext").orElseThrow(() -> new AssertionError(begun.text()));
        List<Element> items = new ArrayList<>();
        while (true) {
            Answer pulled = pull(context, "");
            if (pulled.status() != 200) {
                throw new AssertionError(pulled.text());
            }
            for (Element list : pulled.all("Items")) {
                for (int i = 0; i < list.getChildNodes().getLength(); i++) {
                    items.add((Element) list.getChildNodes().item(i));
                }
            }
            if (!pulled.all("EndOfSequence").isEmpty()) {
                return items;
            }
        }
    }

    /** Items of a query in the namespace of virtualization, pulled one by one. */
    public List<Element> query(String wql) {
        return query(VIRTUALIZATION, wql);
    }

    /** The fault that a query is answered with. */
    Answer refused(String wql) {
        return enumerate(VIRTUALIZATION + "*", filter(wql));
    }

    Answer get(String className, Map<String, String> selectors) {
        return send(envelope(TRANSFER + "/Get", VIRTUALIZATION + className, selectors, ""));
    }

    Answer invoke(String className, Map<String, String> selectors, String method, String parameters) {
        String uri = VIRTUALIZATION + className;
        return send(envelope(
                uri + "/" + method,
                uri,
                selectors,
                "<p:" + method + "_INPUT xmlns:p=\"" + uri + "\">" + parameters + "</p:" + method + "_INPUT>"));
    }

    /** Calls a method of a service. */
    Answer service(String className, String method, String parameters) {
        return invoke(className, Map.of("CreationClassName", className), method, parameters);
    }

    Answer management(String method, String parameters) {
        return service("Msvm_VirtualSystemManagementService", method, parameters);
    }

    /** Switches live migration of the host on or off, as an administrator does; whether the host took it. */
    public boolean switchMigration(boolean isOn) {
        String settings = "Msvm_VirtualSystemMigrationServiceSettingData";
        String setting = instance(
                "ServiceSettingData",
                settings,
                "string InstanceID Microsoft:MigrationServiceSettingData",
                "boolean EnableVirtualSystemMigration " + (isOn ? "TRUE" : "FALSE"));
        return migration("ModifyServiceSettings", setting).returnValue() == 0;
    }

    Answer migration(String method, String parameters) {
        return service("Msvm_VirtualSystemMigrationService", method, parameters);
    }

    Answer requestState(String vm, int state) {
        return invoke(
                "Msvm_ComputerSystem",
                selectors("Msvm_ComputerSystem", vm),
                "RequestStateChange",
                "<p:RequestedState>" + state + "</p:RequestedState>");
    }

    static Map<String, String> selectors(String className, String name) {
        Map<String, String> selectors = new LinkedHashMap<>();
        selectors.put("CreationClassName", className);
        selectors.put("Name", name);
        return selectors;
    }

    /** A reference to a VM as a parameter. */
    static String vm(String parameter, String className, String id) {
        return "<p:" + parameter + ">" + reference(className, selectors(className, id)) + "</p:" + parameter + ">";
    }

    static String reference(String className, Map<String, String> selectors) {
        StringBuilder set = new StringBuilder();
        selectors.forEach((name, value) -> set.append("<w:Selector Name=\"" + name + "\">" + value + "</w:Selector>"));
        return "<a:Address>" + ANONYMOUS + "</a:Address><a:ReferenceParameters><w:ResourceURI>" + VIRTUALIZATION
                + className + "</w:ResourceURI><w:SelectorSet>" + set + "</w:SelectorSet></a:ReferenceParameters>";
    }

    /** An object as text in a parameter; properties as {@code TYPE NAME VALUE}, or {@code TYPE NAME[] VALUE}. */
    static String instance(String parameter, String className, String... properties) {
        StringBuilder text = new StringBuilder("<INSTANCE CLASSNAME=\"" + className + "\">");
        for (String each : properties) {
            String[] parts = each.split(" ", 3);
            boolean isArray = parts[1].endsWith("[]");
            String name = parts[1].replace("[]", "");
            String value = "<VALUE>" + escape(parts[2]) + "</VALUE>";
            text.append(
                    isArray
                            ? "<PROPERTY.ARRAY NAME=\"" + name + "\" TYPE=\"" + parts[0] + "\"><VALUE.ARRAY>" + value
                                    + "</VALUE.ARRAY></PROPERTY.ARRAY>"
                            : "<PROPERTY NAME=\"" + name + "\" TYPE=\"" + parts[0] + "\">" + value + "</PROPERTY>");
        }
        return "<p:" + parameter + ">" + escape(text + "</INSTANCE>") + "</p:" + parameter + ">";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Identifier and class of the job that a method has started. */
    record JobOf(String className, String id) {}

    static JobOf job(Answer answer) {
        Element job = answer.all("Job").stream().findFirst().orElseThrow(() -> new AssertionError(answer.text()));
        String uri = text(job, "ResourceURI");
        return new JobOf(uri.substring(uri.lastIndexOf('/') + 1), text(job, "Selector"));
    }

    Answer get(JobOf job) {
        return get(job.className(), Map.of("InstanceID", job.id()));
    }

    String state(JobOf job) {
        Answer answer = get(job);
        return answer.first("JobState").orElseThrow(() -> new AssertionError(answer.text()));
    }

    /** Texts of a job's errors. */
    List<String> errors(JobOf job) {
        return invoke(job.className(), Map.of("InstanceID", job.id()), "GetErrorEx", "").all("Errors").stream()
                .map(Element::getTextContent)
                .toList();
    }

    /** How a VM is, as its host says: empty if it does not have it. */
    Optional<String> enabledState(String vm) {
        return query("SELECT * FROM Msvm_ComputerSystem WHERE Name='" + vm + "'").stream()
                .findFirst()
                .map(each -> text(each, "EnabledState"));
    }
}
