package io.drover.fencing.redfish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A Redfish service as DMTF's schemas describe it: root, sessions, a collection of systems with their resets. What goes
 * wrong at real ones can be set.
 */
final class FakeRedfish implements AutoCloseable {
    static final String USER = "drover";
    static final String PASSWORD = "pa55-Word!'\" $x";

    private static final String ROOT = "/redfish/v1";
    private static final String SESSIONS = ROOT + "/SessionService/Sessions";
    private static final String SYSTEMS = ROOT + "/Systems";
    private static final JsonMapper JSON = new JsonMapper();

    final Map<String, Computer> systems = new ConcurrentHashMap<>();
    final Set<String> sessions = ConcurrentHashMap.newKeySet();

    /** All requests so far, as method and path. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** The greatest number of sessions that were open at the same time. */
    final AtomicInteger sessionsMost = new AtomicInteger();

    /** So many next requests for a reset get their connection closed in place of an answer. */
    final AtomicInteger dropResets = new AtomicInteger();

    /** Whether a reset whose connection is closed was followed all the same. */
    volatile boolean droppedResetIsFollowed;

    /** Whether the kinds of reset are described in a resource of their own. */
    volatile boolean resetIsDescribedElsewhere;

    /** Links per page of the collection. */
    volatile int pageSize = 100;

    /** What is answered to everything; empty: what is right. */
    volatile Optional<Strange> strange = Optional.empty();

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** A service that has lost its way. */
    enum Strange {
        /** Headers come, and a body never. */
        HANGS_IN_THE_BODY,
        /** The body has no end. */
        ENDLESS,
        /** A page for people. */
        HTML,
        /** Everything is elsewhere. */
        REDIRECTS,
        /** JSON within JSON within JSON. */
        NESTED
    }

    /** One system. */
    static final class Computer {
        final String uuid;
        volatile String serial = "S1";
        volatile String powerState = "On";
        volatile boolean powered = true;

        /** So many readings after a reset still show the old state. */
        volatile int readingsUntilOff;

        /** Whether orders are taken and never followed. */
        volatile boolean stuck;

        /** What resets are offered; empty: none is named. */
        volatile List<String> resets = List.of("On", "ForceOff", "GracefulShutdown", "ForceRestart");

        volatile String target;

        Computer(UUID uuid) {
            this.uuid = uuid.toString().toUpperCase(java.util.Locale.ROOT);
        }

        /** What a client reads; the power goes with it, so that nobody reads off before it is true. */
        synchronized String read() {
            if (readingsUntilOff > 0 && --readingsUntilOff == 0) {
                powered = false;
                powerState = "Off";
            }
            return powerState;
        }

        synchronized void reset(String type) {
            if (stuck) {
                return;
            }
            switch (type) {
                case "On" -> {
                    powered = true;
                    powerState = "On";
                }
                case "ForceOff" -> {
                    if (readingsUntilOff == 0) {
                        powered = false;
                        powerState = "Off";
                    }
                }
                default -> throw new IllegalArgumentException(type);
            }
        }
    }

    FakeRedfish(SSLContext tls) throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Adds a system, that is on. */
    Computer add(String id, UUID uuid) {
        Computer computer = new Computer(uuid);
        computer.target = SYSTEMS + "/" + id + "/Actions/ComputerSystem.Reset";
        systems.put(id, computer);
        return computer;
    }

    URI url() {
        return URI.create("https://127.0.0.1:" + port());
    }

    int port() {
        return server.getAddress().getPort();
    }

