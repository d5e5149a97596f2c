package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.MainResults;
import org.jelectra.electra.Objective;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.Sharing;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Metrics of two batches of two parts each, computed once more from what the graph has for single tokens. */
class MetricsCollectorTest {

    private static final int PARTS = 2;

    private final Backend backend = CpuBackend.create(1);
    private final List<Float> logits = new ArrayList<>();
    private final List<Boolean> replaced = new ArrayList<>();
    private double generatorLoss;
    private double masked;
    private double guessed;
    private double sampled;
    private double mainLoss;
    private double predicted;
    private double hits;
    private double changed;
    private double tokens;
    private double reward;
    private double baselineLoss;

    @ParameterizedTest
    @EnumSource
    void metricsAreThoseOfSingleTokens(Objective objective) {
        requireMetricsOf(SmallRun.settings(Sharing.EMBEDDINGS, objective, PARTS));
    }

    @Test
    void anAdversarialGeneratorHasItsRewardToo() {
        ElectraConfig config = SmallRun.config(Sharing.EMBEDDINGS, Objective.ELECTRA)
                .withGeneratorTraining(GeneratorTraining.ADVERSARIAL);
        requireMetricsOf(SmallRun.settings(config, LossOptions.DEFAULT, PARTS));
    }

    private void requireMetricsOf(PretrainSettings settings) {
        Objective objective = settings.model().objective();
        int rows = settings.batchSize() / PARTS;
        MetricsCollector collector = new MetricsCollector(settings);
        try (backend) {
            PretrainingGraph graph = Evaluator.record(model(settings), settings);
            GraphResults results = new GraphResults(backend, graph);
            MicroBatches parts = new MicroBatches(rows, settings.slots());
            for (int step = 0; step < 2; step++) {
                Batch batch = batch(step);
                for (int part = 0; part < PARTS; part++) {
                    parts.set(batch, part, graph.inputs());
                    graph.inputs().upload(5, step, part);
                    graph.program().forward();
                    results.take(true);
                    double loss = collector.add(results, batch, part * rows);
                    double generator = read(graph.generatorLoss())[0];
                    double main = objective.hasMainNetwork() ? read(graph.main().loss())[0] : 0;
                    assertThat(loss)
                            .isEqualTo(settings.losses().generatorWeight() * generator
                                    + settings.losses().discriminatorWeight() * main);
                    count(graph, batch, part * rows, rows, objective);
                }
            }
        }
        requireMetrics(collector.metrics(), settings);
        collector.clear();
        assertThat(collector.metrics().generatorLoss()).isNaN();
        assertThat(collector.predictions().size()).isZero();
    }

    /** Of two words one is likelier wherever a token is predicted; what the discriminator says differs from token to token. */
    private ElectraModel model(PretrainSettings settings) {
        ElectraModel model = new ElectraModel(backend, settings.model(), 7);
        for (Parameter parameter : model.parameters().parameters()) {
            float[] values = read(parameter.value());
            if (values.length == SmallRun.VOCABULARY) {
                Arrays.fill(values, -9);
                values[5] = 1;
                values[6] = 0.5f;
            } else if (parameter.name().contains("discriminator_predictions")) {
                for (int i = 0; i < values.length; i++) {
                    values[i] *= 4;
                }
            }
            backend.upload(values, 0, parameter.value());
        }
        return model;
    }

    /** Of two words; the last row of the second batch is empty, so that batches have different weights. */
    private static Batch batch(int step) {
        Batch batch = SmallRun.batch(step);
        for (int[] ids : List.of(batch.inputIds, batch.maskedInputIds, batch.maskedLabels)) {
            Arrays.setAll(ids, i -> ids[i] < 5 ? ids[i] : 5 + ids[i] % 2);
        }
        if (step == 1) {
            int last = batch.batchSize() - 1;
            int length = batch.sequenceLength();
            for (int i = last * length; i < batch.attentionMask.length; i++) {
                batch.tokenCount -= batch.attentionMask[i];
                batch.attentionMask[i] = 0;
            }
            for (int slot = last * batch.slots(); slot < batch.maskedWeights.length; slot++) {
                batch.maskedCount -= (int) batch.maskedWeights[slot];
                batch.maskedWeights[slot] = 0;
            }
        }
        return batch;
    }

