package io.drover.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.api.events.EventFollower.Notice;
import io.drover.model.Event;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.ProblemException;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventJournalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00.123456Z");
    private static final NodeId NODE = new NodeId("node1");

    @TempDir
    Path folder;

    @Test
    void eventIsTheReasonWithItsTimePlaceAndNumber() {
        try (EventJournal journal = open()) {
            Reason reason = reason("first").in(new OperationId("drain-1")).by("anna");

            Event event = journal.append(reason);

            assertThat(event).isEqualTo(new Event(NOW, NODE, 1, reason));
            assertThat(journal.latest(10)).containsExactly(event);
        }
    }

    @Test
    void eventsAndTheirNumbersSurviveARestart() {
        Reason reason = reason("line one\nline \"two\" größe \u2028")
                .in(new OperationId("o-1"))
                .by("CORP\\anna");
        try (EventJournal journal = open()) {
            journal.append(reason);
            journal.append(reason("second"));
        }
        try (EventJournal journal = open()) {
            assertThat(journal.append(reason("third")).sequence()).isEqualTo(3);
            assertThat(journal.latest(10))
                    .containsExactly(
                            new Event(NOW, NODE, 1, reason),
                            new Event(NOW, NODE, 2, reason("second")),
                            new Event(NOW, NODE, 3, reason("third")));
        }
    }

    @Test
    void latestIsLimitedToTheNewestOldestFirst() {
        try (EventJournal journal = open()) {
            append(journal, 1, 5);
        }
        try (EventJournal journal = open()) {
            append(journal, 6, 8);

            assertThat(texts(journal.latest(0))).isEmpty();
            assertThat(texts(journal.latest(2))).containsExactly("7", "8");
            assertThat(texts(journal.latest(5))).containsExactly("4", "5", "6", "7", "8");
            assertThat(texts(journal.latest(100))).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sequence\":3,\"at\":\"2026-01-01T1",
                "{\"sequence\":3,\"at\":\"2026-01-01T12:00:00Z\",\"origin\":\"node1\",\"severity\":\"INFO\"}",
                "\u0000\u0000\u0000\u0000",
                "gr\u00f6\u00dfe",
            })
    void tornLastLineIsCutOffAndTheNextEventFollowsTheLastWholeOne(String torn) throws IOException {
        try (EventJournal journal = open()) {
            append(journal, 1, 2);
        }
        Files.writeString(current(), torn, StandardOpenOption.APPEND);

        try (EventJournal journal = open()) {
            assertThat(journal.append(reason("3")).sequence()).isEqualTo(3);
        }
        assertThat(Files.readAllLines(current())).hasSize(3);
        try (EventJournal journal = open()) {
            assertThat(texts(journal.latest(10))).containsExactly("1", "2", "3");
        }
    }

    @Test
    void tornEndLongerThanTheTailIsCutOffWhole() throws IOException {
        try (EventJournal journal = open()) {
            append(journal, 1, 2);
        }
        Files.writeString(current(), "x".repeat(200_000), StandardOpenOption.APPEND);

        try (EventJournal journal = open()) {
            assertThat(journal.append(reason("3")).sequence()).isEqualTo(3);
        }
        assertThat(Files.readAllLines(current())).hasSize(3);
    }

    @Test
    void lineThatIsNoEventIsSkippedAndKeysOfANewerVersionAreIgnored() throws IOException {
        try (EventJournal journal = open()) {
            append(journal, 1, 1);
        }
        String newer = Files.readString(current())
                .replace("\"sequence\":1", "\"sequence\":2")
                .replace("{", "{\"colour\":{\"red\":[1]},");
        Files.writeString(current(), "rubbish\n" + newer + "rubbish\n".repeat(20_000), StandardOpenOption.APPEND);

        try (EventJournal journal = open()) {
            assertThat(journal.append(reason("3")).sequence()).isEqualTo(3);
            assertThat(journal.latest(10)).extracting(Event::sequence).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void filesAreRotatedAtTheirSizeAndNeverMoreThanTwo() throws IOException {
        long fileBytesMax = 2_000;
        for (int i = 1; i <= 200; i++) {
            try (EventJournal journal = EventJournal.open(folder, NODE, InstantSource.fixed(NOW), fileBytesMax)) {
                journal.append(reason(String.valueOf(i)));
            }
        }
        try (var files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(Files.size(file)).isBetween(1L, fileBytesMax));
        }
        try (EventJournal journal = EventJournal.open(folder, NODE, InstantSource.fixed(NOW), fileBytesMax)) {
            List<Event> events = journal.latest(1_000);
            assertThat(events).hasSizeBetween(10, 30);
            assertThat(events.get(events.size() - 1).sequence()).isEqualTo(200);
            assertThat(journal.append(reason("next")).sequence()).isEqualTo(201);
        }
    }

    @Test
    void numbersGoOnWhenTheCurrentFileIsGone() throws IOException {
        try (EventJournal journal = open()) {
            append(journal, 1, 3);
        }
        Files.move(current(), folder.resolve("events.1.jsonl"));

        try (EventJournal journal = open()) {
            assertThat(journal.append(reason("4")).sequence()).isEqualTo(4);
            assertThat(texts(journal.latest(10))).containsExactly("1", "2", "3", "4");
        }
    }

    @Test
    void moreThanMemoryHoldsIsReadFromTheFiles() {
        int count = EventJournal.IN_MEMORY + 500;
        try (EventJournal journal = open()) {
            for (int i = 1; i <= count; i++) {
                journal.append(reason(String.valueOf(i)));
                if (i % 500 == 0) {
                    awaitWritten(i);
                }
            }
            assertThat(journal.latest(count + 10))
                    .extracting(Event::sequence)
                    .hasSize(count)
                    .isSorted();
        }
    }

    @Test
    void diskThatCannotBeWrittenLosesNoEventFromMemoryAndIsUsedAgainWhenItCan() throws IOException {
        Path blocked = folder.resolve("blocked");
        Files.writeString(blocked, "a file where the folder should be");
        try (EventJournal journal = EventJournal.open(blocked, NODE, InstantSource.fixed(NOW))) {
            append(journal, 1, 2);
            assertThat(texts(journal.latest(10))).containsExactly("1", "2");

            Files.delete(blocked);

            AtomicInteger next = new AtomicInteger(3);
            await().atMost(PATIENCE).until(() -> {
                journal.append(reason(String.valueOf(next.getAndIncrement())));
                return Files.exists(blocked.resolve("events.jsonl"));
            });
        }
    }

    @Test
    void followerGetsTheBacklogAndThenEveryEventInOrder() {
        AtomicInteger woken = new AtomicInteger();
        try (EventJournal journal = open()) {
            append(journal, 1, 3);
            try (EventFollower follower = journal.follow(2, woken::incrementAndGet)) {
                append(journal, 4, 5);

                assertThat(texts(follower.backlog())).containsExactly("2", "3");
                assertThat(drain(follower)).containsExactly("4", "5");
                assertThat(follower.poll()).isEmpty();
                assertThat(woken).hasValue(2);
            }
        }
    }

    @Test
    void closedFollowerIsToldNothingMore() {
        AtomicInteger woken = new AtomicInteger();
        try (EventJournal journal = open()) {
            EventFollower follower = journal.follow(0, woken::incrementAndGet);
            follower.close();

            append(journal, 1, 1);

            assertThat(follower.poll()).isEmpty();
            assertThat(woken).hasValue(0);
        }
    }

    @Test
    void slowFollowerIsToldWhereAndHowManyItLost() {
        int max = EventFollower.WAITING_MAX;
        try (EventJournal journal = open();
                EventFollower slow = journal.follow(0, () -> {});
                EventFollower quick = journal.follow(0, () -> {})) {
            List<String> seen = new ArrayList<>();
            for (int i = 1; i <= max + 7; i++) {
                journal.append(reason(String.valueOf(i)));
                seen.addAll(drain(quick));
            }
            assertThat(seen).hasSize(max + 7).doesNotContain("lost");

            assertThat(slow.poll())
                    .hasValueSatisfying(notice -> assertThat(text(notice)).isEqualTo("1"));
            journal.append(reason("too early"));
            assertThat(slow.poll())
                    .hasValueSatisfying(notice -> assertThat(text(notice)).isEqualTo("2"));
            journal.append(reason("after the gap"));

            List<String> rest = drain(slow);
            assertThat(rest).hasSize(max).endsWith(String.valueOf(max), "lost 8", "after the gap");
        }
    }

    @Test
    void followerThatLostTheLastEventsIsToldSoAtTheEnd() {
        try (EventJournal journal = open();
                EventFollower slow = journal.follow(0, () -> {})) {
            append(journal, 1, EventFollower.WAITING_MAX + 3);

            assertThat(drain(slow)).endsWith(String.valueOf(EventFollower.WAITING_MAX), "lost 3");
        }
    }

    @Test
    void tooManyFollowersAreRefused() {
        try (EventJournal journal = open()) {
            for (int i = 0; i < EventJournal.FOLLOWERS_MAX; i++) {
                var unused = journal.follow(0, () -> {});
            }
            assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> journal.follow(0, () -> {}));
        }
    }

    private EventJournal open() {
        return EventJournal.open(folder, NODE, InstantSource.fixed(NOW));
    }

    private Path current() {
        return folder.resolve("events.jsonl");
    }

    private void awaitWritten(int lines) {
        await().atMost(PATIENCE).until(() -> {
            try (var all = Files.lines(current())) {
                return all.count() == lines;
            }
        });
    }

    private static void append(EventJournal journal, int first, int last) {
        for (int i = first; i <= last; i++) {
            journal.append(reason(String.valueOf(i)));
        }
    }

    private static Reason reason(String text) {
        return Reason.of(Severity.WARNING, Topic.HEALTH, "node1", text);
    }

    private static List<String> texts(List<Event> events) {
        return events.stream().map(event -> event.reason().text()).toList();
    }

    private static List<String> drain(EventFollower follower) {
        List<String> seen = new ArrayList<>();
        for (Optional<Notice> next = follower.poll(); next.isPresent(); next = follower.poll()) {
            seen.add(text(next.get()));
        }
        return seen;
    }

    private static String text(Notice notice) {
        return notice instanceof Notice.Happened happened
                ? happened.event().reason().text()
                : "lost " + ((Notice.Lost) notice).events();
    }
}
