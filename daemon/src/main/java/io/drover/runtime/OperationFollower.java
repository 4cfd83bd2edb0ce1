package io.drover.runtime;

import io.drover.api.Picture;
import io.drover.coordination.codec.OperationCodec;
import io.drover.engine.coordinator.ClusterView;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.model.StepState;
import io.drover.proto.v1.MoveProgressOfVm;
import io.drover.proto.v1.WatchOperationResponse;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows one operation for one watcher. On the event loop. */
final class OperationFollower {
    private final CoordinatorSeat seat;
    private final OperationId id;
    private final Consumer<WatchOperationResponse> listener;
    private final Consumer<Optional<Throwable>> end;
    private final ProblemException unseated;
    private final Runnable onChange = this::look;
    private @Nullable WatchOperationResponse last;
    private boolean ended;

    OperationFollower(
            CoordinatorSeat seat,
            OperationId id,
            Consumer<WatchOperationResponse> listener,
            Consumer<Optional<Throwable>> end,
            ProblemException unseated) {
        this.seat = seat;
        this.id = id;
        this.listener = listener;
        this.end = end;
        this.unseated = unseated;
    }

    void start() {
        seat.onChange(onChange);
        look();
    }

    void stop() {
        ended = true;
        seat.forgetListener(onChange);
    }

    private void look() {
        if (ended) {
            return;
        }
        Optional<ClusterView> view = seat.view();
        if (view.isEmpty()) {
            finish(Optional.of(unseated));
            return;
        }
        Operation operation = view.get().operations().get(id);
        if (operation == null) {
            finish(Optional.of(new ProblemException(Problem.of(
                    ProblemKind.USAGE,
                    "there is no operation '" + id + "'",
                    "it never was, or it ended too long ago",
                    "drover op list"))));
            return;
        }
        WatchOperationResponse now = answer(operation, view.get());
        if (!now.equals(last)) {
            last = now;
            listener.accept(now);
        }
        if (operation.state().isFinal()) {
            finish(Optional.empty());
        }
    }

    private void finish(Optional<Throwable> failure) {
        stop();
        end.accept(failure);
    }

    private static WatchOperationResponse answer(Operation operation, ClusterView view) {
        WatchOperationResponse.Builder answer =
                WatchOperationResponse.newBuilder().setOperation(OperationCodec.toProto(operation));
        operation.steps().stream()
                .filter(step -> step.state() == StepState.RUNNING)
                .flatMap(step -> Optional.ofNullable(view.vms().get(step.vm())).stream())
                .map(vm -> Picture.vm(vm, view))
                .filter(vm -> vm.hasMove())
                .forEach(vm -> answer.addProgress(
                        MoveProgressOfVm.newBuilder().setVm(vm.getName()).setProgress(vm.getMove())));
        return answer.build();
    }
}
