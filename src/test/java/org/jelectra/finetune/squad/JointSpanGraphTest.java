package org.jelectra.finetune.squad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.inference.squad.SquadHead;
import org.jelectra.inference.squad.SquadQuestion;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole training pass with the joint head: the CUDA backend, in the simulator, does what the CPU does. */
class JointSpanGraphTest {

    private static final Vocabulary VOCABULARY =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "dog", "sees", "the", "who"));

    private record Result(double loss, float[] gradients) {}

    private static Result step(Backend backend, Reduction reduction, int... examples) {
        EncoderConfig config = new EncoderConfig(VOCABULARY.size(), 8, 16, 1, 2, 32, 64, 2, 0.1f, 0.1f, 1e-12f, 0.3f);
        FineTuneSettings settings =
                new FineTuneSettings(1e-3, 0.8, true, 0.01, 1, 0.1, 3, 1, 24, reduction, 1, null, 7);
        List<SquadQuestion> questions = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String context = "the ".repeat(i + 1) + (i == 1 ? "cat" : "dog") + " sees the".repeat(i);
            SquadQuestion.Answer dog = new SquadQuestion.Answer("dog", context.indexOf("dog"));
            questions.add(new SquadQuestion("q" + i, "who sees", context, i == 1 ? List.of() : List.of(dog)));
        }
        SquadFile file = new SquadFile(Path.of("made.json"), questions, 0);
        SquadTask task = new SquadTask(
                backend,
                config,
                SquadHead.JOINT,
                settings,
                new SquadData(SquadVersion.V2, file, file, List.of()),
                new WordPiece(VOCABULARY, WordPieceOptions.uncased()));
        TaskGraph graph = task.record(3, 17, new Workspace(backend));
        graph.upload(examples, 0, 3, 1);
        Tensor gradients = task.model().parameters().gradients();
        backend.fill(gradients, 0).run();
        graph.program().forward();
        graph.program().backward();
        float[] loss = new float[1];
        backend.download(graph.loss(), loss, 0);
        float[] values = new float[(int) gradients.size()];
        backend.download(gradients, values, 0);
        return new Result(loss[0], values);
    }

    private static Result cpu(Reduction reduction, int... examples) {
        try (Backend backend = CpuBackend.create(2)) {
            return step(backend, reduction, examples);
        }
    }

    private static double norm(float[] values, float[] less) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double difference = (double) values[i] - (less == null ? 0 : less[i]);
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, 1e-5", "BFLOAT16, 3e-2"})
    void cudaAgreesWithTheCpu(DType valueType, double tolerance) {
        Result expected = cpu(Reduction.SUM, 3, 1, 0);
        try (Backend backend = SimulatedBackends.open(valueType)) {
            Result found = step(backend, Reduction.SUM, 3, 1, 0);
            assertThat(found.loss).isCloseTo(expected.loss, within(tolerance * expected.loss));
            assertThat(norm(found.gradients, expected.gradients))
                    .isLessThan(tolerance * norm(expected.gradients, null));
        }
    }

    /** The loss of each example counts by itself: sum and mean, and rows of the batch without an example. */
    @Test
    void reductionsAndSmallerBatches() {
        Result sum = cpu(Reduction.SUM, 3, 1);
        Result mean = cpu(Reduction.MEAN, 3, 1);
        assertThat(sum.loss).isGreaterThan(1).isCloseTo(2 * mean.loss, within(1e-6));
        assertThat(norm(sum.gradients, null)).isCloseTo(2 * norm(mean.gradients, null), within(1e-5));
        // dropout is drawn by the row, so each example stays in its own
        Result third = cpu(Reduction.SUM, 3, 1, 0);
        Result repeated = cpu(Reduction.SUM, 3, 1, 3);
        assertThat(third.loss).isGreaterThan(sum.loss);
        assertThat(repeated.loss).isGreaterThan(sum.loss).isNotEqualTo(third.loss);
    }
}
