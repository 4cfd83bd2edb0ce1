package io.drover.cli.output;

import io.drover.proto.v1.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Settings of the cluster. */
public final class ConfigView {
    private ConfigView() {}

    /** One row a setting. */
    public static List<String> list(List<Setting> settings, boolean colours) {
        Table table =
                new Table().column("SETTING").column("VALUE").column("DEFAULT").column("MEANING");
        for (Setting setting : settings) {
            boolean usual = setting.getValue().equals(setting.getDefaultValue());
            table.row(
                    setting.getName(),
                    new Table.Cell(setting.getValue(), usual ? Colour.PLAIN : Colour.BOLD),
                    setting.getDefaultValue(),
                    setting.getMeaning());
        }
        return table.lines(colours);
    }

    /** One setting in full. */
    public static List<String> show(Setting setting) {
        List<String> lines = new ArrayList<>();
        Details details = new Details(lines);
        details.line("setting", setting.getName());
        details.line("value", setting.getValue());
        details.line("default", setting.getDefaultValue());
        details.line("meaning", setting.getMeaning());
        return lines;
    }

    /** What would be changed, a line each, every one begun with a line break; an empty value stands for the default. */
    public static String changes(Map<String, String> values, List<Setting> settings) {
        StringBuilder text = new StringBuilder();
        values.forEach((name, value) -> {
            Setting before = settings.stream()
                    .filter(setting -> setting.getName().equals(name))
                    .findFirst()
                    .orElse(Setting.getDefaultInstance());
            String after = value.isEmpty() ? before.getDefaultValue() + " (the default)" : value;
            text.append("\n  ")
                    .append(name)
                    .append(": ")
                    .append(before.getValue())
                    .append(" -> ")
                    .append(after);
        });
        return text.toString();
    }
}
