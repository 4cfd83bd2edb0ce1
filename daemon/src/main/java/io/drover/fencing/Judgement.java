package io.drover.fencing;

import io.drover.fencing.PowerReading.Power;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes one reading of a node from those of its devices. The node is off if all devices of one level say so, and none
 * of any level says the opposite: a controller that still answers that its system is on, behind an outlet that is said
 * to be off, means that the outlet is another machine's.
 */
final class Judgement {
    private Judgement() {}

    /** What one device said. */
    record Answer(PlacedDevice device, PowerReading reading) {}

    static PowerReading of(List<Answer> answers) {
        List<PowerReading> readings = answers.stream().map(Answer::reading).toList();
        if (readings.stream().anyMatch(each -> each.power() == Power.ON)) {
            boolean contradicted = readings.stream().anyMatch(PowerReading::isOff);
            return new PowerReading(Power.ON, contradicted ? join(readings) : join(saying(Power.ON, readings)));
        }
        SortedMap<Integer, List<PowerReading>> levels = new TreeMap<>(answers.stream()
                .collect(Collectors.groupingBy(
                        each -> each.device().level(), Collectors.mapping(Answer::reading, Collectors.toList()))));
        return levels.values().stream()
                .filter(level -> level.stream().allMatch(PowerReading::isOff))
                .findFirst()
                .map(level -> new PowerReading(Power.OFF, join(level)))
                .orElseGet(() -> new PowerReading(Power.UNKNOWN, join(readings)));
    }

    private static List<PowerReading> saying(Power power, Collection<PowerReading> readings) {
        return readings.stream().filter(each -> each.power() == power).toList();
    }

    private static String join(Collection<PowerReading> readings) {
        return readings.stream().map(PowerReading::words).collect(Collectors.joining("; "));
    }
}
