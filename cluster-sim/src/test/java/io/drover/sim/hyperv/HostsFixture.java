package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts with two VMs each, over plain HTTP, and time that the test advances. vm01 and vm03 are on HV1. */
abstract class HostsFixture {
    static final String VM = EmulatedHosts.spec(1).id();
    static final String SECOND = EmulatedHosts.spec(3).id();
    static final String OTHER = EmulatedHosts.spec(2).id();

    @TempDir
    Path directory;

    EmulatedHosts hosts;
    Caller hv1;
    Caller hv2;

    EmulatedHostsSettings settings() {
        return EmulatedHostsSettings.usual(directory).manual();
    }

    @BeforeEach
    void start() throws IOException {
        hosts = EmulatedHosts.start(settings());
        hv1 = new Caller(hosts.endpoint("HV1"));
        hv2 = new Caller(hosts.endpoint("HV2"));
        advance(5);
    }

    @AfterEach
    void close() {
        hosts.close();
        assertThat(expectsDoubles() ? "" : String.join("\n", hosts.truth().doubles()))
                .as("VMs that ran twice")
                .isEmpty();
    }

    boolean expectsDoubles() {
        return false;
    }

    void advance(long seconds) {
        hosts.advance(Duration.ofSeconds(seconds));
    }

    void misbehave(Misbehaviour which) {
        hosts.misbehave("HV1", which, true);
    }

    static String migrationParameters(String vm, String target, String type, String... more) {
        String[] properties = new String[more.length + 1];
        properties[0] = "uint16 MigrationType " + type;
        System.arraycopy(more, 0, properties, 1, more.length);
        return Caller.vm("ComputerSystem", "Msvm_ComputerSystem", vm) + "<p:DestinationHost>" + target
                + "</p:DestinationHost>"
                + Caller.instance("MigrationSettingData", "Msvm_VirtualSystemMigrationSettingData", properties);
    }

    Caller.JobOf migrate(String vm) {
        Caller.Answer answer =
                hv1.migration("MigrateVirtualSystemToHost", migrationParameters(vm, "hv2.drover.test", "32768"));
        assertThat(answer.returnValue()).isEqualTo(4096);
        return Caller.job(answer);
    }
}
