package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.text.PackedCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is predicted is what runs allocate, to the byte. */
class MemoryNeedTest {

    private static final long DEVICE_BYTES = 1 << 30;

    @TempDir
    private Path directory;

    private static PretrainSettings settings(Sharing sharing, Objective objective, int microBatches) {
        PretrainSettings base = SmallRun.settings(sharing, objective, microBatches);
        return SmallRun.with(base, "steps", 3, "warmupSteps", 1, "logEvery", 1, "evaluateEvery", 2);
    }

    /** A whole run with evaluations: what is allocated by the way counts too. */
    private void run(Backend backend, PretrainSettings settings) throws IOException {
        PackedCorpus corpus = SmallText.pack(directory, 1);
        assertThat(corpus.heldOut().size()).isPositive();
        new Pretrainer(backend, settings, corpus, SmallRun.vocabulary()).run(PretrainListener.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 1, EMBEDDINGS, ELECTRA",
        "BFLOAT16, 1, EMBEDDINGS, ELECTRA",
        "BFLOAT16, 2, NONE, ELECTRA",
        "FLOAT32, 2, EMBEDDINGS, MLM",
        "BFLOAT16, 2, EMBEDDINGS, ELECTRA_15",
        "FLOAT32, 1, NONE, REPLACE_MLM",
        "BFLOAT16, 1, EMBEDDINGS, ALL_TOKENS_MLM",
    })
    void isWhatARunTakesOnADevice(DType values, int microBatches, Sharing sharing, Objective objective)
            throws IOException {
        PretrainSettings settings = settings(sharing, objective, microBatches);
        SimulatorOptions options = SimulatorOptions.defaults().withRaces(false).withMemory(DEVICE_BYTES);
        try (CudaBackend cuda = CudaBackend.on(Gpu.open(new SimulatedDriver(options), 0), values)) {
            run(cuda, settings);

            MemoryNeed need = MemoryNeed.onCuda(settings, values, cuda.device(), true);
            assertThat(need.total()).isEqualTo(DEVICE_BYTES - cuda.freeMemory());
            assertThat(need.copies()).isEqualTo(values == DType.BFLOAT16 ? need.parameters() / 2 : 0);
            assertThat(need.kernels()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, EMBEDDINGS, ELECTRA",
        "2, NONE, ELECTRA",
        "1, EMBEDDINGS, MLM",
        "2, EMBEDDINGS, ELECTRA_15",
        "1, EMBEDDINGS, REPLACE_MLM",
        "1, EMBEDDINGS, ALL_TOKENS_MLM"
    })
    void isWhatARunTakesOnTheCpu(int microBatches, Sharing sharing, Objective objective) throws IOException {
        PretrainSettings settings = settings(sharing, objective, microBatches);
        AtomicLong bytes = new AtomicLong();
        try (Backend cpu = CpuBackend.create(1)) {
            Backend counting = (Backend) Proxy.newProxyInstance(
                    Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                        Object result = method.invoke(cpu, arguments);
                        if (result instanceof Storage storage) {
                            bytes.addAndGet(storage.size() * storage.dtype().bytes());
                        }
                        return result;
                    });
            run(counting, settings);
        }
        MemoryNeed need = MemoryNeed.onCpu(settings, true);

        assertThat(need.total()).isEqualTo(bytes.get());
        assertThat(need.gradients()).isEqualTo(need.parameters());
        assertThat(need.moments()).isEqualTo(2 * need.parameters());
        assertThat(need.copies() + need.kernels()).isZero();
    }

    @Test
    void microBatchesBf16AndNoEvaluationsTakeLess() {
        MemoryNeed whole = MemoryNeed.onCpu(SmallRun.settings(1), true);
        MemoryNeed bf16 = MemoryNeed.onCuda(SmallRun.settings(1), DType.BFLOAT16, MemoryNeed.LARGE_DEVICE, true);

        assertThat(MemoryNeed.onCpu(SmallRun.settings(2), true).activations()).isLessThan(whole.activations());
        assertThat(MemoryNeed.onCpu(SmallRun.settings(1), false).total()).isEqualTo(whole.total() - whole.evaluation());
        assertThat(whole.evaluation()).isBetween(1L, whole.activations());
        assertThat(bf16.activations()).isLessThan(whole.activations());
    }
}