    long count(String request) {
        return requests.stream().filter(request::equals).count();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath().replaceFirst("(?<=.)/$", "");
            requests.add(exchange.getRequestMethod() + " " + path);
            if (strange.isPresent()) {
                mislead(exchange, strange.get());
                return;
            }
            byte[] body;
            try (InputStream in = exchange.getRequestBody()) {
                body = in.readNBytes(1 << 16);
            }
            Reply reply = reply(exchange, path, body);
            if (reply.equals(Reply.NONE)) {
                return;
            }
            reply.headers().forEach(exchange.getResponseHeaders()::add);
            exchange.getResponseHeaders().add("OData-Version", "4.0");
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            byte[] answer = reply.body() == null ? new byte[0] : JSON.writeValueAsBytes(reply.body());
            exchange.sendResponseHeaders(reply.status(), answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Reply(int status, Map<String, String> headers, JsonNode body) {
        static final Reply NONE = new Reply(0, Map.of(), null);

        static Reply of(int status, JsonNode body) {
            return new Reply(status, Map.of(), body);
        }
    }

    private Reply reply(HttpExchange exchange, String path, byte[] body) throws IOException {
        String method = exchange.getRequestMethod();
        if (method.equals("GET") && (path.equals(ROOT) || path.equals("/redfish"))) {
            return Reply.of(200, root());
        }
        if (method.equals("POST") && path.equals(SESSIONS)) {
            return login(JSON.readTree(body));
        }
        if (!isAuthorized(exchange)) {
            return error(401, "Base.1.0.NoValidSession", "There is no valid session.");
        }
        if (method.equals("DELETE") && path.startsWith(SESSIONS + "/")) {
            return sessions.remove(path.substring(SESSIONS.length() + 1)) ? Reply.of(204, null) : notFound(path);
        }
        if (path.equals(SYSTEMS)) {
            return Reply.of(200, collection(exchange.getRequestURI().getQuery()));
        }
        return system(method, path, body);
    }

    private Reply system(String method, String path, byte[] body) throws IOException {
        for (Map.Entry<String, Computer> each : systems.entrySet()) {
            Computer computer = each.getValue();
            String own = SYSTEMS + "/" + each.getKey();
            if (method.equals("GET") && path.equals(own)) {
                return Reply.of(200, resource(own, each.getKey(), computer));
            }
            if (method.equals("GET") && path.equals(own + "/ResetActionInfo")) {
                ObjectNode info = JSON.createObjectNode().put("@odata.id", path);
                ObjectNode parameter = info.putArray("Parameters").addObject().put("Name", "ResetType");
                computer.resets.forEach(parameter.putArray("AllowableValues")::add);
                return Reply.of(200, info);
            }
            if (method.equals("POST") && path.equals(computer.target)) {
                return reset(computer, JSON.readTree(body).path("ResetType").asText());
            }
        }
        return notFound(path);
    }

    private Reply reset(Computer computer, String type) {
        boolean dropped = dropResets.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        if (dropped && !droppedResetIsFollowed) {
            return Reply.NONE;
        }
        if (!computer.resets.isEmpty() && !computer.resets.contains(type)) {
            return error(400, "Base.1.0.ActionParameterValueNotInList", "The reset " + type + " is not supported.");
        }
        if (type.equals("ForceOff") && computer.powerState.equals("Off")) {
            return error(409, "Base.1.0.ResourceInUse", "The system is off already.");
        }
        computer.reset(type);
        return dropped ? Reply.NONE : Reply.of(204, null);
    }

    private Reply login(JsonNode login) {
        boolean right = login.path("UserName").asText().equals(USER)
                && login.path("Password").asText().equals(PASSWORD);
        if (!right) {
            // Some services say what they were sent; whoever logs that has logged a password.
            return error(
                    401,
                    "Base.1.0.ResourceAtUriUnauthorized",
                    "Login with " + login.path("Password").asText() + " is refused.");
        }
        String id = UUID.randomUUID().toString();
        sessions.add(id);
        sessionsMost.accumulateAndGet(sessions.size(), Math::max);
        return new Reply(
                201,
                Map.of("X-Auth-Token", id, "Location", url() + SESSIONS + "/" + id),
                JSON.createObjectNode().put("@odata.id", SESSIONS + "/" + id).put("UserName", USER));
    }

    private boolean isAuthorized(HttpExchange exchange) {
        String token = exchange.getRequestHeaders().getFirst("X-Auth-Token");
        if (token != null) {
            return sessions.contains(token);
        }
        String basic = exchange.getRequestHeaders().getFirst("Authorization");
        String right = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        return ("Basic " + right).equals(basic);
    }

    private static ObjectNode root() {
        ObjectNode root = JSON.createObjectNode()
                .put("@odata.id", ROOT + "/")
                .put("@odata.type", "#ServiceRoot.v1_5_0.ServiceRoot")
                .put("Id", "RootService")
                .put("Name", "Root Service")
                .put("RedfishVersion", "1.6.0");
        root.putObject("Systems").put("@odata.id", SYSTEMS);
        root.putObject("SessionService").put("@odata.id", ROOT + "/SessionService");
        root.putObject("Links").putObject("Sessions").put("@odata.id", SESSIONS);
        return root;
    }

    private ObjectNode collection(String query) {
        List<String> ids = systems.keySet().stream().sorted().toList();
        int skip = query == null ? 0 : Integer.parseInt(query.replace("$skip=", ""));
        ObjectNode collection = JSON.createObjectNode()
                .put("@odata.id", SYSTEMS)
                .put("@odata.type", "#ComputerSystemCollection.ComputerSystemCollection")
                .put("Members@odata.count", ids.size());
        ArrayNode members = collection.putArray("Members");
        ids.stream()
                .skip(skip)
                .limit(pageSize)
                .forEach(id -> members.addObject().put("@odata.id", SYSTEMS + "/" + id));
        if (skip + pageSize < ids.size()) {
            collection.put("Members@odata.nextLink", SYSTEMS + "?$skip=" + (skip + pageSize));
        }
        return collection;
    }

    private ObjectNode resource(String path, String id, Computer computer) {
        ObjectNode resource = JSON.createObjectNode()
                .put("@odata.id", path)
                .put("@odata.type", "#ComputerSystem.v1_10_0.ComputerSystem")
                .put("Id", id)
                .put("Name", "System " + id)
                .put("UUID", computer.uuid)
                .put("SerialNumber", computer.serial)
                .put("PowerState", computer.read());
        ObjectNode reset =
                resource.putObject("Actions").putObject("#ComputerSystem.Reset").put("target", computer.target);
        if (resetIsDescribedElsewhere) {
            reset.put("@Redfish.ActionInfo", path + "/ResetActionInfo");
        } else if (!computer.resets.isEmpty()) {
            computer.resets.forEach(reset.putArray("ResetType@Redfish.AllowableValues")::add);
        }
        return resource;
    }

    private static Reply error(int status, String id, String message) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode error = body.putObject("error").put("code", id).put("message", "See ExtendedInfo.");
        error.putArray("@Message.ExtendedInfo").addObject().put("MessageId", id).put("Message", message);
        return Reply.of(status, body);
    }

    private static Reply notFound(String path) {
        return error(404, "Base.1.0.ResourceMissingAtURI", "There is no " + path + ".");
    }

    private static void mislead(HttpExchange exchange, Strange how) throws IOException, InterruptedException {
        switch (how) {
            case HANGS_IN_THE_BODY -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
                new java.util.concurrent.CountDownLatch(1).await();
            }
            case ENDLESS -> {
                exchange.sendResponseHeaders(200, 0);
                byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
                while (!Thread.interrupted()) {
                    exchange.getResponseBody().write(spaces);
                }
            }
            case HTML -> send(exchange, "<html>" + PASSWORD + "</html>");
            case REDIRECTS -> {
                exchange.getResponseHeaders().add("Location", exchange.getRequestURI() + "?again");
                exchange.sendResponseHeaders(307, -1);
            }
            case NESTED -> send(exchange, "[".repeat(100_000));
        }
    }

    private static void send(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
