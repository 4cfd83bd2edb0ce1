package io.drover.sim.hyperv;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What emulated hosts are to be like.
 *
 * @param hosts how many, from 1; they are called HV1, HV2 and so on
 * @param vms how many in all, dealt out among the hosts; they are called vm01, vm02 and so on, and all run
 * @param directory for storage and certificates
 * @param basePort of the first host, the others follow; 0 for any
 * @param isHttp without TLS
 * @param basicPassword of the user {@link EmulatedHosts#USER}; empty if Basic is off
 * @param keytab of the hosts, for Kerberos; empty if that is off
 * @param language of what hosts say, such as {@code ja-JP}
 * @param hasNewerProperties whether classes have the properties that came after Windows Server 2019
 * @param isManual whether time stands still until a test advances it
 * @param speed how many seconds pass in one, if time is not manual
 * @param tickEvery how often guests write to their disks
 */
public record EmulatedHostsSettings(
        int hosts,
        int vms,
        Path directory,
        int basePort,
        boolean isHttp,
        Optional<String> basicPassword,
        Optional<Path> keytab,
        String language,
        boolean hasNewerProperties,
        boolean isManual,
        double speed,
        Duration tickEvery) {
    private static final List<String> LANGUAGES = List.of("en-US", "ja-JP");

    /** Refuses what cannot be. */
    public EmulatedHostsSettings {
        if (hosts < 1 || hosts > 64) {
            throw new IllegalArgumentException("hosts: " + hosts + " (expected: 1 to 64)");
        }
        if (vms < 0 || vms > 10_000) {
            throw new IllegalArgumentException("vms: " + vms + " (expected: 0 to 10000)");
        }
        if (basePort < 0 || basePort + hosts > 65_536) {
            throw new IllegalArgumentException(
                    "port: " + basePort + " (expected: 0, or one from which all hosts have one)");
        }
        if (!LANGUAGES.contains(language)) {
            throw new IllegalArgumentException("locale: '" + language + "' (expected: one of " + LANGUAGES + ")");
        }
        if (!(speed > 0)) {
            throw new IllegalArgumentException("speed: " + speed + " (expected: > 0)");
        }
    }

    /** Two hosts and four VMs over plain HTTP with Basic, on any ports, in real time. */
    public static EmulatedHostsSettings usual(Path directory) {
        return new EmulatedHostsSettings(
                2,
                4,
                directory,
                0,
                true,
                Optional.of(EmulatedHosts.USER),
                Optional.empty(),
                "en-US",
                false,
                false,
                1,
                Duration.ofMillis(100));
    }

    /** With so many hosts and VMs. */
    public EmulatedHostsSettings of(int newHosts, int newVms) {
        return new EmulatedHostsSettings(
                newHosts,
                newVms,
                directory,
                basePort,
                isHttp,
                basicPassword,
                keytab,
                language,
                hasNewerProperties,
                isManual,
                speed,
                tickEvery);
    }

    /** With HTTPS and certificates of callers instead of HTTP and Basic. */
    public EmulatedHostsSettings secure() {
        return new EmulatedHostsSettings(
                hosts,
                vms,
                directory,
                basePort,
                false,
                Optional.empty(),
                keytab,
                language,
                hasNewerProperties,
                isManual,
                speed,
                tickEvery);
    }

    /** With time that a test advances. */
    public EmulatedHostsSettings manual() {
        return new EmulatedHostsSettings(
                hosts,
                vms,
                directory,
                basePort,
                isHttp,
                basicPassword,
                keytab,
                language,
                hasNewerProperties,
                true,
                speed,
                tickEvery);
    }

    /** With time that passes faster. */
    public EmulatedHostsSettings faster(double newSpeed) {
        return new EmulatedHostsSettings(
                hosts,
                vms,
                directory,
                basePort,
                isHttp,
                basicPassword,
                keytab,
                language,
                hasNewerProperties,
                isManual,
                newSpeed,
                tickEvery);
    }

    /** In another language, perhaps with newer properties. */
    public EmulatedHostsSettings speaking(String newLanguage, boolean withNewerProperties) {
        return new EmulatedHostsSettings(
                hosts,
                vms,
                directory,
                basePort,
                isHttp,
                basicPassword,
                keytab,
                newLanguage,
                withNewerProperties,
                isManual,
                speed,
                tickEvery);
    }
}
