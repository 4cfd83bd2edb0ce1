package io.drover;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the walls of the house: which room may know which, and what the deciding rooms may not touch. The rooms and
 * the reasons are in docs/architecture.md; a change of a line here is a change of the architecture.
 */
class ArchitectureTest {
    private static final ImportOption HAND_WRITTEN = location -> !location.contains("/proto/");
    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(HAND_WRITTEN)
            .importPackages("io.drover");

    /** Rooms that decide or only describe: the same input gives the same output, on every machine, at any time. */
    private static final String[] PURE = {"io.drover.model..", "io.drover.engine..", "io.drover.hostsetup.."};

    /** What the JDK offers to a pure room. No files, no network, no threads. */
    private static final String[] PURE_LIBRARY = {
        "java.lang..",
        "java.math..",
        "java.text..",
        "java.time..",
        "java.util",
        "java.util.function..",
        "java.util.regex..",
        "java.util.stream..",
        "org.jspecify.annotations..",
        "com.google.errorprone.annotations.."
    };

    /** Each room, and the other rooms of Drover that it may know. A name ending in two dots is a room with its annexes. */
    static Stream<Arguments> rooms() {
        return Stream.of(
                room("model.."),
                room("engine..", "model.."),
                room("config..", "hostsetup..", "model.."),
                room("coordination", "model.."),
                room("coordination.codec..", "coordination", "model..", "proto.."),
                room(
                        "coordination.zookeeper..",
                        "coordination",
                        "coordination.codec..",
                        "model..",
                        "config",
                        "proto.."),
                room("coordination.ensemble..", "coordination", "model..", "config"),
                room("supervision.."),
                room("answer.."),
                room("wsman..", "answer"),
                room("hostsetup.."),
                room("fencing", "model..", "config"),
                room("fencing.redfish..", "fencing", "config", "answer"),
                room("fencing.fenceagent..", "fencing", "config"),
                room("hypervisor", "model.."),
                room("hypervisor.absent..", "hypervisor", "model.."),
                room("hypervisor.hyperv..", "hypervisor", "hostsetup..", "model..", "config", "wsman"),
                room("hypervisor.qemu..", "hypervisor", "model..", "config"),
                room("hypervisor.simulated..", "hypervisor", "model..", "config"),
                room(
                        "transport..",
                        "coordination",
                        "coordination.codec..",
                        "hypervisor",
                        "engine.migration..",
                        "engine.lease..",
                        "model..",
                        "config",
                        "proto.."),
                room("transport.lease..", "transport", "coordination.codec..", "engine.lease..", "model..", "proto.."),
                room("guard..", "hypervisor", "model.."),
                room("health..", "hypervisor", "engine.agent..", "model..", "config"),
                room("metrics..", "coordination", "hypervisor", "model..", "proto.."),
                room(
                        "api..",
                        "coordination",
                        "coordination.codec..",
                        "engine.coordinator..",
                        "metrics..",
                        "model..",
                        "config",
                        "proto.."),
                room("api.json..", "proto.."),
                room("cli..", "api.json..", "proto.."));
    }

