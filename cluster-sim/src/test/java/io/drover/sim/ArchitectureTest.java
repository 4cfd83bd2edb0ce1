package io.drover.sim;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the walls of the laboratory, as docs/architecture.md draws them. Rooms that are not built yet are on the plan
 * already: their rules hold from their first class.
 */
class ArchitectureTest {
    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.drover.sim");

    /** The same seed gives the same run, byte for byte: no clock, no thread and no chance of their own in these. */
    private static final String[] VIRTUAL = {
        "io.drover.sim.kernel..",
        "io.drover.sim.world..",
        "io.drover.sim.shell..",
        "io.drover.sim.checks..",
        "io.drover.sim.fuzz..",
        "io.drover.sim.model.."
    };

    /** What of the daemon a simulated world may use: what decides, and the ports that it stands in for. */
    private static final String[] DECIDING = {
        "io.drover.model..", "io.drover.engine..", "io.drover.coordination", "io.drover.hypervisor"
    };

    /** Each room, and the other rooms of the laboratory that it may know. */
    static Stream<Arguments> rooms() {
        return Stream.of(
                room("kernel.."),
                room("world..", "kernel.."),
                room("shell..", "world..", "kernel.."),
                room("checks..", "shell..", "world..", "kernel.."),
                room("scenario..", "checks..", "shell..", "world..", "kernel.."),
                room("fuzz..", "scenario..", "checks..", "shell..", "world..", "kernel.."),
                room("model.."),
                room("lab..", "scenario..", "checks..", "shell..", "world..", "kernel.."),
                room("hyperv.."),
                room(
                        "bench..",
                        "lab..",
                        "hyperv..",
                        "fuzz..",
                        "scenario..",
                        "checks..",
                        "shell..",
                        "world..",
                        "kernel.."));
    }

    @ParameterizedTest(name = "{0} knows only {1}")
    @MethodSource("rooms")
    void roomKnowsOnlyItsNeighbours(String room, List<String> neighbours) {
        String[] known = Stream.concat(Stream.of(room), neighbours.stream())
                .map(ArchitectureTest::inSim)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(inSim(room))
                .should()
                .onlyDependOnClassesThat(
                        resideOutsideOfPackages("io.drover.sim..").or(resideInAnyPackage(known)))
                .allowEmptyShould(true)
                .check(PRODUCTION);
    }

    @Test
    void everyRoomIsOnThePlan() {
        String[] known = rooms().map(each -> inSim((String) each.get()[0])).toArray(String[]::new);
        assertThat(PRODUCTION.stream()
                        .filter(not(resideInAnyPackage(known)))
                        // The entrance itself.
                        .filter(each -> !each.getPackageName().equals("io.drover.sim"))
                        .map(JavaClass::getName))
                .as("classes in rooms that this test does not know: say there what they may depend on")
                .isEmpty();
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("io.drover.sim.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(PRODUCTION);
    }

    @Test
    void virtualWorldsUseOnlyWhatDecidesOfTheDaemon() {
        String[] known = Stream.concat(Arrays.stream(DECIDING), Stream.of("io.drover.sim.."))
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAnyPackage(VIRTUAL)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackages("io.drover..").or(resideInAnyPackage(known)))
                .allowEmptyShould(true)
                .check(PRODUCTION);
    }

    @Test
    void virtualWorldsHaveNoClockAndNoThreads() {
        noClasses()
                .that()
                .resideInAnyPackage(VIRTUAL)
                .should()
                .accessTargetWhere(describe(
                        "a clock or chance",
                        access -> (access.getTargetOwner().getPackageName().equals("java.time")
                                        && access.getTarget().getName().equals("now"))
                                || (access.getTargetOwner().isEquivalentTo(System.class)
                                        && !access.getTarget().getName().equals("arraycopy"))
                                || access.getTarget().getFullName().equals("java.util.Random.<init>()")
                                || access.getTarget().getFullName().equals("java.util.SplittableRandom.<init>()")
                                || access.getTarget().getName().equals("randomUUID")))
                .allowEmptyShould(true)
                .check(PRODUCTION);
        noClasses()
                .that()
                .resideInAnyPackage(VIRTUAL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent..", "java.net..", "java.nio..", "java.io..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, Process.class, ProcessBuilder.class)
                .allowEmptyShould(true)
                .check(PRODUCTION);
    }

    @Test
    void onlyTheEntranceEndsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.drover.sim")
                .should()
                .callMethod(System.class, "exit", int.class)
                .allowEmptyShould(true)
                .check(PRODUCTION);
    }

    /** All other tests run beside each other, and would take the time from processes that live against the clock. */
    @Test
    void testsOnWholeClustersRunAlone() {
        classes()
                .that()
                .haveSimpleNameEndingWith("Test")
                .should()
                .beAnnotatedWith(Isolated.class)
                .check(new ClassFileImporter().importPackages("io.drover.sim.lab"));
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

    private static Arguments room(String name, String... neighbours) {
        return Arguments.of(name, List.of(neighbours));
    }

    private static String inSim(String room) {
        return "io.drover.sim." + room;
    }
}
