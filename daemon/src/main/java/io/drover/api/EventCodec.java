package io.drover.api;

import io.drover.coordination.codec.StatusEnums;
import io.drover.coordination.codec.Times;
import io.drover.model.Event;
import io.drover.model.OperationId;
import io.drover.model.Reason;

/** Turns events into messages. */
final class EventCodec {
    private EventCodec() {}

    static io.drover.proto.v1.Event toProto(Event event) {
        Reason reason = event.reason();
        return io.drover.proto.v1.Event.newBuilder()
                .setAt(Times.toProto(event.at()))
                .setOrigin(event.origin().value())
                .setSequence(event.sequence())
                .setSeverity(StatusEnums.toProto(reason.severity()))
                .setTopic(StatusEnums.toProto(reason.topic()))
                .setSubject(reason.subject())
                .setText(reason.text())
                .setOperation(reason.operation().map(OperationId::value).orElse(""))
                .setActor(reason.actor().orElse(""))
                .build();
    }
}
