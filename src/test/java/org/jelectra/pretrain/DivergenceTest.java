package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DivergenceTest {

    private final Backend backend = backend();
    private final PretrainSettings settings = SmallRun.settings(2);
    private ElectraModel model;
    private TrainingStep step;
    private Batch batch;

    /** A new backend; it is closed after use. */
    protected Backend backend() {
        return CpuBackend.create(1);
    }

    @BeforeEach
    void makeModel() {
        model = new ElectraModel(backend, settings.model(), 7);
        step = new TrainingStep(model, settings);
        batch = SmallRun.batch(0);
        for (int row = 0; row < batch.batchSize(); row++) {
            batch.sequences[row] = 100 + row;
        }
    }

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    private Parameter fill(String name, float value) {
        Parameter parameter = model.parameters().parameter(name);
        float[] values = new float[(int) parameter.value().size()];
        Arrays.fill(values, value);
        backend.upload(values, 0, parameter.value());
        return parameter;
    }

    private TrainingDivergedException run() {
        float[] before = SmallRun.read(backend, model.parameters().values());
        MetricsCollector collector = new MetricsCollector(settings);
        TrainingDivergedException e =
                catchThrowableOfType(TrainingDivergedException.class, () -> step.run(batch, 4, collector));
        assertThat(SmallRun.read(backend, model.parameters().values())).isEqualTo(before);
        return e;
    }

    @Test
    void aBrokenWeightIsNamedWithStepAndRecords() {
        fill("generator.electra.encoder.layer.1.output.dense.weight", Float.NaN);

        TrainingDivergedException e = run();

        assertThat(e)
                .hasMessageStartingWith("the loss became NaN at step 5, first in the weights generator.electra.encoder"
                        + ".layer.1.output.dense.weight themselves; the batch holds the training sequences 100, 101, 102,"
                        + " 103. Lower the learning rate");
        assertThat(e.step()).isEqualTo(5);
        assertThat(e.weightsAreFinite()).isFalse();
        assertThat(e.records()).containsExactly(100, 101, 102, 103);
    }

    /** Finite weights whose product overflows. */
    @Test
    void theFirstActivationIsNamedByItsOperationAndWeights() {
        fill("discriminator.electra.encoder.layer.0.intermediate.dense.weight", 3e38f);

        TrainingDivergedException e = run();

        assertThat(e.tensor())
                .contains(
                        "feedForwardAddLayerNorm with discriminator.electra.encoder.layer.0.intermediate.dense.weight and 5 more");
        assertThat(e.weights())
                .hasSize(6)
                .contains("discriminator.electra.encoder.layer.0.output.dense.weight")
                .allMatch(name -> name.startsWith("discriminator.electra.encoder.layer.0."));
        assertThat(e.weightsAreFinite()).isTrue();
    }

    /** The loss is finite, its weighted gradient is not. */
    @Test
    void aGradientThatOverflowsStopsTheRunToo() {
        assertThat(runWithHugeWeightOfTheLoss().tensor())
                .isEqualTo("the sum over all gradients, each of which is finite");

        fill("discriminator.discriminator_predictions.dense_prediction.weight", 1000);
        assertThat(runWithHugeWeightOfTheLoss().tensor())
                .contains(
                        "feedForwardBackwardInputLayerNorm with discriminator.discriminator_predictions.dense_prediction.weight");
    }

    /** Not the learning rate's fault, which would come again. */
    @Test
    void whatDoesNotComeAgainIsTheDevicesFault() {
        backend.fill(step.optimizer().norm(), Float.NaN).run();

        TrainingDivergedException e = run();

        assertThat(e.tensor()).isNull();
        assertThat(e)
                .hasMessage(
                        "the norm of the gradient became NaN at step 5, and not when the step was computed once more;"
                                + " the batch holds the training sequences 100, 101, 102, 103. The device or one of its kernels"
                                + " is at fault: jelectra doctor looks for it");
        step.run(batch, 4); // which has forgotten it
        assertThat(step.gradientNorm()).isFinite();
    }

    /** The next step has begun by then; it must change nothing, and another attempt must not suffer from it. */
    @Test
    void aStepInFlightBehindItChangesNothing() {
        float[] healthy = SmallRun.read(backend, model.parameters().values());
        fill("generator.electra.encoder.layer.1.output.dense.weight", Float.NaN);
        float[] before = SmallRun.read(backend, model.parameters().values());
        step.begin(batch, 4);

        TrainingDivergedException e =
                catchThrowableOfType(TrainingDivergedException.class, () -> step.begin(SmallRun.batch(1), 5));

        assertThat(e.step()).isEqualTo(5);
        assertThat(e.records()).containsExactly(100, 101, 102, 103);
        assertThat(SmallRun.read(backend, model.parameters().values())).isEqualTo(before);
        assertThat(SmallRun.read(backend, step.optimizer().secondMoments())).containsOnly(0);
        step.settle(); // nothing is left

        backend.upload(healthy, 0, model.parameters().values());
        step.run(batch, 4);
        assertThat(step.gradientNorm()).isFinite().isPositive();
        assertThat(SmallRun.read(backend, model.parameters().values())).isNotEqualTo(healthy);
    }

    private PretrainSettings withHugeWeightOfTheLoss() {
        return SmallRun.with(
                settings,
                "losses",
                new LossOptions(1, Float.MAX_VALUE, 1, settings.losses().sampler()));
    }

    private TrainingDivergedException runWithHugeWeightOfTheLoss() {
        step = new TrainingStep(model, withHugeWeightOfTheLoss());
        float[] before = SmallRun.read(backend, model.parameters().values());

        TrainingDivergedException e = catchThrowableOfType(TrainingDivergedException.class, () -> step.run(batch, 4));

        assertThat(e.getMessage()).startsWith("the norm of the gradient became ");
        assertThat(SmallRun.read(backend, model.parameters().values())).isEqualTo(before);
        return e;
    }

    @Test
    void manyRecordsAreCutInTheMessageOnly() {
        int[] records = new int[40];
        TrainingDivergedException e = new TrainingDivergedException(1, "what", "where", List.of(), true, records);
        assertThat(e.getMessage()).contains("0, 0 and 36 more");
        assertThat(e.records()).hasSize(40);
    }

    @Test
    void aSilentDiscriminatorIsWarnedOfOnceAfterTheWarmUp() {
        List<String> warnings = new ArrayList<>();
        PretrainListener listener = new PretrainListener() {
            @Override
            public void onWarning(String message) {
                warnings.add(message);
            }
        };
        SilentDiscriminator silent = new SilentDiscriminator(100);
        Confusion never = new Confusion(0, 0, 85, 15);
        silent.check(100, never, 1e-4, listener);
        silent.check(150, new Confusion(0, 1, 84, 15), 1e-4, listener);
        silent.check(150, new Confusion(0, 0, 85, 0), 1e-4, listener);
        assertThat(warnings).isEmpty();

        silent.check(249, never, 1e-4, listener);
        assertThat(warnings).isEmpty();

        silent.check(250, never, 1e-4, listener);
        silent.check(400, never, 1e-4, listener);

        assertThat(warnings)
                .containsExactly(
                        "step 250: for 100 steps after the warm-up the discriminator has called no token"
                                + " replaced, though 15.0 % are; if this lasts, lower the learning rate (now 1.0E-4) or lengthen the warm-up");
    }
}
