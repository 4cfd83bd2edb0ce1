package io.drover.runtime.hostsetup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.Scrubber;
import io.drover.hypervisor.hyperv.SmokeTest;
import io.drover.proto.v1.SmokeTestResult;
import io.drover.proto.v1.SmokeTestStep;
import io.drover.wsman.WsmanExchange;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A smoke test whose exchanges are written down: a line of JSON for each in {@code records.jsonl}, with the keys that the
 * PowerShell script writes too ({@code docs/windows.md}), kind {@code wsman}. Names that tell where it was are replaced:
 * nothing is written before all of it has been looked through for them, since a name may stand plainly only at the end.
 */
final class RecordedSmokeTest {
    private static final JsonFactory JSON = new JsonFactory();

    /** Characters of exchanges that are kept at most: those of some hundred thousand objects. */
    private static final long KEPT_MAX = 64 << 20;

    private final HypervisorConfig.Hyperv host;
    private final Path folder;
    private final Clock clock;
    private final Consumer<SmokeTestStep> progress;
    private final SmokeTestResult.Builder result = SmokeTestResult.newBuilder();
    private final List<Recorded> kept = new ArrayList<>();
    private long keptCharacters;
    private String test = "";
    private int sequence;

    /** An exchange that is not written yet. */
    private record Recorded(int sequence, String test, Instant at, WsmanExchange exchange) {}

    RecordedSmokeTest(HypervisorConfig.Hyperv host, Path folder, Clock clock, Consumer<SmokeTestStep> progress) {
        this.host = host;
        this.folder = folder;
        this.clock = clock;
        this.progress = progress;
    }

    SmokeTestResult run(boolean changesSettings) throws IOException {
        String name = SmokeTest.nameOf(host);
        Files.createDirectories(folder);
        Path records = folder.resolve("records.jsonl");
        try (BufferedWriter file =
                Files.newBufferedWriter(records, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            Scrubber scrubber = new Scrubber(List.of(name, host.address().getHost()), List.of());
            try (SmokeTest smoke = new SmokeTest(host, each -> keep(file, scrubber, each), listener())) {
                smoke.run(changesSettings);
            } finally {
                writeKept(file, scrubber);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return result.setHost(name).setRecords(records.toString()).build();
    }

    private SmokeTest.Listener listener() {
        return new SmokeTest.Listener() {
            @Override
            public void asks(String letter) {
                test = letter;
            }

            @Override
            public void answered(String letter, String name, boolean isPassed, String text, Duration took) {
                SmokeTestStep step = SmokeTestStep.newBuilder()
                        .setTest(letter)
                        .setName(name)
                        .setPassed(isPassed)
                        .setText(text)
                        .setDurationMs((int) Math.min(Integer.MAX_VALUE, took.toMillis()))
                        .build();
                result.addSteps(step);
                progress.accept(step);
            }
        };
    }

    private void keep(BufferedWriter file, Scrubber scrubber, WsmanExchange exchange) {
        kept.add(new Recorded(++sequence, test, clock.instant(), exchange));
        keptCharacters += exchange.request().length() + (long) exchange.answer().length();
        if (keptCharacters > KEPT_MAX) {
            writeKept(file, scrubber); // Of what comes later no names can be known here.
        }
    }

    private void writeKept(BufferedWriter file, Scrubber scrubber) {
        // Twice: whether a name is that of a host may depend on a domain that is told of later.
        for (int round = 0; round < 2; round++) {
            for (Recorded each : kept) {
                scrubber.learn(each.exchange().request());
                scrubber.learn(each.exchange().answer());
            }
        }
        kept.forEach(each -> write(file, scrubber, each));
        kept.clear();
        keptCharacters = 0;
    }

    private static void write(BufferedWriter file, Scrubber scrubber, Recorded recorded) {
        WsmanExchange exchange = recorded.exchange();
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("sequence", recorded.sequence());
            json.writeStringField("test", recorded.test());
            json.writeStringField("at", recorded.at().toString());
            json.writeObjectFieldStart("request");
            json.writeStringField("kind", "wsman");
            json.writeStringField("what", scrubber.scrub(exchange.what()));
            json.writeStringField("xml", scrubber.scrub(exchange.request()));
            json.writeEndObject();
            json.writeNumberField("durationMs", exchange.took().toMillis());
            json.writeNumberField("status", exchange.status());
            json.writeStringField("xml", scrubber.scrub(exchange.answer()));
            json.writeEndObject();
            json.flush();
            file.write(line.append('\n').toString());
        } catch (IOException e) {
            throw new UncheckedIOException("records cannot be written: " + e.getMessage(), e);
        }
    }
}
