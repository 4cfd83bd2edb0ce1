package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.client.ClusterClient;
import io.drover.cli.output.EventView;
import io.drover.cli.output.Printer;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.Event;
import io.drover.proto.v1.ListEventsRequest;
import io.drover.proto.v1.ListEventsResponse;
import io.drover.proto.v1.WatchEventsRequest;
import io.drover.proto.v1.WatchEventsResponse;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover events}. */
@Command(name = "events", description = "Shows the cluster's history, oldest first.")
final class EventsCommand extends BaseCommand.Client {
    private static final int DEFAULT_LIMIT = 100;
    private static final int GREATEST_LIMIT = 10_000;

    @Option(names = "--follow", description = "Go on with new events as they happen, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--limit", paramLabel = "N", description = "The newest N, 1 to 10000. Default: 100.")
    private int limit = DEFAULT_LIMIT;

    @Override
    ExitCode run(ClusterClient client) {
        if (limit < 1 || limit > GREATEST_LIMIT) {
            throw CommandException.of(
                    ExitCode.USAGE,
                    "--limit: " + limit + " (expected: 1 to " + GREATEST_LIMIT + ")",
                    "",
                    "give another");
        }
        return follow ? follow(client) : list(client);
    }

    private ExitCode list(ClusterClient client) {
        ListEventsRequest request =
                ListEventsRequest.newBuilder().setLimit(limit).build();
        ListEventsResponse answer = client.read(stub -> stub.listEvents(request));
        List<Event> events = answer.getEventsList();
        Printer printer = program().printer();
        printer.print(
                () -> ProtoJson.array(events),
                () -> EventView.list(events, program().surroundings().zone(), printer.colours()));
        if (answer.getSilentNodesCount() > 0) {
            program().note("could not be asked: " + String.join(", ", answer.getSilentNodesList()));
        }
        return ExitCode.DONE;
    }

    private ExitCode follow(ClusterClient client) {
        Printer printer = program().printer();
        ZoneId zone = program().surroundings().zone();
        // The stream is opened anew from time to time; what came before is recognised by its origin's own numbering.
        Map<String, Long> seen = new HashMap<>();
        WatchEventsRequest request =
                WatchEventsRequest.newBuilder().setBacklog(limit).build();
        client.<WatchEventsResponse>follow(stub -> stub.watchEvents(request), message -> {
            Event event = message.getEvent();
            if (event.getSequence() > seen.getOrDefault(event.getOrigin(), -1L)) {
                seen.put(event.getOrigin(), event.getSequence());
                printer.printNext(
                        () -> ProtoJson.tree(event), () -> List.of(EventView.line(event, zone, printer.colours())));
            }
            return !program().surroundings().out().checkError();
        });
        return ExitCode.DONE;
    }
}
