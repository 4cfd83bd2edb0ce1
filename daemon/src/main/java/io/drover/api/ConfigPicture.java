package io.drover.api;

import io.drover.coordination.codec.PolicyCodec;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.RuleStates;
import io.drover.model.AffinityRule;
import io.drover.proto.v1.GetConfigResponse;
import io.drover.proto.v1.RuleStatus;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Draws the cluster's settings, and its rules with how they stand, as the answer that operators get. Pure. */
public final class ConfigPicture {
    private ConfigPicture() {}

    /** Of everything known. */
    public static GetConfigResponse of(ClusterView view) {
        Map<String, RuleStates.Broken> broken = RuleStates.broken(view).stream()
                .collect(Collectors.toMap(each -> each.rule().name(), Function.identity(), (one, same) -> one));
        GetConfigResponse.Builder answer =
                GetConfigResponse.newBuilder().addAllSettings(SettingNames.of(view.settings()));
        for (AffinityRule rule : view.settings().rules()) {
            RuleStatus.Builder status = RuleStatus.newBuilder().setRule(PolicyCodec.toProto(rule));
            RuleStates.Broken state = broken.get(rule.name());
            if (state == null) {
                status.setHolds(true);
            } else {
                status.setWhere(state.where()).setWhy(state.why());
            }
            answer.addRules(status);
        }
        return answer.build();
    }
}
