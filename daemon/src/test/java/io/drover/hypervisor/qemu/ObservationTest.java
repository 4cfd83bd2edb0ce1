package io.drover.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationTest {
    private static final VmSpec VM = VmSpec.of(new VmId("vm1"), 1L << 20);

    @ParameterizedTest
    @CsvSource({
        "running,        '',         false, false, RUNNING,  false",
        "running,        '',         true,  false, RUNNING,  false",
        "running,        active,     false, false, RUNNING,  true",
        "running,        completed,  false, false, RUNNING,  false",
        "inmigrate,      active,     true,  false, INCOMING, false",
        "inmigrate,      active,     false, true,  PAUSED,   false",
        "paused,         completed,  true,  false, ARRIVED,  false",
        "paused,         completed,  false, false, PAUSED,   false",
        "paused,         active,     false, false, PAUSED,   true",
        "finish-migrate, device,     false, false, DEPARTED, true",
        "finish-migrate, failed,     false, false, DEPARTED, true",
        "finish-migrate, completed,  false, false, DEPARTED, false",
        "finish-migrate, active,     false, true,  PAUSED,   false",
        "postmigrate,    completed,  false, false, DEPARTED, false",
        "postmigrate,    completed,  false, true,  PAUSED,   false",
        "postmigrate,    failed,     false, false, PAUSED,   false",
        "io-error,       '',         false, false, PAUSED,   false",
    })
    void runStatesOfQemuMeanOneThingEach(
            String runState, String migration, boolean late, boolean saving, GuestState state, boolean sending) {
        Observation now = new Observation(runState, migration, late, saving);
        assertThat(now.state()).isEqualTo(state);
        assertThat(now.toStatus(VM).sending()).isEqualTo(sending);
    }
}
