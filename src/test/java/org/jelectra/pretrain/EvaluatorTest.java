package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sampler;
import org.jelectra.electra.Sharing;
import org.jelectra.text.PackedSequences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EvaluatorTest {

    private static final int SEQUENCES = 7;

    @TempDir
    Path directory;

    private static PretrainSettings settings(int batchSize, int microBatches, Sampler sampler) {
        PretrainSettings base = SmallRun.settings(1).withBatch(batchSize, microBatches, SmallRun.LENGTH);
        LossOptions losses = base.losses();
        return SmallRun.with(
                base,
                "losses",
                new LossOptions(losses.generatorWeight(), losses.discriminatorWeight(), losses.temperature(), sampler),
                "evaluationSequences",
                SEQUENCES);
    }

    @ParameterizedTest
    @EnumSource
    void theBatchSizeDoesNotCount(Sampler sampler) throws IOException {
        PackedSequences heldOut = SmallText.pack(directory, 1).heldOut();
        assertThat(heldOut.size()).isGreaterThan(8);
        try (Backend backend = CpuBackend.create(1)) {
            ElectraModel model = new ElectraModel(
                    backend,
                    settings(1, 1, sampler).model(),
                    SmallRun.settings(1).seed());
            ModelMetrics one = evaluate(model, settings(1, 1, sampler), heldOut);
            assertThat(one.replacedFraction()).isPositive();
            for (int batchSize : new int[] {2, 4, 7, 8}) {
                requireSame(evaluate(model, settings(batchSize, 1, sampler), heldOut), one);
            }
            requireSame(evaluate(model, settings(12, 4, sampler), heldOut), one);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ELECTRA")
    void norWithAnotherObjective(Objective objective) throws IOException {
        PackedSequences heldOut = SmallText.pack(directory, 1).heldOut();
        PretrainSettings settings = SmallRun.settings(Sharing.EMBEDDINGS, objective, 1);
        try (Backend backend = CpuBackend.create(1)) {
            ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
            ModelMetrics one = evaluate(model, settings.withBatch(1, 1, SmallRun.LENGTH), heldOut);
            ModelMetrics seven = evaluate(model, settings.withBatch(7, 1, SmallRun.LENGTH), heldOut);
            requireSame(seven, one);
            assertThat(seven.mainAccuracy()).isEqualTo(Double.valueOf(one.mainAccuracy()));
            assertThat(seven.discriminatorAccuracy()).isEqualTo(Double.valueOf(one.discriminatorAccuracy()));
            Offset<Double> rounding = Offset.offset(1e-5);
            if (objective.hasMainNetwork() && !objective.hasDiscriminator()) {
                assertThat(seven.mainLoss()).isCloseTo(one.mainLoss(), rounding);
            } else {
                assertThat(one.mainLoss()).isNaN();
            }
        }
    }

    @Test
    void tellsHowManyBatchesHaveBegun() throws IOException {
        PackedSequences heldOut = SmallText.pack(directory, 1).heldOut();
        PretrainSettings settings = settings(2, 1, Sampler.values()[0]);
        try (Backend backend = CpuBackend.create(1)) {
            ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
            Evaluator evaluator = new Evaluator(model, settings, heldOut, SmallRun.vocabulary());
            List<Integer> told = new ArrayList<>();
            evaluator.run(told::add);
            assertThat(told).hasSize(evaluator.batches()).startsWith(1, 2, 3).endsWith(evaluator.batches());
        }
    }

    private static ModelMetrics evaluate(ElectraModel model, PretrainSettings settings, PackedSequences heldOut) {
        return new Evaluator(model, settings, heldOut, SmallRun.vocabulary()).run();
    }

    /** What was asked and drawn is the same; sums are rounded in another order. */
    private static void requireSame(ModelMetrics found, ModelMetrics expected) {
        assertThat(found.sampledAccuracy()).isEqualTo(Double.valueOf(expected.sampledAccuracy()));
        assertThat(found.replacedFraction()).isEqualTo(Double.valueOf(expected.replacedFraction()));
        Offset<Double> rounding = Offset.offset(1e-5);
        assertThat(found.generatorLoss()).isCloseTo(expected.generatorLoss(), rounding);
        if (!Double.isNaN(expected.discriminatorLoss())) {
            assertThat(found.discriminatorLoss()).isCloseTo(expected.discriminatorLoss(), rounding);
        }
    }
}
