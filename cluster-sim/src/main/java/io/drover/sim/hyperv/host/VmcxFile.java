package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.InstanceText;
import io.drover.sim.hyperv.schema.Schema;
import java.util.List;
import java.util.Optional;

/**
 * What stands in for Hyper-V's configuration file, of which the real form is not public: one object a line, the settings
 * first. A saved guest is in it too.
 */
final class VmcxFile {
    private static final String HEAD = "emulated vmcx 1";

    private VmcxFile() {}

    static String format(Vm vm) {
        StringBuilder text = new StringBuilder(HEAD).append('\n');
        text.append("guest ");
        text.append(vm.state == VmState.SAVED
                ? vm.guest.map(guest -> guest.boot + " " + guest.counter + " " + guest.bootedAt).orElse("none")
                : "none");
        text.append('\n').append(line(vm.settings));
        vm.resources.forEach(each -> text.append(line(each)));
        return text.toString();
    }

    private static String line(CimObject object) {
        return InstanceText.format(object).replace("\r", "&#13;").replace("\n", "&#10;") + "\n";
    }

    /** Reads a file; empty if it is none. */
    static Optional<Vm> parse(Schema schema, String text) {
        List<String> lines = text.lines().toList();
        if (lines.size() < 3 || !lines.get(0).equals(HEAD)) {
            return Optional.empty();
        }
        CimObject settings = object(schema, lines.get(2));
        Vm vm = new Vm(settings.text("VirtualSystemIdentifier"), settings);
        lines.stream().skip(3).forEach(each -> vm.resources.add(object(schema, each)));
        String[] guest = lines.get(1).split(" ");
        if (guest.length == 4) {
            Guest saved = new Guest(Long.parseLong(guest[1]), java.time.Instant.parse(guest[3]));
            saved.counter = Long.parseLong(guest[2]);
            vm.guest = Optional.of(saved);
            vm.state = VmState.SAVED;
        }
        return Optional.of(vm);
    }

    private static CimObject object(Schema schema, String line) {
        return InstanceText.parse(schema, Schema.VIRTUALIZATION, "", line);
    }
}
