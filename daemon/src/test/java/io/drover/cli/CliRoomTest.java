package io.drover.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.drover", importOptions = ImportOption.DoNotIncludeTests.class)
class CliRoomTest {
    @ArchTest
    static final ArchRule THE_COMMAND_KNOWS_ONLY_THE_WIRE = noClasses()
            .that()
            .resideInAPackage("io.drover.cli..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.drover..")
                    .and(not(resideInAnyPackage("io.drover.cli..", "io.drover.proto..", "io.drover.api.json"))));

    @ArchTest
    static final ArchRule THE_JSON_FORM_KNOWS_ONLY_THE_WIRE = noClasses()
            .that()
            .resideInAPackage("io.drover.api.json")
            .should()
            .dependOnClassesThat(resideInAPackage("io.drover..")
                    .and(not(resideInAnyPackage("io.drover.api.json", "io.drover.proto.."))));

    @ArchTest
    static final ArchRule PARTS_OF_THE_COMMAND_ARE_LAYERED =
            slices().matching("io.drover.cli.(*)..").should().beFreeOfCycles();
}
