package io.drover.engine.migration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** The stream between the two sides of the one session. */
final class WorldStream {
    private final MigrationWorld world;
    private final Deque<Consumer<WorldSide>> toTarget = new ArrayDeque<>();
    private final Deque<Consumer<WorldSide>> toSource = new ArrayDeque<>();
    private boolean isOver;

    WorldStream(MigrationWorld world) {
        this.world = world;
    }

    void toTarget(Consumer<WorldSide> message) {
        if (!isOver) {
            toTarget.add(message);
        }
    }

    void toSource(Consumer<WorldSide> message) {
        if (!isOver) {
            toSource.add(message);
        }
    }

    /** Ends it: messages that have been sent may be lost, from some point on. */
    void cut(String why, boolean isLossy) {
        if (isOver) {
            return;
        }
        isOver = true;
        world.tell("stream ends: " + why);
        for (Deque<Consumer<WorldSide>> queue : List.of(toTarget, toSource)) {
            int lost = isLossy && !queue.isEmpty() ? world.random.nextInt(queue.size() + 1) : 0;
            for (int i = 0; i < lost; i++) {
                queue.removeLast();
            }
        }
        toTarget.add(side -> side.streamBroken(why));
        toSource.add(side -> side.streamBroken(why));
    }

    void moves(List<Runnable> moves) {
        if (!toTarget.isEmpty()) {
            moves.add(() -> toTarget.removeFirst().accept(world.target));
        }
        if (!toSource.isEmpty()) {
            moves.add(() -> toSource.removeFirst().accept(world.source));
        }
        if (!isOver && world.hasFaults && world.random.nextInt(30) == 0) {
            moves.add(() -> cut("network", true));
        }
    }
}
