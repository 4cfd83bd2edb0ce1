package io.drover.fencing.redfish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.drover.config.FencingConfig;
import io.drover.fencing.Deadline;
import io.drover.fencing.FencingDevice;
import io.drover.fencing.FencingException;
import io.drover.fencing.PasswordFile;
import io.drover.fencing.PowerReading;
import io.drover.fencing.PowerReading.Power;
import io.drover.fencing.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A node's power by a Redfish service. Each request logs in, finds the node's system, compares what it says of itself
 * with what was enrolled, asks or acts, and logs out; nothing is remembered between requests, so that a controller that
 * was replaced, or a blade that was moved, is noticed before it is believed.
 */
public final class RedfishDevice implements FencingDevice {
    /** A service may manage a whole chassis; one with more systems than this has to be told which. */
    private static final int SYSTEMS_MAX = 128;

    private static final int PAGES_MAX = 16;

    private final FencingConfig.Redfish config;
    private final PasswordFile password;
    private final ServiceConnection connection;

    /** A device of the configuration; nothing is connected yet. */
    public RedfishDevice(FencingConfig.Redfish config) {
        this.config = config;
        password = new PasswordFile(config.passwordFile());
        connection = new ServiceConnection(config.url(), config.trust());
    }

    @Override
    public String name() {
        return "redfish " + config.url();
    }

    @Override
    public PowerReading read(Deadline deadline) {
        try {
            return inSession(deadline, session -> enrolled(session).power());
        } catch (FencingException e) {
            return new PowerReading(Power.UNKNOWN, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void requestOff(Deadline deadline) {
        // Nothing softer will do: a shutdown that the node is asked for lets its guests run on.
        reset(Power.OFF, List.of("ForceOff"), deadline);
    }

    @Override
    public void requestOn(Deadline deadline) {
        reset(Power.ON, List.of("On", "ForceOn"), deadline);
    }

    private void reset(Power wanted, List<String> types, Deadline deadline) {
        inSession(deadline, session -> {
            ComputerSystem system = enrolled(session);
            // Controllers refuse to switch off what is off.
            if (system.power().power() != wanted) {
                order(session, system, types);
            }
            return system;
        });
    }

    private static void order(Session session, ComputerSystem system, List<String> types) {
        String target = system.resetTarget()
                .orElseThrow(() -> new FencingException(system.path() + " offers no #ComputerSystem.Reset"));
        Set<String> offered = system.resetInfo()
                .map(info -> ComputerSystem.resetTypes(session.get(info)))
                .orElseGet(system::resetTypes);
        String type = types.stream()
                // A controller that does not say what it takes has to be tried.
                .filter(each -> offered.isEmpty() || offered.contains(each))
                .findFirst()
                .orElseThrow(() -> new FencingException(system.path() + " offers the resets " + new TreeSet<>(offered)
                        + " (expected: one of " + types + ")"));
        session.post(target, JsonNodeFactory.instance.objectNode().put("ResetType", type));
    }

    /** The node's system, which has said that it is the enrolled one. */
    private ComputerSystem enrolled(Session session) {
        if (config.system().isEmpty()) {
            return searched(session);
        }
        String path = config.system().get();
        ComputerSystem system = new ComputerSystem(path, session.get(path));
        Optional<String> mismatch = system.mismatch(config.identity());
        if (mismatch.isPresent()) {
            throw new FencingException("not the enrolled system: " + mismatch.get());
        }
        return system;
    }

    /** Looks at all systems: two that both say that they are the one prove that what they say tells nothing. */
    private ComputerSystem searched(Session session) {
        List<String> paths = systems(session);
        List<ComputerSystem> found = paths.stream()
                .map(path -> new ComputerSystem(path, session.get(path)))
                .filter(system -> system.mismatch(config.identity()).isEmpty())
                .toList();
        if (found.size() != 1) {
            throw new FencingException(found.size() + " of its " + paths.size()
                    + " systems say that they are the enrolled one (expected: one that has " + expected() + ")");
        }
        return found.get(0);
    }

    private static List<String> systems(Session session) {
        List<String> paths = new ArrayList<>();
        String page = session.root().at("/Systems/@odata.id").asText("/redfish/v1/Systems");
        for (int pages = 0; pages < PAGES_MAX && !page.isEmpty(); pages++) {
            JsonNode collection = session.get(page);
            collection
                    .path("Members")
                    .forEach(member -> paths.add(member.path("@odata.id").asText("")));
            if (paths.size() > SYSTEMS_MAX) {
                break;
            }
            page = collection.path("Members@odata.nextLink").asText("");
        }
        if (paths.size() > SYSTEMS_MAX || !page.isEmpty()) {
            throw new FencingException("the service has more than " + SYSTEMS_MAX + " systems or " + PAGES_MAX
                    + " pages of them (expected: the key system, with the path of the right one)");
        }
        return paths;
    }

    private String expected() {
        return Stream.of(
                        config.identity().uuid().map(uuid -> "UUID " + uuid),
                        config.identity().serial().map(serial -> "SerialNumber " + serial))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" and "));
    }

    private <T> T inSession(Deadline deadline, Function<Session, T> work) {
        Secret secret = password.read();
        try (Session session = Session.open(connection, config.user(), secret, deadline)) {
            return work.apply(session);
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public String toString() {
        return name();
    }
}
