package org.jelectra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a package as a whole is about what another JDK can change, none of its tests is forgotten there; nor are the golden ones. */
class EveryJdkTest {

    private static final Path TESTS = Path.of("src/test/java/org/jelectra");
    private static final String TAG = "@Tag(\"every-jdk\")";

    private static List<Path> tests(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> file.toString().endsWith("Test.java")).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backend/cpu",
                "cli/console",
                "exchange",
                "gpu/jcuda",
                "io",
                "io/onnx",
                "io/pytorch",
                "io/tensorflow",
                "pretrain/plot",
                "text",
                "text/corpus",
                "text/rows"
            })
    void allOfThesePackagesHaveTheTag(String folder) throws IOException {
        assertThat(tests(TESTS.resolve(folder), 1))
                .isNotEmpty()
                .allSatisfy(test -> assertThat(test).content().contains(TAG));
    }

    /** Those on a device, real or simulated, inherit it from them. */
    @Test
    void allThatCompareWithTheReferenceHaveTheTag() throws IOException {
        List<Path> golden = tests(TESTS, Integer.MAX_VALUE).stream()
                .filter(test -> test.getFileName().toString().matches("Golden((?!Simulated|Device).)*Test.java"))
                .toList();
        assertThat(golden)
                .hasSizeGreaterThan(5)
                .allSatisfy(test -> assertThat(test).content().contains(TAG));
    }
}
