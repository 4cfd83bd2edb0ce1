package io.drover.runtime;

import io.drover.api.ReportServer;
import io.drover.engine.coordinator.CancelOrder;
import io.drover.model.NodeId;
import io.drover.model.NodeReport;
import io.drover.proto.v1.Cancellation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Hands reports to the coordinator's seat. Any thread. */
final class SeatReceiver implements ReportServer.Receiver {
    private final EventLoop loop;
    private final CoordinatorSeat seat;

    SeatReceiver(EventLoop loop, CoordinatorSeat seat) {
        this.loop = loop;
        this.seat = seat;
    }

    @Override
    public CompletionStage<Optional<ReportServer.Answer>> report(NodeReport report) {
        return loop.ask(() -> CompletableFuture.completedFuture(take(report)));
    }

    private Optional<ReportServer.Answer> take(NodeReport report) {
        if (seat.epoch().isEmpty()) {
            return Optional.empty();
        }
        seat.heard(report);
        return seat.epoch().map(epoch -> new ReportServer.Answer(epoch.number(), cancellations(report.node())));
    }

    /** What a node is to cancel now. */
    List<Cancellation> cancellations(NodeId node) {
        return seat.view()
                .map(view -> CancelOrder.forSource(view, node).stream()
                        .map(order -> Cancellation.newBuilder()
                                .setVm(order.vm().value())
                                .setOperation(order.operation().value())
                                .setAttempt(order.attempt())
                                .setReason(order.reason())
                                .build())
                        .toList())
                .orElse(List.of());
    }
}
