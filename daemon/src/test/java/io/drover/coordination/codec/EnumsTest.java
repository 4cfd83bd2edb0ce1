package io.drover.coordination.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.model.AssignmentRole;
import io.drover.model.DesiredState;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.MoveKind;
import io.drover.model.NodeMode;
import io.drover.model.NodeState;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.Priority;
import io.drover.model.ProblemKind;
import io.drover.model.Severity;
import io.drover.model.StepState;
import io.drover.model.Topic;
import io.drover.model.VmState;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class EnumsTest {
    @Test
    void everyStoredWordComesBackAsItWas() {
        check(FencingState.values(), Enums::toProto, Enums::fromProto);
        check(NodeMode.values(), Enums::toProto, Enums::fromProto);
        check(DrainStatus.values(), Enums::toProto, Enums::fromProto);
        check(DesiredState.values(), Enums::toProto, Enums::fromProto);
        check(AssignmentRole.values(), Enums::toProto, Enums::fromProto);
        check(Priority.values(), Enums::toProto, Enums::fromProto);
        check(FailbackMode.values(), Enums::toProto, Enums::fromProto);
        check(OperationKind.values(), Enums::toProto, Enums::fromProto);
        check(OperationState.values(), Enums::toProto, Enums::fromProto);
        check(StepState.values(), Enums::toProto, Enums::fromProto);
        check(MoveKind.values(), Enums::toProto, Enums::fromProto);
    }

    @Test
    void everyReportedWordComesBackAsItWas() {
        check(NodeState.values(), StatusEnums::toProto, StatusEnums::fromProto);
        check(VmState.values(), StatusEnums::toProto, StatusEnums::fromProto);
        check(GuestState.values(), StatusEnums::toProto, StatusEnums::fromProto);
        check(HealthLevel.values(), StatusEnums::toProto, StatusEnums::fromProto);
        check(Severity.values(), StatusEnums::toProto, StatusEnums::fromProto);
        check(ProblemKind.values(), StatusEnums::toProto, StatusEnums::fromProto);
        check(Topic.values(), StatusEnums::toProto, StatusEnums::topicFromProto);
    }

    @Test
    void anAbsentWordIsRefused() {
        assertThatThrownBy(() -> Enums.fromProto(io.drover.proto.v1.NodeMode.NODE_MODE_UNSPECIFIED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NodeMode");
        assertThatThrownBy(() -> StatusEnums.fromProto(io.drover.proto.v1.VmState.UNRECOGNIZED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("VmState");
    }

    private static <M, P> void check(M[] values, Function<M, P> toProto, Function<P, M> fromProto) {
        assertThat(values).isNotEmpty();
        assertThat(values)
                .allSatisfy(value ->
                        assertThat(fromProto.apply(toProto.apply(value))).isEqualTo(value));
        assertThat(values).extracting(toProto::apply).doesNotHaveDuplicates();
    }
}
