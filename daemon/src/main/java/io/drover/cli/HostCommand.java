package io.drover.cli;

import io.drover.api.json.ProtoJson;
import io.drover.cli.output.HostTables;
import io.drover.cli.output.Printer;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.HostFinding;
import io.drover.proto.v1.HostFindingState;
import io.drover.proto.v1.HostRequest;
import io.drover.proto.v1.HostState;
import io.drover.proto.v1.HostStates;
import io.drover.proto.v1.HostVerification;
import io.drover.proto.v1.SmokeTestRequest;
import io.drover.proto.v1.SmokeTestResult;
import io.drover.proto.v1.SmokeTestStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drover host}. */
@Command(
        name = "host",
        description = "Sets Hyper-V hosts up for live migration, and looks at what stands in the way.",
        subcommands = {
            HostCommand.Settings.class,
            HostCommand.Setup.class,
            HostCommand.Verify.class,
            HostCommand.SmokeTest.class
        })
final class HostCommand {
    /** {@code drover host settings}. */
    @Command(
            name = "settings",
            description = {
                "Shows how hosts take part in live migrations, and what is not as it is wanted.",
                "Exit code 1: something is not as it is wanted, or a host does not answer."
            })
    static final class Settings extends BaseCommand {
        @Mixin
        private HostOptions.Access access = new HostOptions.Access();

        @Mixin
        private HostOptions.Wanted wanted = new HostOptions.Wanted();

        @Override
        ExitCode run() {
            HostRequest request = HostOptions.request(program(), access, wanted);
            HostStates states = HostOptions.checked(() -> Drover.hostServices().settings(request));
            Printer printer = program().printer();
            printer.print(
                    () -> ProtoJson.array(states.getHostsList()), () -> HostTables.settings(states, printer.colours()));
            boolean isAsWanted = states.getHostsList().stream()
                    .allMatch(each -> each.getProblem().isEmpty() && each.getDifferencesCount() == 0);
            return isAsWanted ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** {@code drover host setup}. */
    @Command(
            name = "setup",
            description = {
                "Enables live migrations at hosts and brings their settings to what is wanted: authentication, performance,"
                        + " limits, networks, and no automatic start of clustered VMs.",
                "May be repeated: what is so already is not touched. Each setting is read again after it was written.",
                "Delegation is for a domain administrator: --delegation-script prints the PowerShell for it.",
                "Exit code 1: a host could not be asked, refused, or has not kept what it accepted."
            })
    static final class Setup extends BaseCommand {
        @Mixin
        private HostOptions.Access access = new HostOptions.Access();

        @Mixin
        private HostOptions.Wanted wanted = new HostOptions.Wanted();

        @Option(names = "--dry-run", description = "Show what would be changed; change nothing.")
        private boolean dryRun;

        @Option(
                names = "--delegation-script",
                description = "Print the PowerShell by which a domain administrator lets these hosts move VMs to each"
                        + " other, and do nothing else.")
        private boolean isForScript;

        @Override
        ExitCode run() {
            if (isForScript) {
                String script = HostOptions.checked(() -> Drover.hostServices().delegationScript(access.hosts()));
                program().surroundings().out().print(script);
                program().surroundings().out().flush();
                return ExitCode.DONE;
            }
            HostRequest request = HostOptions.request(program(), access, wanted);
            if (dryRun || program().asks()) {
                HostStates now = HostOptions.checked(() -> Drover.hostServices().settings(request));
                if (dryRun) {
                    print(now);
                    program().note("nothing was changed; without --dry-run it is done");
                    return verdict(now);
                }
                HostTables.changes(now, program().colours()).forEach(program()::note);
                boolean isThereAnything = now.getHostsList().stream().anyMatch(each -> each.getDifferencesCount() > 0);
                if (isThereAnything && !confirmed()) {
                    return ExitCode.FAILED;
                }
            }
            HostStates done = HostOptions.checked(() -> Drover.hostServices().setUp(request));
            print(done);
            return verdict(done);
        }

        private void print(HostStates states) {
            Printer printer = program().printer();
            printer.print(
                    () -> ProtoJson.array(states.getHostsList()), () -> HostTables.changes(states, printer.colours()));
        }

        private static ExitCode verdict(HostStates states) {
            return states.getHostsList().stream().map(HostState::getProblem).allMatch(String::isEmpty)
                    ? ExitCode.DONE
                    : ExitCode.FAILED;
        }
    }

    /** {@code drover host verify}. */
    @Command(
            name = "verify",
            description = {
                "Looks at what stands in the way of live migrations: at each host, and from each host to each other one.",
                "It changes nothing. A VM of each source is checked against each target, which tries delegation, names,"
                        + " ports and storage.",
                "Exit code 3: something stands in the way."
            })
    static final class Verify extends BaseCommand {
        @Mixin
        private HostOptions.Access access = new HostOptions.Access();

        @Mixin
        private HostOptions.Wanted wanted = new HostOptions.Wanted();

        @Option(names = "--all", description = "Show also what is as it has to be.")
        private boolean isAll;

        @Override
        ExitCode run() {
            HostRequest request = HostOptions.request(program(), access, wanted);
            HostVerification verification =
                    HostOptions.checked(() -> Drover.hostServices().verify(request));
            Printer printer = program().printer();
            printer.print(
                    () -> ProtoJson.array(verification.getFindingsList()),
                    () -> HostTables.findings(verification, isAll, printer.colours()));
            return verification.getFindingsList().stream()
                            .map(HostFinding::getState)
                            .anyMatch(each -> each == HostFindingState.HOST_FINDING_STATE_BLOCKED)
                    ? ExitCode.REFUSED
                    : ExitCode.DONE;
        }
    }

    /** {@code drover host smoke-test}. */
    @Command(
            name = "smoke-test",
            description = {
                "Asks a host everything that an agent asks hosts, and records the answers, without what tells where it was.",
                "It only reads, unless --change-settings is given. docs/windows.md has the whole test, with a script.",
                "Exit code 1: an answer was not as an agent needs it."
            })
    static final class SmokeTest extends BaseCommand {
        @Mixin
        private HostOptions.Access access = new HostOptions.Access();

        @Option(
                names = "--output-folder",
                required = true,
                paramLabel = "FOLDER",
                description = "Where records.jsonl is written; appended to if it is there.")
        private @Nullable Path folder;

        @Option(
                names = "--change-settings",
                description = "Also change the limit of migrations, read it again, and put it back.")
        private boolean changesSettings;

        @Override
        ExitCode run() {
            SmokeTestRequest request = SmokeTestRequest.newBuilder()
                    .setAccess(access.form())
                    .setOutputFolder(
                            RequiredPath.of(folder).toAbsolutePath().normalize().toString())
                    .setChangeSettings(changesSettings)
                    .build();
            Printer printer = program().printer();
            SmokeTestResult result = HostOptions.checked(() -> test(request, printer));
            printer.print(() -> ProtoJson.tree(result), List::of);
            program().note("records in " + result.getRecords());
            return result.getStepsList().stream().allMatch(SmokeTestStep::getPassed) ? ExitCode.DONE : ExitCode.FAILED;
        }

        private SmokeTestResult test(SmokeTestRequest request, Printer printer) {
            try {
                return Drover.hostServices().smokeTest(request, step -> {
                    if (printer.forPeople()) {
                        program().surroundings().out().println(HostTables.step(step, printer.colours()));
                    }
                });
            } catch (IOException e) {
                throw CommandException.of(
                        ExitCode.FAILED,
                        "the answers cannot be recorded",
                        String.valueOf(e.getMessage()),
                        "name a folder that can be written with --output-folder");
            }
        }
    }
}