    @ParameterizedTest(name = "{0} knows only {1}")
    @MethodSource("rooms")
    void roomKnowsOnlyItsNeighbours(String room, List<String> neighbours) {
        String[] known = Stream.concat(Stream.of(room), neighbours.stream())
                .map(ArchitectureTest::inDrover)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(inDrover(room))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackages("io.drover..").or(resideInAnyPackage(known)))
                .allowEmptyShould(true)
                .check(PRODUCTION);
    }

    @Test
    void everyRoomIsOnThePlan() {
        DescribedPredicate<JavaClass> onThePlan = resideInAnyPackage(rooms().map(each -> (String) each.get()[0])
                        .map(ArchitectureTest::inDrover)
                        .toArray(String[]::new))
                .or(resideInAPackage("io.drover.runtime.."));
        assertThat(PRODUCTION.stream().filter(not(onThePlan)).map(JavaClass::getName))
                .as("classes in rooms that this test does not know: say there what they may depend on")
                .isEmpty();
    }

    @Test
    void onlyTheRuntimeKnowsTheRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.drover.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.drover.runtime..")
                .check(PRODUCTION);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("io.drover.(*)..").should().beFreeOfCycles().check(PRODUCTION);
    }

    @Test
    void roomsOfTheEngineHaveNoCycles() {
        slices().matching("io.drover.engine.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(PRODUCTION);
    }

    @Test
    void pureRoomsUseNeitherInputNorOutputNorThreadsNorLibraries() {
        classes()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(PURE).or(resideInAnyPackage(PURE_LIBRARY)))
                .check(PRODUCTION);
    }

    @Test
    void pureRoomsHaveNoClockNoChanceAndNoSurroundings() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .accessTargetWhere(READS_CLOCK_OR_CHANCE)
                .check(PRODUCTION);
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, ThreadLocal.class, Process.class, ProcessBuilder.class, Runtime.class)
                .check(PRODUCTION);
    }

    @Test
    void wallClockIsReadOnlyThroughAnInjectedSource() {
        noClasses()
                .should()
                .accessTargetWhere(describe(
                        "the wall clock read in passing",
                        access -> isNow(access) || is(access, System.class, "currentTimeMillis")))
                .check(PRODUCTION);
    }

    @Test
    void nothingSleepsInsteadOfWaitingForACondition() {
        noClasses()
                .should()
                .accessTargetWhere(describe("Thread.sleep", access -> is(access, Thread.class, "sleep")))
                .check(PRODUCTION);
    }

    @Test
    void unixSocketsAreKnownToTheQemuAdapterOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.drover.hypervisor.qemu..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.UnixDomainSocketAddress")
                .check(PRODUCTION);
    }

    @Test
    void onlyTheEntranceEndsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.drover.cli..",
                        "io.drover.runtime..",
                        // The main part of a process of its own: a ZooKeeper server with a failing disk must not go on.
                        "io.drover.coordination.ensemble..")
                .should()
                .accessTargetWhere(describe(
                        "an end of the process",
                        access -> is(access, System.class, "exit")
                                || is(access, Runtime.class, "exit")
                                || is(access, Runtime.class, "halt")))
                .check(PRODUCTION);
    }

    @Test
    void onlyTheCommandPrints() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.drover.cli..", "io.drover.runtime..")
                .should()
                .accessTargetWhere(describe(
                        "standard output or error",
                        access -> is(access, System.class, "out") || is(access, System.class, "err")))
                .check(PRODUCTION);
    }

    @Test
    void everyPackageSaysThatNullIsMarked() {
        assertThat(PRODUCTION.stream()
                        .map(JavaClass::getPackage)
                        .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                        .map(each -> each.getName())
                        .distinct())
                .isEmpty();
    }

    private static final Set<String> RANDOM_WITHOUT_SEED =
            Set.of("java.util.Random.<init>()", "java.util.SplittableRandom.<init>()");

    private static final DescribedPredicate<JavaAccess<?>> READS_CLOCK_OR_CHANCE = describe(
            "a clock, chance, or the process's surroundings",
            access -> isNow(access)
                    || (isIn(access, System.class)
                            && !access.getTarget().getName().equals("arraycopy"))
                    || is(access, Math.class, "random")
                    || is(access, java.util.UUID.class, "randomUUID")
                    || (access.getTarget().getName().startsWith("system")
                            && access.getTargetOwner().getPackageName().equals("java.time"))
                    || RANDOM_WITHOUT_SEED.contains(access.getTarget().getFullName()));

    /** Any {@code now} of java.time that is not told the time: {@code Instant.now()}, {@code LocalTime.now(zone)}. */
    private static boolean isNow(JavaAccess<?> access) {
        if (!access.getTargetOwner().getPackageName().equals("java.time")
                || !access.getTarget().getName().equals("now")) {
            return false;
        }
        return !(access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget method)
                || method.getRawParameterTypes().stream().noneMatch(each -> each.isAssignableTo(java.time.Clock.class));
    }

    private static boolean is(JavaAccess<?> access, Class<?> owner, String name) {
        return isIn(access, owner) && access.getTarget().getName().equals(name);
    }

    private static boolean isIn(JavaAccess<?> access, Class<?> owner) {
        return access.getTargetOwner().isEquivalentTo(owner);
    }

    private static Arguments room(String name, String... neighbours) {
        return Arguments.of(name, List.of(neighbours));
    }

    private static String inDrover(String room) {
        return "io.drover." + room;
    }
}
