package io.drover.sim.hyperv.host;

import java.util.Locale;
import java.util.Map;

/**
 * Texts that hosts write in their own language. A caller that looks at one of them works on hosts of one language only. The
 * description of a VM is in English everywhere, that of the host is not; so it was recorded.
 */
final class Texts {
    private static final Map<String, String> ENGLISH = Map.of(
            "vm", "Virtual Machine",
            "host", "Hosting Computer System",
            "host-description", "Microsoft Hosting Computer System",
            "ok", "Operating normally",
            "failed", "The operation failed for virtual machine",
            "job", "Virtual Machine Management Service job",
            "job-running", "Job is running.",
            "job-over", "Job is completed.",
            "settings", "Virtual Machine Settings",
            "critical", "Cannot reach the storage of the virtual machine configuration.");

    private static final Map<String, String> JAPANESE = Map.of(
            "vm", "仮想マシン",
            "host", "ホスト コンピューター システム",
            "host-description", "Microsoft ホスト コンピューター システム",
            "ok", "正常動作",
            "failed", "操作に失敗しました: 仮想マシン",
            "job", "仮想マシン管理サービスのジョブ",
            "job-running", "ジョブは実行中です。",
            "job-over", "ジョブが完了しました。",
            "settings", "仮想マシンの設定",
            "critical", "仮想マシン構成の記憶域にアクセスできません。");

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
