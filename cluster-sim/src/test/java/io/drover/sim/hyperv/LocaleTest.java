package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** A host that speaks Japanese, and has properties that came after 2019. */
class LocaleTest extends HostsFixture {
    @Override
    EmulatedHostsSettings settings() {
        return super.settings().speaking("ja-JP", true);
    }

    @Test
    void textsAreInTheHostsLanguageAndNumbersAreNot() {
        Element vm = hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE Name='" + VM + "'").get(0);
        assertThat(Caller.text(vm, "Caption")).isEqualTo("仮想マシン");
        assertThat(Caller.text(vm, "Description")).isEqualTo("Microsoft Virtual Machine");
        assertThat(Caller.text(vm, "StatusDescriptions")).isEqualTo("正常動作");
        assertThat(Caller.text(vm, "EnabledState")).isEqualTo("2");
        Element host = hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE Name = __SERVER").get(0);
        assertThat(Caller.text(host, "Description")).startsWith("Microsoft ホスト");
        Caller.JobOf job = migrate(VM);
        assertThat(hv1.get(job).first("JobStatus")).contains("ジョブは実行中です。");
        assertThat(hv1.get(job).text()).contains("xml:lang=\"ja-JP\"");
    }

    @Test
    void newerPropertiesAreThereToo() {
        Element settings = hv1.query("SELECT * FROM Msvm_VirtualSystemSettingData").get(0);
        assertThat(Caller.all(settings, "GuestStateIsolationMode")).hasSize(1);
    }
}
