package io.drover.sim.hyperv;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keeps emulated Hyper-V hosts up until it is told to end. */
@Command(
        name = "hyperv-hosts",
        description = "Starts emulated Hyper-V hosts on the loopback interface, and keeps them up until it is ended.",
        mixinStandardHelpOptions = true)
public final class HypervHostsCommand implements Callable<Integer> {
    private static final long CLOSE_SECONDS_MAX = 10;

    /** Guests leave a trace so often, and more seldom the more there are: each is a file that is written. */
    private static final Duration TICK_MIN = Duration.ofMillis(100);

    /** How the addresses are written. */
    enum Output {
        TEXT,
        JSON
    }

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--hosts", defaultValue = "2", description = "How many hosts. Default: ${DEFAULT-VALUE}.")
    private int hosts;

    @Option(names = "--vms", defaultValue = "4", description = "How many VMs in all. Default: ${DEFAULT-VALUE}.")
    private int vms;

    @Option(names = "--off", description = "VMs are off at first. Default: they run.")
    private boolean isOff;

    @Option(
            names = "--port",
            defaultValue = "0",
            description = "Port of the first host; the others follow. Default: any ports.")
    private int port;

    @Option(names = "--http", description = "Plain HTTP instead of HTTPS. Needs --basic, or nobody is let in.")
    private boolean isHttp;

    @Option(
            names = "--basic",
            description = "Take Basic authentication, user and password 'drover'. Else callers need a certificate.")
    private boolean isBasic;

    @Option(names = "--keytab", paramLabel = "FILE", description = "Take Kerberos tickets for the keys in this file.")
    private Optional<Path> keytab = Optional.empty();

    @Option(
            names = "--storage",
            paramLabel = "DIR",
            description = "Folder for the files of VMs and for certificates. Default: a new one below the system's"
                    + " temporary folder.")
    private Optional<Path> storage = Optional.empty();

    @Option(
            names = "--locale",
            defaultValue = "en-US",
            description = "Language of what hosts say: en-US or ja-JP. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String locale;

    @Option(names = "--extra-properties", description = "Also the properties that came after Windows Server 2019.")
    private boolean hasNewerProperties;

    @Option(
            names = "--speed",
            defaultValue = "1",
            description = "How many seconds pass in one. Default: ${DEFAULT-VALUE}.")
    private double speed;

    @Option(
            names = "--misbehave",
            paramLabel = "NAME[@HOST]",
            description = "A way in which hosts let callers down, of one host or of all. Can be given again. Names:"
                    + " ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    private List<String> misbehaviours = new ArrayList<>();

    @Option(
            names = "--control-port",
            defaultValue = "0",
            description = "Port at which misbehaviours are switched while hosts run. Default: any.")
    private int controlPort;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            description = "How addresses are written: text or json. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Output output;

    /** Names of misbehaviours, for help and completion. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Names() {
            for (Misbehaviour each : Misbehaviour.values()) {
                add(each.commandName());
            }
        }
    }

    /** Made by picocli. */
    public HypervHostsCommand() {}

    @Override
    public Integer call() throws IOException {
        Path directory = storage.isPresent() ? storage.get() : Files.createTempDirectory("drover-hyperv");
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        // A process that is told to end waits for its hooks, and this one waits until everything is closed.
        Thread hook = new Thread(() -> endInOrder(end, closed), "hyperv-hosts-end");
        try (EmulatedHosts running = EmulatedHosts.start(settings(directory));
                ControlEndpoint control = new ControlEndpoint(running, controlPort)) {
            createOff(running);
            misbehaviours.forEach(each -> control.switchOn(each));
            print(running, control);
            Runtime.getRuntime().addShutdownHook(hook);
            end.await();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed.countDown();
        }
        return 0;
    }

    /** Dealt out as those that run. */
    private void createOff(EmulatedHosts running) {
        for (int i = 0; isOff && i < vms; i++) {
            var unused = running.host("HV" + (i % hosts + 1)).create(EmulatedHosts.spec(i + 1));
        }
    }

    private static void endInOrder(CountDownLatch end, CountDownLatch closed) {
        end.countDown();
        try {
            boolean unused = closed.await(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private EmulatedHostsSettings settings(Path directory) {
        return new EmulatedHostsSettings(
                hosts,
                isOff ? 0 : vms,
                directory,
                port,
                isHttp,
                isBasic ? Optional.of(EmulatedHosts.USER) : Optional.empty(),
                keytab,
                locale,
                hasNewerProperties,
                false,
                speed,
                TICK_MIN.plusMillis(vms));
    }

    private void print(EmulatedHosts running, ControlEndpoint control) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Object> all = new LinkedHashMap<>();
        Map<String, String> addresses = new LinkedHashMap<>();
        running.hostNames()
                .forEach(each -> addresses.put(
                        each.toLowerCase(Locale.ROOT), running.endpoint(each).toString()));
        all.put("hosts", addresses);
        all.put("control", control.address().toString());
        all.put("storage", running.storage().toAbsolutePath().toString());
        running.trustedPem()
                .ifPresent(each -> all.put("trust", each.toAbsolutePath().toString()));
        running.clientStore()
                .ifPresent(each ->
                        all.put("clientCertificate", each.toAbsolutePath().toString()));
        if (output == Output.JSON) {
            out.println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(all));
        } else {
            addresses.forEach((host, address) -> out.println(host + "  " + address));
            all.forEach((name, value) -> {
                if (value instanceof String text) {
                    out.println(name + "  " + text);
                }
            });
        }
        out.flush();
    }
}
