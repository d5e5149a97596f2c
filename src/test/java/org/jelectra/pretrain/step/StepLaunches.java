package org.jelectra.pretrain.step;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.LaunchCounter;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.DryDriver;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.TrainingStep;
import org.jelectra.tensor.DType;

/** What a step launches in bf16, from clearing the gradients to the update, on a device that does nothing. */
public final class StepLaunches {

    private StepLaunches() {}

    /** With 128 sequences of 128 tokens, on a device with the multiprocessors of an H200. */
    static LaunchCounter ofPresetSmall() {
        return of(Preset.SMALL);
    }

    /** With the preset's batch, on that device. */
    public static LaunchCounter of(Preset preset) {
        LaunchCounter counter = new LaunchCounter(new DryDriver(MemoryNeed.LARGE_DEVICE), false);
        try (Backend backend = counter.open(DType.BFLOAT16)) {
            PretrainSettings settings = PretrainSettings.of(preset, 30_522);
            ElectraModel model = ElectraModel.withoutWeights(backend, settings.model());
            count(counter, backend, model, settings);
        }
        return counter;
    }

    /** Counts one step of that model, and nothing before it. */
    static void count(LaunchCounter counter, Backend backend, ElectraModel model, PretrainSettings settings) {
        TrainingStep step = new TrainingStep(model, settings);
        counter.clear();
        backend.fill(model.parameters().gradients(), 0).run();
        step.graph().program().forward();
        step.graph().program().backward();
        step.optimizer().measure();
        step.optimizer().update(1e-4);
    }
}
