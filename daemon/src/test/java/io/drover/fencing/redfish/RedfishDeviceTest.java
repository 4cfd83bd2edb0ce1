package io.drover.fencing.redfish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.config.FencingConfig;
import io.drover.config.FencingConfig.Identity;
import io.drover.config.FencingConfig.Trust;
import io.drover.fencing.Deadline;
import io.drover.fencing.Fencing;
import io.drover.fencing.FencingDevice;
import io.drover.fencing.FencingDeviceContract;
import io.drover.fencing.FencingException;
import io.drover.fencing.PowerReading;
import io.drover.fencing.PowerReading.Power;
import io.drover.fencing.redfish.FakeRedfish.Computer;
import io.drover.fencing.redfish.FakeRedfish.Strange;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("integration")
class RedfishDeviceTest extends FencingDeviceContract {
    private static final UUID ENROLLED = UUID.fromString("4c4c4544-0042-3510-8056-b7c04f4d4a32");
    private static final UUID ANOTHER = UUID.fromString("4c4c4544-0042-3510-8056-b7c04f4d4a33");
    private static final String RESET = "POST /redfish/v1/Systems/2/Actions/ComputerSystem.Reset";

    @TempDir
    static Path certificatesFolder;

    private static Certificates certificate;

    private FakeRedfish service;
    private Computer system;

    @BeforeAll
    static void makeCertificate() throws IOException, GeneralSecurityException {
        certificate = Certificates.of(certificatesFolder, "ip:127.0.0.1,dns:localhost");
    }

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        service = new FakeRedfish(certificate.server());
        service.add("1", ANOTHER);
        system = service.add("2", ENROLLED);
        service.add("3", UUID.randomUUID());
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void sessionIsDeletedAfterEachRequestWhateverItsOutcome() {
        FencingDevice device = device(password());

        device.read(limit());
        device.requestOff(limit());
        system.resets = List.of("GracefulShutdown");
        system.reset("On");
        assertThatExceptionOfType(FencingException.class).isThrownBy(() -> device.requestOff(limit()));

        assertThat(service.requests)
                .filteredOn(each -> each.startsWith("DELETE"))
                .hasSize(3);
        assertThat(service.sessions).isEmpty();
    }

    @Test
    void passwordIsSentToTheLoginAndNowhereElse() {
        device(password()).requestOff(limit());

        assertThat(service.count("POST /redfish/v1/SessionService/Sessions")).isEqualTo(1);
        assertThat(service.count(RESET)).isEqualTo(1);
    }

    @Test
    void newPasswordOfTheFileIsUsedWithoutARestart() throws IOException {
        Path file = password("wrong");
        FencingDevice device = device(file);
        assertThat(device.read(limit()).power()).isEqualTo(Power.UNKNOWN);

        Files.writeString(file, FakeRedfish.PASSWORD);

        assertThat(device.read(limit()).power()).isEqualTo(Power.ON);
    }

    @Test
    void refusedLoginIsToldWithoutThePasswordThatTheServiceRepeats() {
        PowerReading reading = device(password("wr0ng-one")).read(limit());

        assertThat(reading.words())
                .isEqualTo("login of drover: HTTP 401 (Login with (secret) is refused.) "
                        + "(expected: a user that may log in, and the right password)");
    }

