package io.drover.hostsetup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.drover.hostsetup.Finding.State;
import io.drover.hostsetup.MigrationSettings.Authentication;
import io.drover.hostsetup.MigrationSettings.Performance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerificationTest {
    private static final MigrationSettings RIGHT = new MigrationSettings(
            true,
            Authentication.KERBEROS,
            Performance.COMPRESSION,
            2,
            2,
            List.of(new MigrationNetwork("10.1.0.0/24", 0)));

    /** A host that is as it has to be, and what a test changes of it. */
    private static final class Host {
        private String domain = "corp.example";
        private String version = "10.0.20348";
        private String maker = "GenuineIntel";
        private MigrationSettings settings = RIGHT;
        private List<SettingDifference> differences = List.of();
        private List<String> listeners = List.of("10.1.0.1");
        private List<String> reachable = List.of("10.1.0.1");
        private Set<String> switches = Set.of("vm");
        private Map<String, String> vmVersions = Map.of("vm1", "9.0", "vm2", "10.0");
        private Duration clockAhead = Duration.ofMillis(30);
        private Optional<Boolean> hasCredentialGuard = Optional.of(false);
        private List<String> folders = List.of();
        private List<String> starting = List.of();

        private HostView view(String name) {
            return new HostView(
                    name + ":5986",
                    domain.isEmpty() ? name : name + "." + domain,
                    domain,
                    version,
                    maker,
                    settings,
                    differences,
                    listeners,
                    reachable,
                    switches,
                    Set.of("vm"),
                    vmVersions,
                    clockAhead,
                    hasCredentialGuard,
                    folders,
                    starting);
        }
    }

    private static List<Finding> findings(UnaryOperator<Host> change, Trial... trials) {
        return Verification.of(List.of(change.apply(new Host()).view("hv1"), new Host().view("hv2")), List.of(trials))
                .stream()
                .filter(each -> each.state() != State.OK)
                .toList();
    }

    @Test
    void hostsThatAreRightHaveNothingInTheWay() {
        assertThat(findings(host -> host)).isEmpty();
    }

    @Test
    void aHostIsBlockedByWhatKeepsItsVmsFromMoving() {
        assertThat(findings(host -> {
                    host.settings = new MigrationSettings(
                            false, Authentication.CREDSSP, Performance.SMB, 2, 2, RIGHT.networks());
                    host.hasCredentialGuard = Optional.of(true);
                    host.listeners = List.of();
                    host.clockAhead = Duration.ofMinutes(-6);
                    host.folders = List.of("folder \\\\fs\\vms: access was denied");
                    return host;
                }))
                .filteredOn(each -> each.target().isEmpty())
                .extracting(Finding::check, Finding::state)
                .containsExactly(
                        tuple("enabled", State.BLOCKED),
                        tuple("authentication", State.BLOCKED),
                        tuple("networks", State.BLOCKED),
                        tuple("clock", State.BLOCKED),
                        tuple("storage", State.BLOCKED));
    }

    @Test
    void credSspIsToldApartWhereCredentialsAreGuarded() {
        MigrationSettings credSsp =
                new MigrationSettings(true, Authentication.CREDSSP, Performance.SMB, 2, 2, RIGHT.networks());

        assertThat(findings(host -> {
                    host.settings = credSsp;
                    host.hasCredentialGuard = Optional.of(true);
                    return host;
                }))
                .first()
                .extracting(Finding::text)
                .asString()
                .contains("Credential Guard");
        assertThat(findings(host -> {
                    host.settings = credSsp;
                    host.hasCredentialGuard = Optional.empty();
                    return host;
                }))
                .first()
                .extracting(Finding::text)
                .asString()
                .contains("signed in");
    }

    @Test
    void whatIsOnlyToBeLookedAtDoesNotBlock() {
        List<Finding> findings = findings(host -> {
            host.differences = List.of(new SettingDifference("migrations", "1", "2"));
            host.clockAhead = Duration.ofSeconds(20);
            host.starting = List.of("vm1");
            host.reachable = List.of();
            return host;
        });

        assertThat(findings)
                .extracting(Finding::check)
                .containsExactly("networks", "settings", "clock", "start action");
        assertThat(findings)
                .extracting(Finding::state)
                .containsExactly(State.UNKNOWN, State.WARNING, State.WARNING, State.WARNING);
    }

    @Test
    void aHostOfAWorkgroupCannotBeTheEndOfAMove() {
        assertThat(findings(host -> {
                    host.domain = "";
                    return host;
                }))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.check()).isEqualTo("domain");
                    assertThat(each.host()).isEqualTo("hv1");
                    assertThat(each.state()).isEqualTo(State.BLOCKED);
                });
    }

    @Test
    void vmsThatAreTooNewForATargetAreTold() {
        List<Finding> findings = findings(host -> {
            host.version = "10.0.17763";
            return host;
        });

        assertThat(findings)
                .filteredOn(each -> each.check().equals("VM versions"))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.host()).isEqualTo("hv2.corp.example");
                    assertThat(each.state()).isEqualTo(State.BLOCKED);
                    assertThat(each.text())
                            .contains("up to 9.0")
                            .contains("'vm2' (10.0)")
                            .doesNotContain("vm1");
                });
        assertThat(findings(host -> {
                    host.version = "10.0.99999";
                    return host;
                }))
                .as("of a Windows that is not known nothing is said")
                .noneMatch(each -> each.check().equals("VM versions"));
    }

    @Test
    void aPairIsBlockedInTheDirectionThatCannotBeGone() {
        assertThat(findings(host -> {
                    host.switches = Set.of("other");
                    return host;
                }))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.host()).isEqualTo("hv2.corp.example");
                    assertThat(each.target()).contains("hv1.corp.example");
                    assertThat(each.state()).isEqualTo(State.BLOCKED);
                    assertThat(each.text()).contains("'vm'").contains("'other'");
                });
        assertThat(findings(host -> {
                    host.maker = "AuthenticAMD";
                    return host;
                }))
                .hasSize(2)
                .allMatch(each -> each.state() == State.BLOCKED && each.check().equals("processors"));
        assertThat(findings(host -> {
                    host.version = "10.0.17763";
                    return host;
                }))
                .extracting(Finding::host, Finding::check)
                .containsExactly(tuple("hv2.corp.example", "version"), tuple("hv2.corp.example", "VM versions"));
        assertThat(findings(host -> {
                    host.domain = "else.example";
                    return host;
                }))
                .hasSize(2)
                .allMatch(each -> each.check().equals("domain"));
    }

    @Test
    void trialsOfMovesAreTold() {
        String source = "hv1.corp.example";
        String target = "hv2.corp.example";

        assertThat(findings(host -> host, new Trial(source, target, Trial.Outcome.POSSIBLE, "vm1", "", "")))
                .isEmpty();
        assertThat(findings(
                        host -> host,
                        new Trial(source, target, Trial.Outcome.IMPOSSIBLE, "vm1", "no credentials", "delegate")))
                .containsExactly(new Finding(
                        "trial move", source, Optional.of(target), State.BLOCKED, "no credentials", "delegate"));
        assertThat(findings(
                        host -> host,
                        new Trial(source, target, Trial.Outcome.OWN_OBSTACLE, "vm1", "an ISO", "eject it"),
                        new Trial(source, target, Trial.Outcome.POSSIBLE, "vm2", "", "")))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.state()).isEqualTo(State.WARNING);
                    assertThat(each.text()).contains("an ISO").contains("of this VM alone");
                });
        assertThat(findings(
                        host -> host,
                        new Trial(source, target, Trial.Outcome.NOT_TRIED, "", "the source has no VM", "")))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.state()).isEqualTo(State.UNKNOWN);
                    assertThat(each.text())
                            .startsWith("the source has no VM")
                            .contains("delegation", "6600", "storage");
                    assertThat(each.remedy()).contains("New-VM", "Remove-VM");
                });
    }

    @ParameterizedTest
    @CsvSource({"10.0.17763, 10.0.20348, true", "10.0.20348, 10.0.20348, false", "10.0.26100, 10.0.9999, false"})
    void versionsAreComparedAsNumbers(String version, String than, boolean isOlder) {
        assertThat(PairVerification.isOlder(version, than)).isEqualTo(isOlder);
    }
}
