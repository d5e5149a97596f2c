package org.jelectra;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jelectra.backend.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the layering: each package uses only those below it, so that the engine can be embedded without the rest. */
class ArchitectureTest {

    private static final String ROOT = "org.jelectra.";

    /** Package to the packages directly below it; those below these are allowed too. */
    private static final Map<String, List<String>> LAYERS = layers();

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.jelectra");

    private static Map<String, List<String>> layers() {
        Map<String, List<String>> layers = new LinkedHashMap<>();
        layers.put("random", List.of());
        layers.put("tensor", List.of("random"));
        layers.put("gpu", List.of());
        layers.put("backend", List.of("tensor", "gpu"));
        layers.put("autograd", List.of("backend"));
        layers.put("io", List.of("tensor"));
        layers.put("nn", List.of("autograd", "io"));
        layers.put("optim", List.of("backend"));
        layers.put("text", List.of("io"));
        layers.put("electra", List.of("nn", "text"));
        layers.put("pretrain", List.of("electra", "optim"));
        layers.put("inference", List.of("electra"));
        layers.put("finetune", List.of("inference", "pretrain"));
        layers.put("exchange", List.of("inference"));
        layers.put("cli", List.of("finetune", "exchange"));
        return layers;
    }

    private static Set<String> allowed(String layer) {
        Set<String> allowed = new LinkedHashSet<>(Set.of(layer));
        LAYERS.get(layer).forEach(below -> allowed.addAll(allowed(below)));
        return allowed;
    }

    static Set<String> presentLayers() {
        Set<String> present = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String name = type.getPackageName() + ".";
            present.add(name.equals(ROOT) ? "" : name.substring(ROOT.length(), name.indexOf('.', ROOT.length())));
        }
        return present;
    }

    @Test
    void everyPackageHasAPlaceInTheTable() {
        assertThat(presentLayers())
                .isSubsetOf(LAYERS.keySet())
                .contains(
                        "random",
                        "tensor",
                        "backend",
                        "autograd",
                        "nn",
                        "optim",
                        "text",
                        "io",
                        "electra",
                        "pretrain",
                        "cli");
    }

    @ParameterizedTest
    @MethodSource("presentLayers")
    void aPackageUsesOnlyThoseBelowIt(String layer) {
        String[] above = LAYERS.keySet().stream()
                .filter(other -> !allowed(layer).contains(other))
                .map(other -> ROOT + other + "..")
                .toArray(String[]::new);
        if (above.length == 0) {
            assertThat(layer).isEqualTo("cli");
            return;
        }
        noClasses()
                .that()
                .resideInAPackage(ROOT + layer + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(above))
                .check(CLASSES);
    }

    @Test
    void noTwoPackagesUseEachOther() {
        slices().matching(ROOT + "(**)")
                .should()
                .beFreeOfCycles()
                // the one place that names what is above it, so that users need not
                .ignoreDependency(type(Backends.class), alwaysTrue())
                .check(CLASSES);
    }

    @Test
    void deviceLibrariesStayWithTheirBackend() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "gpu..", ROOT + "backend.cuda..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jcuda..", "org.jcuda..")
                .check(CLASSES);
    }

    @Test
    void theIncubatingModuleStaysInItsPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "backend.cpu.vector..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(CLASSES);
        assertThat(CLASSES.stream()
                        .filter(type -> type.getPackageName().equals(ROOT + "backend.cpu.vector"))
                        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                        .map(dependency -> dependency.getTargetClass().getPackageName()))
                .as("the rule sees the module's classes")
                .contains("jdk.incubator.vector");
    }

    @Test
    void onlyTheCommandLineUsesTheStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    /** Those of the machine's locale would be other digits, points and letters in logs, tables and messages. Calls are seen, method references not. */
    @Test
    void formatsNameTheirLocale() {
        noClasses()
                .should()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "formatted", Object[].class)
                .orShould()
                .callMethod(PrintStream.class, "printf", String.class, Object[].class)
                .orShould()
                .callMethod(PrintStream.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineParsesOptions() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(CLASSES);
    }

    @Test
    void everyPackageExplainsItself() throws IOException {
        Path sources = Path.of("src/main/java/org/jelectra");
        try (Stream<Path> files = Files.walk(sources)) {
            List<Path> packages = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .toList();
            assertThat(packages)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(folder -> assertThat(folder.resolve("package-info.java"))
                            .isRegularFile()
                            .content()
                            .startsWith("/**"));
        }
    }
}