    private void count(PretrainingGraph graph, Batch batch, int firstRow, int rows, Objective objective) {
        generatorLoss += (double) read(graph.generatorLoss())[0] * batch.maskedCount;
        if (graph.reward() != null) {
            reward += (double) read(graph.reward())[0] * batch.maskedCount;
            baselineLoss += (double) read(graph.baselineLoss())[0] * batch.maskedCount;
        }
        float[] correct = read(graph.correct());
        int[] samples = objective.hasMainNetwork() ? integers(graph.sampled()) : new int[correct.length];
        boolean[] selected = new boolean[rows * batch.sequenceLength()];
        float[] mainCorrect = graph.main() instanceof MainResults.Prediction main ? read(main.correct()) : new float[0];
        for (int i = 0; i < correct.length; i++) {
            int slot = firstRow * batch.slots() + i;
            if (batch.maskedWeights[slot] > 0) {
                masked++;
                guessed += correct[i];
                sampled += samples[i] == batch.maskedLabels[slot] ? 1 : 0;
                changed += samples[i] == batch.maskedLabels[slot] ? 0 : 1;
                selected[batch.maskedRows[slot] - firstRow * batch.sequenceLength()] = true;
                hits += objective == Objective.REPLACE_MLM ? mainCorrect[i] : 0;
            }
        }
        float[] scores =
                graph.detection() == null ? null : read(graph.detection().logits());
        int[] labels =
                graph.detection() == null ? null : integers(graph.detection().labels());
        for (int i = 0; i < selected.length; i++) {
            boolean token = batch.attentionMask[firstRow * batch.sequenceLength() + i] != 0;
            tokens += token ? 1 : 0;
            if (scores != null && (objective == Objective.ELECTRA ? token : selected[i])) {
                logits.add(scores[i]);
                replaced.add(labels[i] != 0);
            }
            hits += token && objective == Objective.ALL_TOKENS_MLM ? mainCorrect[i] : 0;
        }
        if (mainCorrect.length > 0) {
            int predictions = objective == Objective.REPLACE_MLM ? batch.maskedCount : batch.tokenCount;
            mainLoss += (double) read(graph.main().loss())[0] * predictions;
            predicted += predictions / (double) PARTS;
        }
    }

    private void requireMetrics(ModelMetrics found, PretrainSettings settings) {
        double generator = settings.losses().generatorWeight() * generatorLoss / masked;
        assertThat(found.generatorLoss()).isCloseTo(generatorLoss / masked, within(1e-9));
        assertThat(found.generatorAccuracy()).isEqualTo(guessed / masked).isBetween(0.1, 0.9);
        if (settings.model().generatorTraining() == GeneratorTraining.ADVERSARIAL) {
            assertThat(found.generatorReward()).isCloseTo(reward / masked, within(1e-9));
            assertThat(found.baselineLoss())
                    .isCloseTo(baselineLoss / masked, within(1e-9))
                    .isPositive();
        } else {
            assertThat(found.generatorReward()).isNaN();
        }
        double weight = settings.losses().discriminatorWeight();
        if (!logits.isEmpty()) {
            requireDetection(found);
            assertThat(found.totalLoss()).isCloseTo(generator + weight * found.discriminatorLoss(), within(1e-9));
        } else if (predicted > 0) {
            assertThat(found.mainLoss()).isCloseTo(mainLoss / predicted, within(1e-9));
            assertThat(found.mainAccuracy()).isEqualTo(hits / predicted).isBetween(0.1, 0.95);
            assertThat(found.replacedFraction()).isEqualTo(changed / tokens).isPositive();
            assertThat(found.totalLoss()).isCloseTo(generator + weight * mainLoss / predicted, within(1e-9));
        } else {
            assertThat(found.totalLoss()).isEqualTo(found.generatorLoss());
            assertThat(found.sampledAccuracy()).isNaN();
            return;
        }
        assertThat(found.sampledAccuracy()).isEqualTo(sampled / masked).isBetween(0.1, 0.9);
    }

    private void requireDetection(ModelMetrics found) {
        double loss = 0;
        double positives = 0;
        double right = 0;
        double said = 0;
        double both = 0;
        double wins = 0;
        for (int i = 0; i < logits.size(); i++) {
            boolean yes = logits.get(i) > 0;
            double wrong = replaced.get(i) ? -logits.get(i) : logits.get(i);
            loss += Math.max(wrong, 0) + Math.log1p(Math.exp(-Math.abs(wrong)));
            positives += replaced.get(i) ? 1 : 0;
            said += yes ? 1 : 0;
            right += yes == replaced.get(i) ? 1 : 0;
            both += yes && replaced.get(i) ? 1 : 0;
            for (int j = 0; j < logits.size(); j++) {
                wins += replaced.get(i) && !replaced.get(j)
                        ? 0.5 + 0.5 * Float.compare(logits.get(i), logits.get(j))
                        : 0;
            }
        }
        int count = logits.size();
        assertThat(found.discriminatorLoss()).isCloseTo(loss / count, within(1e-5));
        assertThat(found.replacedFraction()).isEqualTo(positives / count).isPositive();
        assertThat(found.discriminatorAccuracy()).isEqualTo(right / count).isBetween(0.1, 0.9);
        assertThat(found.discriminatorPrecision()).isEqualTo(both / said).isPositive();
        assertThat(found.discriminatorRecall()).isEqualTo(both / positives).isLessThan(1);
        assertThat(found.discriminatorAuc()).isCloseTo(wins / (positives * (count - positives)), within(1e-12));
    }

    private float[] read(Tensor tensor) {
        return SmallRun.read(backend, tensor);
    }

    private int[] integers(Tensor tensor) {
        int[] values = new int[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }
}
