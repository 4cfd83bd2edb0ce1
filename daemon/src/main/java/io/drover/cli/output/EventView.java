package io.drover.cli.output;

import io.drover.proto.v1.Event;
import io.drover.proto.v1.Severity;
import java.time.ZoneId;
import java.util.List;

/** Events, one line each. */
public final class EventView {
    private EventView() {}

    /** The events in their order, under headings. */
    public static List<String> list(List<Event> events, ZoneId zone, boolean colours) {
        Table table = new Table()
                .column("TIME")
                .column("FROM")
                .column("LEVEL")
                .column("SUBJECT")
                .column("EVENT");
        for (Event event : events) {
            table.row(
                    Quantities.date(event.getAt(), zone),
                    event.getOrigin(),
                    Words.severity(event.getSeverity()),
                    event.getTopic() + " " + event.getSubject(),
                    text(event));
        }
        return table.lines(colours);
    }

    /** One event of a stream, on a line of its own. */
    public static String line(Event event, ZoneId zone, boolean colours) {
        Table.Cell severity = Words.severity(event.getSeverity());
        String level = event.getSeverity() == Severity.SEVERITY_INFO
                ? ""
                : severity.colour().paint(severity.text(), colours) + ": ";
        return Quantities.date(event.getAt(), zone) + "  " + event.getOrigin() + "  " + level + event.getTopic() + " "
                + event.getSubject() + ": " + text(event);
    }

    private static String text(Event event) {
        return event.getText() + (event.getActor().isEmpty() ? "" : " (by " + event.getActor() + ")");
    }
}
