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
import java.util.List;
import java.util.function.Consumer;

/**
 * A smoke test whose exchanges are written down: a line of JSON for each in {@code records.jsonl}, with the keys that the
 * PowerShell script writes too ({@code docs/windows.md}), kind {@code wsman}. Names that tell where it was are replaced.
 */
final class RecordedSmokeTest {
    private static final JsonFactory JSON = new JsonFactory();

    private final HypervisorConfig.Hyperv host;
    private final Path folder;
    private final Clock clock;
    private final Consumer<SmokeTestStep> progress;
    private final SmokeTestResult.Builder result = SmokeTestResult.newBuilder();
    private String test = "";
    private int sequence;

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
            Scrubber scrubber = scrubber(name);
            try (SmokeTest smoke = new SmokeTest(host, each -> write(file, scrubber, each), listener())) {
                smoke.run(changesSettings);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return result.setHost(name).setRecords(records.toString()).build();
    }

    private Scrubber scrubber(String name) {
        int dot = name.indexOf('.');
        List<String> domains = dot < 0 ? List.of() : List.of(name.substring(dot + 1));
        List<String> hosts = dot < 0
                ? List.of(name, host.address().getHost())
                : List.of(name, name.substring(0, dot), host.address().getHost());
        return new Scrubber(hosts, domains);
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

    private void write(BufferedWriter file, Scrubber scrubber, WsmanExchange exchange) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("sequence", ++sequence);
            json.writeStringField("test", test);
            json.writeStringField("at", clock.instant().toString());
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
