package io.drover.config;

import io.drover.hostsetup.WantedSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which hypervisor, and what is particular to it. */
public sealed interface HypervisorConfig {
    /**
     * QEMU guests of this machine.
     *
     * @param binary the program, as a name on the path or an absolute path
     * @param directory where the guests' sockets, logs and definitions of this node are kept
     * @param accelerator {@code tcg} or {@code kvm}
     * @param migrationHost the address on which migrations arrive
     * @param memory bytes that guests may have together; empty: those of the machine
     */
    record Qemu(String binary, Path directory, String accelerator, String migrationHost, Optional<Long> memory)
            implements HypervisorConfig {}

    /**
     * Guests that only pretend to run, for trying Drover out without a hypervisor.
     *
     * @param directory the folder that the simulated hosts share
     * @param memory bytes of the simulated host
     * @param cpus logical processors of the simulated host
     */
    record Simulated(Path directory, long memory, int cpus) implements HypervisorConfig {}

    /**
     * The Hyper-V of a host, by WS-Management.
     *
     * @param address of its WinRM, {@code https://NAME:5986/wsman}
     * @param login who calls
     * @param trustedCertificates authorities for the host's certificate, as PEM, in binary, or as PKCS12 without a
     *     password; empty: those of the system
     * @param migrationHost name by which other hosts reach this one; empty: its own full name
     * @param folders where VMs that are not registered here are looked for, as the host sees them
     * @param switches local names of virtual switches by those that a VM was connected to elsewhere
     * @param liveMigration how the host is to take part in migrations; empty: nothing is said about it
     */
    record Hyperv(
            URI address,
            Login login,
            Optional<Path> trustedCertificates,
            Optional<String> migrationHost,
            List<String> folders,
            Map<String, String> switches,
            Optional<WantedSettings> liveMigration)
            implements HypervisorConfig {
        /** Copies the collections. */
        public Hyperv {
            folders = List.copyOf(folders);
            switches = Map.copyOf(switches);
        }

        /** Another host, reached in the same way. */
        public Hyperv at(URI other) {
            return new Hyperv(other, login, trustedCertificates, Optional.empty(), folders, switches, liveMigration);
        }

        /** Who calls the host. */
        public sealed interface Login {
            /**
             * Kerberos with the tickets of the account that runs the process: on Windows the system's, elsewhere those that
             * {@code kinit} fetched.
             */
            record OwnTickets() implements Login {}

            /** Kerberos with a key from a file. */
            record Keytab(String principal, Path file) implements Login {}

            /** A certificate and its key, as PKCS12. */
            record Certificate(Path keyStore, Optional<Path> passwordFile) implements Login {}

            /** User and password; for tests. */
            record Basic(String user, Path passwordFile) implements Login {}
        }
    }

    /** None at all: of a witness, which runs no VMs. */
    record Absent() implements HypervisorConfig {}
}
