package io.drover.sim.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.sim.lab.Waits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The yardstick: the same guest, migrated over loopback by nobody but this class, with QMP alone. No record, no
 * negotiation, no second opinion: a lost message could leave the guest running twice or not at all.
 */
final class BareGuest implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final long NO_LIMIT = 1L << 40;

    private final GuestPlan plan;
    private final Path folder;
    private final Path image;
    private final Path disk;
    private final List<Machine> machines = new ArrayList<>();
    private int number;

    /** One QEMU. */
    private record Machine(Qmp qmp, ProcessHandle process) {}

    /**
     * One migration, in milliseconds.
     *
     * @param wall from the start of the target's QEMU until the guest runs there
     * @param prepare of this, until the target's QEMU is ready
     * @param total QEMU's own figure for the copy
     * @param downtime QEMU's own figure for the blackout
     */
    record Figures(double wall, double prepare, double total, double downtime) {}

    private BareGuest(GuestPlan plan, Path folder) throws IOException {
        this.plan = plan;
        this.folder = folder;
        this.image = plan.image(folder);
        this.disk = plan.disk(folder);
    }

    /** Starts it and waits until it ticks. */
    static BareGuest start(GuestPlan plan, Path folder) throws IOException, InterruptedException {
        BareGuest guest = new BareGuest(plan, folder);
        try {
            guest.machines.add(guest.launch(List.of()));
            Path log = guest.serial(guest.number);
            Waits.until(
                    "the bare guest boots, see " + log,
                    PAUSE,
                    LIMIT,
                    () -> log.toFile().length() > 100);
            return guest;
        } catch (IOException | RuntimeException e) {
            guest.close();
            throw e;
        }
    }

    /** Moves it to a new QEMU. */
    Figures migrate(Duration downtimeLimit) throws IOException, InterruptedException {
        Machine source = machines.get(0);
        long begun = System.nanoTime();
        Machine target = launch(List.of("-incoming", "tcp:127.0.0.1:0"));
        machines.add(target);
        String port = target.qmp
                .ask("query-migrate")
                .path("socket-address")
                .path(0)
                .path("port")
                .asText();
        double prepare = Waits.millisSince(begun);
        JsonNode copy = copy(source, port, downtimeLimit);
        while (!target.qmp.ask("query-status").path("status").asText().equals("running")) {
            target.qmp.await(event -> event.path("event").asText().equals("RESUME"));
        }
        double wall = Waits.millisSince(begun);
        quit(source);
        return new Figures(
                wall,
                prepare,
                copy.path("total-time").asDouble(),
                copy.path("downtime").asDouble());
    }

    private static JsonNode copy(Machine source, String port, Duration downtimeLimit) throws IOException {
        ObjectNode capabilities = Qmp.arguments();
        capabilities
                .putArray("capabilities")
                .addObject()
                .put("capability", "events")
                .put("state", true);
        source.qmp.ask("migrate-set-capabilities", capabilities);
        source.qmp.ask(
                "migrate-set-parameters",
                Qmp.arguments().put("max-bandwidth", NO_LIMIT).put("downtime-limit", downtimeLimit.toMillis()));
        source.qmp.ask("migrate", Qmp.arguments().put("uri", "tcp:127.0.0.1:" + port));
        JsonNode end = source.qmp.await(event -> event.path("event").asText().equals("MIGRATION")
                && event.path("data").path("status").asText().matches("completed|failed"));
        JsonNode figures = source.qmp.ask("query-migrate");
        // It may be filled in after the word "completed".
        while (!figures.has("total-time") && figures.path("status").asText().equals("completed")) {
            figures = source.qmp.ask("query-migrate");
        }
        if (!figures.has("total-time")) {
            throw new IOException("the bare migration failed: " + end + " " + figures.path("error-desc"));
        }
        return figures;
    }

    /** In the background once its socket listens, as the product starts it. */
    private Machine launch(List<String> more) throws IOException, InterruptedException {
        number++;
        Path socket = folder.resolve("qmp-" + number);
        Path pidFile = folder.resolve("pid-" + number);
        Path log = serial(number);
        Files.createDirectories(log.getParent());
        List<String> command = new ArrayList<>(List.of(
                "qemu-system-x86_64",
                "-daemonize",
                "-pidfile",
                pidFile.toString(),
                "-qmp",
                "unix:" + socket + ",server=on,wait=off",
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-accel",
                "tcg,thread=single",
                "-machine",
                "pc-i440fx-7.2",
                "-cpu",
                "qemu64",
                "-vga",
                "none",
                "-rtc",
                "base=utc",
                "-m",
                "size=" + plan.memory() + "B",
                "-smp",
                "1"));
        command.addAll(List.of("-chardev", "file,id=serial0,path=" + log, "-serial", "chardev:serial0"));
        command.addAll(List.of(
                "-blockdev",
                "driver=raw,node-name=boot,read-only=on,file.driver=file,file.filename=" + image,
                "-device",
                "floppy,drive=boot",
                "-boot",
                "a"));
        command.addAll(List.of(
                "-blockdev",
                "driver=raw,node-name=disk0,file.driver=file,file.locking=on,file.filename=" + disk,
                "-device",
                "ide-hd,drive=disk0,bus=ide.0,unit=0"));
        command.addAll(more);
        Path said = folder.resolve("qemu-" + number + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("QEMU does not start: " + Files.readString(said));
        }
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        ProcessHandle handle =
                ProcessHandle.of(pid).orElseThrow(() -> new IOException("QEMU ended at once: see " + said));
        return new Machine(new Qmp(socket), handle);
    }

    private Path serial(int which) {
        return folder.resolve("guests").resolve("bare").resolve("serial-" + which + ".log");
    }

    private void quit(Machine machine) throws IOException {
        machine.qmp.ask("quit");
        machine.qmp.awaitEnd();
        machine.qmp.close();
        machines.remove(machine);
    }

    @Override
    public void close() {
        machines.forEach(machine -> machine.process.destroyForcibly());
        machines.clear();
    }
}
