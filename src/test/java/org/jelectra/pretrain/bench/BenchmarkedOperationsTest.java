package org.jelectra.pretrain.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jelectra.backend.check.Catalog;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.check.Trial;
import org.junit.jupiter.api.Test;

/** The benchmarks with JMH, which are built by themselves, know every operation that there is. */
class BenchmarkedOperationsTest {

    private static final Path SOURCE = Path.of("jmh/src/main/java/org/jelectra/jmh/OperationBenchmark.java");

    @Test
    void everyOperationIsAValueOfTheParameter() throws IOException {
        Matcher values = Pattern.compile("@Param\\(\\{([^}]*)}\\)\\s*public String operation;")
                .matcher(Files.readString(SOURCE));
        assertThat(values.find()).isTrue();
        List<String> benchmarked = Pattern.compile("\"([^\"]*)\"")
                .matcher(values.group(1))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(benchmarked)
                .containsExactlyElementsOf(Catalog.of(Sizes.EVEN).stream()
                        .map(Trial::name)
                        .distinct()
                        .toList());
    }
}
