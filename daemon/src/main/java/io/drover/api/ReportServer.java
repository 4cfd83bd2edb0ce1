package io.drover.api;

import io.drover.model.NodeReport;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.proto.v1.Cancellation;
import io.drover.proto.v1.ReportRequest;
import io.drover.proto.v1.ReportResponse;
import io.drover.proto.v1.ReportServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Takes the agents' reports while this node coordinates. Any thread. */
public final class ReportServer extends ReportServiceGrpc.ReportServiceImplBase {
    private final Receiver receiver;

    /** With whoever reads the reports. */
    public ReportServer(Receiver receiver) {
        this.receiver = receiver;
    }

    /** Reads reports. */
    public interface Receiver {
        /** Takes one report; the stage ends with what to answer, or with nothing if this node does not coordinate. */
        CompletionStage<Optional<Answer>> report(NodeReport report);
    }

    /**
     * The answer to a report.
     *
     * @param epoch the coordinator's epoch
     * @param cancellations moves away from the node that are to be cancelled
     */
    public record Answer(long epoch, List<Cancellation> cancellations) {
        /** Copies the list. */
        public Answer {
            cancellations = List.copyOf(cancellations);
        }
    }

    @Override
    public StreamObserver<ReportRequest> report(StreamObserver<ReportResponse> out) {
        return new Incoming(out);
    }

    private final class Incoming implements StreamObserver<ReportRequest> {
        private final StreamObserver<ReportResponse> out;
        private boolean ended;

        Incoming(StreamObserver<ReportResponse> out) {
            this.out = out;
        }

        @Override
        public void onNext(ReportRequest request) {
            NodeReport report;
            try {
                report = ReportCodec.fromProto(request);
            } catch (IllegalArgumentException e) {
                fail(Problem.of(
                        ProblemKind.USAGE,
                        "the report is not accepted",
                        String.valueOf(e.getMessage()),
                        "run the same version of Drover on all nodes"));
                return;
            }
            receiver.report(report).whenComplete((answer, failure) -> {
                if (failure != null || answer.isEmpty()) {
                    fail(Problem.of(
                            ProblemKind.NO_COORDINATOR,
                            "the report is not accepted",
                            "this node does not coordinate",
                            "report to the coordinator"));
                } else {
                    send(request.getSequence(), answer.get());
                }
            });
        }

        private synchronized void send(long sequence, Answer answer) {
            if (!ended) {
                out.onNext(ReportResponse.newBuilder()
                        .setSequence(sequence)
                        .setEpoch(answer.epoch())
                        .addAllCancellations(answer.cancellations())
                        .build());
            }
        }

        private synchronized void fail(Problem problem) {
            if (!ended) {
                ended = true;
                out.onError(ProblemTrailer.toStatus(problem));
            }
        }

        @Override
        public synchronized void onError(Throwable failure) {
            ended = true;
        }

        @Override
        public synchronized void onCompleted() {
            if (!ended) {
                ended = true;
                out.onCompleted();
            }
        }
    }
}
