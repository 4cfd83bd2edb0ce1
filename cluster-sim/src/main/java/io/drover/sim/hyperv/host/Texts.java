package io.drover.sim.hyperv.host;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;

/**
 * Texts that hosts write in their own language. A caller that looks at one of them works on hosts of one language only. The
 * description of a VM is in English everywhere, that of the host is not; so it was recorded.
 */
final class Texts {
    private static final Map<String, String> ENGLISH = Map.ofEntries(
            entry("vm", "Virtual Machine"),
            entry("host", "Hosting Computer System"),
            entry("host-description", "Microsoft Hosting Computer System"),
            entry("ok", "Operating normally"),
            entry("failed", "The operation failed for virtual machine"),
            entry("job", "Virtual Machine Management Service job"),
            entry("job-running", "Job is running."),
            entry("job-over", "Job is completed."),
            entry("settings", "Virtual Machine Settings"),
            entry("critical", "Cannot reach the storage of the virtual machine configuration."),
            entry(
                    "processor",
                    "The virtual machine is using processor-specific features not supported on physical computer"));

    private static final Map<String, String> JAPANESE = Map.ofEntries(
            entry("vm", "仮想マシン"),
            entry("host", "ホスト コンピューター システム"),
            entry("host-description", "Microsoft ホスト コンピューター システム"),
            entry("ok", "正常動作"),
            entry("failed", "操作に失敗しました: 仮想マシン"),
            entry("job", "仮想マシン管理サービスのジョブ"),
            entry("job-running", "ジョブは実行中です。"),
            entry("job-over", "ジョブが完了しました。"),
            entry("settings", "仮想マシンの設定"),
            entry("critical", "仮想マシン構成の記憶域にアクセスできません。"),
            entry("processor", "仮想マシンは、この物理コンピューターでサポートされていないプロセッサ固有の機能を使用しています:"));

    private final String language;
    private final Map<String, String> texts;

    Texts(String language) {
        this.language = language;
        this.texts = Locale.forLanguageTag(language).getLanguage().equals("ja") ? JAPANESE : ENGLISH;
    }

    String language() {
        return language;
    }

    String text(String key) {
        return texts.getOrDefault(key, key);
    }
}
