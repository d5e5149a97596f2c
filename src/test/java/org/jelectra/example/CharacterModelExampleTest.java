package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.tensor.DType;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.DocumentReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CharacterModelExampleTest {

    private static int[] text;
    private static int characters;

    /** The first documents of the bundled text in small letters. */
    @BeforeAll
    static void readText() throws IOException {
        StringBuilder read = new StringBuilder();
        try (DocumentReader documents = Corpus.sample().documents()) {
            while (read.length() < 100_000) {
                documents
                        .next()
                        .lines()
                        .forEach(line -> read.append(line.toLowerCase()).append('\n'));
            }
        }
        String alphabet =
                read.chars().sorted().distinct().mapToObj(Character::toString).collect(Collectors.joining());
        text = read.chars().map(alphabet::indexOf).toArray();
        characters = alphabet.length();
    }

    private static double mean(float[] losses, int from) {
        double sum = 0;
        for (int i = from; i < losses.length; i++) {
            sum += losses[i];
        }
        return sum / (losses.length - from);
    }

    /** Entropy of the characters by themselves: what a model reaches that does not look at those before. */
    private static double entropy() {
        int[] counts = new int[characters];
        Arrays.stream(text).forEach(character -> counts[character]++);
        return Arrays.stream(counts)
                .mapToDouble(count -> -(double) count / text.length * Math.log((double) count / text.length))
                .sum();
    }

    @Test
    void learnsMoreThanHowFrequentCharactersAre() {
        try (Backend backend = CpuBackend.create(2)) {
            float[] losses = CharacterModelExample.train(backend, text, characters, 32, 400);
            assertThat((double) losses[0]).isCloseTo(Math.log(characters), within(1.0));
            assertThat(mean(losses, 350)).isLessThan(entropy() - 0.3);
        }
    }

    /** The same numbers, up to rounding, in a step whose kernels run in the simulator with all its checks. */
    @Test
    void learnsTheSameOnADevice() {
        int steps = 4;
        float[] expected;
        try (Backend backend = CpuBackend.create(1)) {
            expected = CharacterModelExample.train(backend, text, characters, 8, steps);
        }
        try (Backend backend = CudaBackend.on(Gpu.open(new SimulatedDriver(), 0), DType.FLOAT32)) {
            float[] losses = CharacterModelExample.train(backend, text, characters, 8, steps);
            assertThat(losses).containsExactly(expected, within(1e-3f));
            assertThat(losses[steps - 1]).isLessThan(losses[0] - 0.1f);
        }
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(Path.of("src/test/java/org/jelectra/example/CharacterModelExample.java"))
                .assertIn(Path.of("docs/engine.md"));
    }
}
