package io.drover.api;

import io.drover.model.NodeId;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.VmId;
import io.drover.proto.v1.HostServiceGrpc;
import io.drover.proto.v1.LeaveRequest;
import io.drover.proto.v1.LeaveResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Takes what this host itself says to its agent, and refuses what others say in its name. Any thread. */
public final class HostServer extends HostServiceGrpc.HostServiceImplBase {
    private final Host host;

    /** With whoever acts on it. */
    public HostServer(Host host) {
        this.host = host;
    }

    /** Acts on what its host says. */
    public interface Host {
        /**
         * The host shuts down, or does not after all.
         *
         * @return what is left here now
         */
        CompletionStage<Left> leave(boolean leaves);
    }

    /**
     * What is left on a host that shuts down.
     *
     * @param node its node
     * @param vms VMs that are in its memory
     * @param noted whether it is on record that the node is given none any more
     */
    public record Left(NodeId node, List<VmId> vms, boolean noted) {
        /** Copies the list. */
        public Left {
            vms = List.copyOf(vms);
        }
    }

    @Override
    public void leave(LeaveRequest request, StreamObserver<LeaveResponse> out) {
        if (!Callers.isOfThisHost()) {
            out.onError(ProblemTrailer.toStatus(Problem.of(
                    ProblemKind.REFUSED,
                    "it is not taken for true that the host shuts down",
                    "that is for the host itself to say, and the call came from another one",
                    "drover node drain NODE")));
            return;
        }
        host.leave(!request.getStays()).whenComplete((left, failure) -> {
            if (failure != null) {
                out.onError(failure);
                return;
            }
            LeaveResponse.Builder answer =
                    LeaveResponse.newBuilder().setNode(left.node().value()).setNoted(left.noted());
            left.vms().forEach(vm -> answer.addVms(vm.value()));
            out.onNext(answer.build());
            out.onCompleted();
        });
    }
}
