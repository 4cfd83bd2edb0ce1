package io.drover.runtime.hostsetup;

import io.drover.hostsetup.Finding;
import io.drover.hostsetup.MigrationNetwork;
import io.drover.hostsetup.MigrationSettings;
import io.drover.hostsetup.SettingDifference;
import io.drover.hostsetup.WantedSettings;
import io.drover.proto.v1.HostChange;
import io.drover.proto.v1.HostChangeState;
import io.drover.proto.v1.HostFinding;
import io.drover.proto.v1.HostFindingState;
import io.drover.proto.v1.HostMigrationSettings;
import io.drover.proto.v1.HostNetwork;

/** What was found, in the form of the command. */
final class HostForms {
    private HostForms() {}

    static HostMigrationSettings form(MigrationSettings settings) {
        HostMigrationSettings.Builder form = HostMigrationSettings.newBuilder()
                .setEnabled(settings.isEnabled())
                .setAuthentication(WantedSettings.word(settings.authentication()))
                .setPerformance(WantedSettings.word(settings.performance()))
                .setMigrations(settings.migrations())
                .setStorageMigrations(settings.storageMigrations());
        for (MigrationNetwork each : settings.networks()) {
            form.addNetworks(HostNetwork.newBuilder().setSubnet(each.subnet()).setPriority((int) each.priority()));
        }
        return form.build();
    }

    static HostChange form(SettingDifference difference, HostChangeState state) {
        return HostChange.newBuilder()
                .setSetting(difference.setting())
                .setIs(difference.is())
                .setWanted(difference.wanted())
                .setState(state)
                .build();
    }

    static HostFinding form(Finding finding) {
        return HostFinding.newBuilder()
                .setCheck(finding.check())
                .setHost(finding.host())
                .setTarget(finding.target().orElse(""))
                .setState(
                        switch (finding.state()) {
                            case OK -> HostFindingState.HOST_FINDING_STATE_OK;
                            case WARNING -> HostFindingState.HOST_FINDING_STATE_WARNING;
                            case BLOCKED -> HostFindingState.HOST_FINDING_STATE_BLOCKED;
                            case UNKNOWN -> HostFindingState.HOST_FINDING_STATE_UNKNOWN;
                        })
                .setText(finding.text())
                .setRemedy(finding.remedy())
                .build();
    }
}
