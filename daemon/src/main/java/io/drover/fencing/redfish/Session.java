package io.drover.fencing.redfish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.drover.fencing.Deadline;
import io.drover.fencing.FencingException;
import io.drover.fencing.Secret;
import io.drover.fencing.redfish.ServiceConnection.Answer;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session at a Redfish service. Controllers have few: it is deleted when it is closed, and ends by itself at the
 * service if that fails. For one thread.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final String ROOT = "/redfish/v1/";
    private static final String SESSIONS = "/redfish/v1/SessionService/Sessions";

    /** To say goodbye is worth this much more, even when the time for the request itself is over. */
    private static final Duration LOGOUT_TIMEOUT = Duration.ofSeconds(1);

    private final ServiceConnection connection;
    private final JsonNode root;
    private final String token;
    private final Optional<String> location;
    private final Deadline deadline;

    private Session(
            ServiceConnection connection, JsonNode root, String token, Optional<String> location, Deadline deadline) {
        this.connection = connection;
        this.root = root;
        this.token = token;
        this.location = location;
        this.deadline = deadline;
    }

    /**
     * Logs in.
     *
     * @throws FencingException if the service does not answer, is no Redfish service, or refuses
     */
    static Session open(ServiceConnection connection, String user, Secret password, Deadline deadline) {
        Answer root = connection.send("GET", ROOT, null, null, deadline);
        if (!root.isSuccess() || root.body().path("RedfishVersion").isMissingNode()) {
            throw new FencingException("GET " + ROOT + ": " + root.words() + " (expected: a Redfish service)");
        }
        String sessions = root.body().at("/Links/Sessions/@odata.id").asText(SESSIONS);
        JsonNode login =
                JsonNodeFactory.instance.objectNode().put("UserName", user).put("Password", password.reveal());
        Answer answer = connection.send("POST", sessions, null, login, deadline);
        if (!answer.isSuccess()) {
            throw new FencingException("login of " + user + ": " + password.hideIn(answer.words())
                    + " (expected: a user that may log in, and the right password)");
        }
        String token = answer.headers()
                .firstValue("X-Auth-Token")
                .filter(text -> text.matches("[!-~]{1,4096}"))
                .orElseThrow(() -> new FencingException(
                        "login of " + user + ": " + answer.words() + " without a token (expected: X-Auth-Token)"));
        return new Session(connection, root.body(), token, location(answer), deadline);
    }

    /** Where the session can be deleted: services name it with or without their own address. */
    private static Optional<String> location(Answer answer) {
        return answer.headers()
                .firstValue("Location")
                .or(() -> Optional.of(answer.body().path("@odata.id").asText("")))
                .flatMap(text -> {
                    try {
                        return Optional.ofNullable(new URI(text).getRawPath());
                    } catch (URISyntaxException e) {
                        return Optional.empty();
                    }
                })
                .filter(path -> path.startsWith("/") && !path.startsWith("//"));
    }

    /** The service's root, from which everything is found. */
    JsonNode root() {
        return root;
    }

    /**
     * Reads a resource.
     *
     * @throws FencingException if the service does not answer with one
     */
    JsonNode get(String path) {
        Answer answer = connection.send("GET", path, token, null, deadline);
        if (!answer.isSuccess() || !answer.body().isObject()) {
            throw new FencingException("GET " + path + ": " + answer.words() + " (expected: a resource)");
        }
        return answer.body();
    }

    /**
     * Calls an action.
     *
     * @throws FencingException if the service does not say that it has taken it
     */
    void post(String path, JsonNode body) {
        Answer answer = connection.send("POST", path, token, body, deadline);
        if (!answer.isSuccess()) {
            throw new FencingException("POST " + path + " " + body + ": " + answer.words());
        }
    }

    @Override
    public void close() {
        location.ifPresent(path -> {
            try {
                connection.send("DELETE", path, token, null, Deadline.after(LOGOUT_TIMEOUT));
            } catch (FencingException e) {
                LOG.debug("{}: the session is left to end by itself: {}", connection, e.getMessage());
            }
        });
    }
}
