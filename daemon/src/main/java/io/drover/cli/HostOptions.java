package io.drover.cli;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.HostAccess;
import io.drover.proto.v1.HostRequest;
import io.drover.proto.v1.VmStatus;
import io.drover.proto.v1.WantedHostSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the commands about Hyper-V hosts have in common. */
final class HostOptions {
    private HostOptions() {}

    /** Runs something that refuses what makes no sense. */
    static <T> T checked(Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw CommandException.of(ExitCode.USAGE, String.valueOf(e.getMessage()), "", "nothing was changed");
        }
    }

    /** Which hosts. */
    static final class Access {
        @Parameters(
                paramLabel = "HOST",
                arity = "0..*",
                description =
                        "Full name of a host, with :PORT if its WinRM does not listen on 5986. Default: the host of"
                                + " --config.")
        private List<String> hosts = List.of();

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "The configuration file of an agent: how hosts are reached, and what is wanted of them"
                        + " (hypervisor.liveMigration). Default: by Kerberos, as yourself.")
        private @Nullable Path config;

        List<String> hosts() {
            return hosts;
        }

        HostAccess form() {
            return HostAccess.newBuilder()
                    .setConfig(
                            config == null
                                    ? ""
                                    : config.toAbsolutePath().normalize().toString())
                    .addAllHosts(hosts)
                    .build();
        }
    }

    /** What is wanted of them. */
    static final class Wanted {
        @Option(
                names = "--authentication",
                paramLabel = "PROTOCOL",
                description = "How hosts prove for whom they act: kerberos or credssp. Default: kerberos.")
        private String authentication = "";

        @Option(
                names = "--performance",
                paramLabel = "OPTION",
                description = "How memory travels: compression, tcpip or smb. Default: compression.")
        private String performance = "";

        @Option(
                names = "--migrations",
                paramLabel = "N",
                description = "How many VMs may come and go at a time, 1 to 64. Default: 2.")
        private int migrations;

        @Option(
                names = "--storage-migrations",
                paramLabel = "N",
                description = "How many moves of files there may be at a time, 1 to 64. Default: 2.")
        private int storageMigrations;

        @Option(
                names = "--network",
                paramLabel = "SUBNET[=PRIORITY]",
                description =
                        "A network over which VMs arrive, as 10.20.0.0/24=1; the lowest priority goes first. May be"
                                + " repeated; others are removed. Default: as the host has them.")
        private List<String> networks = List.of();

        @Option(
                names = "--no-vms",
                description =
                        "Leave out the start actions of the cluster's VMs, and do not ask an agent which they are.")
        private boolean isWithoutVms;

        WantedHostSettings form() {
            return WantedHostSettings.newBuilder()
                    .setAuthentication(authentication)
                    .setPerformance(performance)
                    .setMigrations(checked("--migrations", migrations))
                    .setStorageMigrations(checked("--storage-migrations", storageMigrations))
                    .addAllNetworks(networks)
                    .build();
        }

        private static int checked(String option, int value) {
            if (value < 0) {
                throw CommandException.of(
                        ExitCode.USAGE, option + ": " + value + " (expected: 1 to 64)", "", "nothing was changed");
            }
            return value;
        }
    }

    /** The request, with the cluster's VMs as far as an agent names them. */
    static HostRequest request(Drover program, Access access, Wanted wanted) {
        HostRequest.Builder request =
                HostRequest.newBuilder().setAccess(access.form()).setWanted(wanted.form());
        if (!wanted.isWithoutVms) {
            try (ClusterClient client = program.client()) {
                client.status().getVmsList().stream().map(VmStatus::getName).forEach(request::addVms);
            } catch (CommandException e) {
                program.note("the start actions of VMs are left out, since no agent says which are the cluster's: "
                        + e.getMessage());
            }
        }
        return request.build();
    }
}
