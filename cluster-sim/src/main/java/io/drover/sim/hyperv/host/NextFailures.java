package io.drover.sim.hyperv.host;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a host is told to fail at next, each once and in the order in which it was told. Safe for many threads.
 *
 * <p>What real hosts say comes with numbers that nobody can bring about at will; here any number can be.
 */
public final class NextFailures {
    /** Work that can be told to fail. */
    public enum Work {
        /** The check whether a VM could move. */
        CHECK,
        /** A move, when it begins. */
        MOVE,
        /** The start of a VM. */
        START,
        /** The import of a definition. */
        IMPORT,
        /** The validation of a planned VM. */
        VALIDATE,
        /** The realisation of a planned VM. */
        REALIZE,
        /** A move that succeeds, and says this as a warning. */
        WARN_OF_MOVE
    }

    private record Failure(String messageId, long hresult) {}

    private final Map<Work, Deque<Failure>> failures = new EnumMap<>(Work.class);
    private final Map<String, Deque<Long>> answers = new TreeMap<>();

    NextFailures() {}

    /**
     * The next such work fails.
     *
     * @param messageId number of the message or event; empty for none
     * @param hresult code of Windows that is in the message's text; 0 for none
     */
    public synchronized void fail(Work work, String messageId, long hresult) {
        failures.computeIfAbsent(work, unused -> new ArrayDeque<>()).add(new Failure(messageId, hresult));
    }

    /** The next call of a method, of whatever object, does nothing and returns this. */
    public synchronized void answer(String method, long returnValue) {
        answers.computeIfAbsent(method, unused -> new ArrayDeque<>()).add(returnValue);
    }

    synchronized Optional<Problem> take(Work work, Texts texts, String vm) {
        return Optional.ofNullable(failures.get(work))
                .flatMap(all -> Optional.ofNullable(all.poll()))
                .map(each -> Problem.of(each.messageId(), each.hresult(), texts.text("failed") + " '" + vm + "'"));
    }

    synchronized Optional<Long> takeAnswer(String method) {
        return Optional.ofNullable(answers.get(method)).flatMap(all -> Optional.ofNullable(all.poll()));
    }
}