    @Test
    void systemOfAnotherIdentityIsNeitherBelievedNorSwitched() {
        system.reset("ForceOff");
        FencingDevice device = at("/redfish/v1/Systems/1", new Identity(Optional.of(ENROLLED), Optional.empty()));

        PowerReading reading = device.read(limit());

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words())
                .startsWith("not the enrolled system: /redfish/v1/Systems/1: its UUID is '4C4C4544-0042-3510")
                .endsWith("(expected: " + ENROLLED + ")");
        assertThatExceptionOfType(FencingException.class).isThrownBy(() -> device.requestOff(limit()));
        assertThat(service.systems.get("1").powered).isTrue();
    }

    @Test
    void allThatWasEnrolledMustMatch() {
        assertThat(at("/redfish/v1/Systems/2", new Identity(Optional.of(ENROLLED), Optional.of("S1")))
                        .read(limit())
                        .power())
                .isEqualTo(Power.ON);
        assertThat(at("/redfish/v1/Systems/2", new Identity(Optional.of(ENROLLED), Optional.of("S2")))
                        .read(limit())
                        .power())
                .isEqualTo(Power.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100})
    void systemIsFoundByItsIdentityOnWhateverPage(int pageSize) {
        service.pageSize = pageSize;
        FencingDevice device = searching(new Identity(Optional.of(ENROLLED), Optional.empty()));

        device.requestOff(limit());

        assertThat(device.read(limit()).power()).isEqualTo(Power.OFF);
        assertThat(system.powered).isFalse();
        assertThat(service.systems.get("1").powered).isTrue();
        assertThat(service.systems.get("3").powered).isTrue();
    }

    @Test
    void identityThatNobodyOrSeveralHaveIsNobody() {
        assertThat(searching(new Identity(Optional.of(UUID.randomUUID()), Optional.empty()))
                        .read(limit())
                        .words())
                .startsWith("0 of its 3 systems say that they are the enrolled one (expected: one that has UUID ");
        assertThat(searching(new Identity(Optional.empty(), Optional.of("S1")))
                        .read(limit())
                        .words())
                .isEqualTo("3 of its 3 systems say that they are the enrolled one"
                        + " (expected: one that has SerialNumber S1)");
    }

    @Test
    void acknowledgedOffIsReadAsOnUntilTheSystemIsOff() {
        system.readingsUntilOff = 4;
        FencingDevice device = device(password());

        device.requestOff(limit());

        assertThat(device.read(limit()).power()).isEqualTo(Power.ON);
        assertThat(system.powered).isTrue();
        try (Fencing fencing = fencing(device)) {
            assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);
        }
        assertThat(system.powered).isFalse();
    }

    @Test
    void systemThatTakesTheOrderAndStaysOnIsNeverOff() {
        system.stuck = true;
        FencingDevice device = device(password());
        try (Fencing fencing = fencing(device, Duration.ofSeconds(1))) {
            PowerReading reading = fencing.powerOff(NODE);

            assertThat(reading.power()).isEqualTo(Power.ON);
            assertThat(reading.words()).contains("level 1 took the order and is not off after 1000 ms");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PoweringOff", "PoweringOn", "Paused"})
    void stateBetweenOnAndOffIsOn(String state) {
        system.powerState = state;

        assertThat(device(password()).read(limit()).power()).isEqualTo(Power.ON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "off", "OFF", "Unknown", "null"})
    void stateThatTheSchemaDoesNotKnowProvesNothing(String state) {
        system.powerState = state;

        PowerReading reading = device(password()).read(limit());

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words()).contains("PowerState '" + state + "' (expected: On or Off)");
    }

    @Test
    void orderWhoseAnswerGotLostIsReadBack() {
        service.dropResets.set(1);
        service.droppedResetIsFollowed = true;
        try (Fencing fencing = fencing(device(password()))) {
            assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);
        }
        assertThat(system.powered).isFalse();
        assertThat(service.count(RESET)).isEqualTo(1);
    }

    @Test
    void orderThatGotLostIsGivenOnceMore() {
        service.dropResets.set(1);
        try (Fencing fencing = fencing(device(password()))) {
            assertThat(fencing.powerOff(NODE).power()).isEqualTo(Power.OFF);
        }
        assertThat(system.powered).isFalse();
        assertThat(service.count(RESET)).isEqualTo(2);
    }

    @Test
    void softResetIsNoSubstituteForAHardOne() {
        system.resets = List.of("GracefulShutdown", "On");

        assertThatExceptionOfType(FencingException.class)
                .isThrownBy(() -> device(password()).requestOff(limit()))
                .withMessage("/redfish/v1/Systems/2 offers the resets [GracefulShutdown, On]"
                        + " (expected: one of [ForceOff])");
        assertThat(service.count(RESET)).isZero();
    }

    @Test
    void resetsThatAreDescribedElsewhereOrNowhereAreUsed() {
        service.resetIsDescribedElsewhere = true;
        device(password()).requestOff(limit());
        assertThat(system.powered).isFalse();

        service.resetIsDescribedElsewhere = false;
        system.resets = List.of();
        device(password()).requestOn(limit());
        assertThat(system.powered).isTrue();
    }

    @Test
    void linkThatLeadsAwayIsNotFollowed() {
        for (String target : List.of("https://127.0.0.1:1/x", "//127.0.0.1:1/x", "@127.0.0.1:1/x", "x", "/a b")) {
            system.target = target;

            assertThatExceptionOfType(FencingException.class)
                    .as(target)
                    .isThrownBy(() -> device(password()).requestOff(limit()))
                    .withMessageContaining("(expected: an absolute path)");
        }
        assertThat(system.powered).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Strange.class)
    void serviceThatHasLostItsWayProvesNothingInTime(Strange how) {
        service.strange = Optional.of(how);
        FencingDevice device = device(password());
        long begun = System.nanoTime();

        PowerReading reading = device.read(Deadline.after(Duration.ofSeconds(5)));

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words()).doesNotContain(FakeRedfish.PASSWORD);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        assertThat(service.requests).hasSize(1);
    }

    @Test
    void certificateOfAnotherAuthorityIsRefusedBeforeAnythingIsSent() throws Exception {
        // It has the same name: only the signature tells the two apart.
        Certificates other = Certificates.of(folder, "ip:127.0.0.1");

        PowerReading reading = trusting(new Trust.CaFile(other.pem())).read(limit());

        assertThat(reading.power()).isEqualTo(Power.UNKNOWN);
        assertThat(reading.words()).contains("the service is not trusted: PKIX path validation failed");
        assertThat(service.requests).isEmpty();
    }

    @Test
    void certificateForAnotherHostIsRefusedBeforeAnythingIsSent() throws Exception {
        Certificates elsewhere = Certificates.of(folder, "dns:bmc7.example,ip:127.0.0.7");
        try (FakeRedfish impostor = new FakeRedfish(elsewhere.server())) {
            FencingDevice device = device(impostor.url(), new Trust.CaFile(elsewhere.pem()));

            assertThat(device.read(limit()).words()).contains("No subject alternative names matching IP address");
            assertThat(impostor.requests).isEmpty();
        }
    }

    @Test
    void pinnedCertificateIsTrustedWhateverItsNamesAndNoOtherIs() throws Exception {
        Certificates elsewhere = Certificates.of(folder, "dns:bmc7.example");
        try (FakeRedfish pinned = new FakeRedfish(elsewhere.server())) {
            pinned.add("2", ENROLLED);

            assertThat(device(pinned.url(), new Trust.Fingerprint(elsewhere.fingerprint()))
                            .read(limit())
                            .power())
                    .isEqualTo(Power.ON);
            pinned.requests.clear();
            assertThat(device(pinned.url(), new Trust.Fingerprint(certificate.fingerprint()))
                            .read(limit())
                            .words())
                    .contains("fingerprint " + elsewhere.fingerprint())
                    .contains("(expected: " + certificate.fingerprint());
            assertThat(pinned.requests).isEmpty();
        }
    }

    @Test
    void fileWithoutCertificatesIsAMistakeAndNoTrust() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "\n");

        assertThat(trusting(new Trust.CaFile(empty)).read(limit()).words())
                .startsWith("CA file " + empty + ": has no certificates that can be read (expected: PEM)");
        assertThat(trusting(new Trust.CaFile(folder.resolve("none")))
                        .read(limit())
                        .words())
                .contains("none: cannot be read");
    }

    @Test
    void ordersOfManyComeToTheControllerOneAtATime() throws Exception {
        assertThat(switchOffByMany()).containsOnly(Power.OFF);

        assertThat(service.sessionsMost).hasValue(1);
        assertThat(service.count(RESET)).isEqualTo(1);
    }

    @Override
    protected String rightPassword() {
        return FakeRedfish.PASSWORD;
    }

    @Override
    protected FencingDevice device(Path passwordFile) {
        return device(service.url(), passwordFile, trust(), Optional.of("/redfish/v1/Systems/2"), identity());
    }

    @Override
    protected FencingDevice deadDevice(Path passwordFile) {
        service.strange = Optional.of(Strange.HANGS_IN_THE_BODY);
        return device(passwordFile);
    }

    @Override
    protected boolean hasPower() {
        return system.powered;
    }

    private FencingDevice at(String path, Identity identity) {
        return device(service.url(), password(), trust(), Optional.of(path), identity);
    }

    private FencingDevice searching(Identity identity) {
        return device(service.url(), password(), trust(), Optional.empty(), identity);
    }

    private FencingDevice trusting(Trust trust) {
        return device(service.url(), trust);
    }

    private FencingDevice device(URI url, Trust trust) {
        return device(url, password(), trust, Optional.empty(), identity());
    }

    private static FencingDevice device(
            URI url, Path passwordFile, Trust trust, Optional<String> path, Identity identity) {
        return new RedfishDevice(new FencingConfig.Redfish(
                1, Duration.ofSeconds(10), url, path, identity, FakeRedfish.USER, passwordFile, trust));
    }

    private static Identity identity() {
        return new Identity(Optional.of(ENROLLED), Optional.empty());
    }

    private static Trust trust() {
        try {
            return new Trust.CaFile(certificate.pem());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
