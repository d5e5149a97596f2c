package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bits of results do not depend on the length of the processor's vectors. */
@Tag("every-jdk")
class VectorLengthTest {

    /** Prints what the backend computes with, then a hash of each result of each operation. */
    static final class Hashes {
        public static void main(String[] args) {
            try (Backend backend = Backends.open("cpu", 1)) {
                System.out.println(backend.description());
                of(backend).forEach(System.out::println);
            }
        }

        static List<String> of(Backend backend) {
            List<String> hashes = new ArrayList<>();
            try (Workbench bench = new Workbench(backend)) {
                OperandTrials.all().forEach(operation -> {
                    bench.trial(operation.name());
                    Map<String, Tensor> tensors = OperandTrials.place(bench, operation);
                    operation.prepare(backend, tensors).run();
                    OperandTrials.results(bench, operation, tensors)
                            .forEach((name, bits) ->
                                    hashes.add(operation.name() + " " + name + " " + Arrays.hashCode(bits)));
                });
            }
            return hashes;
        }
    }

    /** A process with the shortest vectors that all processors have, against this one with the longest of its processor. */
    @Test
    @Timeout(120)
    void bitsDoNotDependOnTheVectorLength() throws IOException, InterruptedException {
        try (Backend backend = Backends.open("cpu", 1)) {
            assumeThat(backend.description()).doesNotContain("vector (128 bits)");
            List<String> lines = child();
            assertThat(lines).hasSizeGreaterThan(40);
            assertThat(lines.get(0)).contains("vector (128 bits)");
            assertThat(lines.subList(1, lines.size())).isEqualTo(Hashes.of(backend));
        }
    }

    private static List<String> child() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-XX:MaxVectorSize=16",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hashes.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var reader = process.inputReader()) {
            List<String> lines = reader.lines().toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        }
    }
}
