package org.jelectra.pretrain.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.assertj.core.api.SoftAssertions;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.LaunchCounter;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How many bytes a step of preset small moves, with 128 sequences of 128 tokens in bf16: the sum over its launches of the operands
 * that each must read and write, by its arguments. The account is compared with the sectors that the simulator counts.
 */
class BytesPerStepTest {

    /**
     * The same sum for one launch an operation, where bias, dropout, residual and LayerNorm are one and GELU lies in the products:
     * 760 MB for the generator's layers forward, 3,045 for the discriminator's, 1,366 and 5,499 backward, 540 for clearing, norm and
     * update, and 1,010 for embeddings and heads.
     */
    private static final double IDEAL = 12_220e6;
    /** What the step takes now, as a multiple of it, so that nothing grows unseen; to be lowered. */
    private static final double BUDGET = 0.81;
    /** Bytes from which on a kernel is compared: below that tables and single numbers, of which each costs a sector, are more. */
    private static final long SMALL = 50_000;
    /** What these move depends on the words of the batch, here all the same; the account takes them to differ. */
    private static final Set<String> OF_DATA = Set.of(
            "embedding_projection_w64_bf16",
            "embedding_projection_w256_bf16",
            "embedding_sums_bf16",
            "embedding_finish");

    /** What these do depends on the weights alone, which are far more than the tokens of a short batch. */
    private static final Set<String> OF_WEIGHTS = Set.of("adamw", "global_norm", "fill_f32", "cast");

    /** Of the preset's batch, where sequences have up to 512 tokens. */
    @ParameterizedTest
    @EnumSource(
            value = Preset.class,
            names = {"SMALL", "BASE"})
    void everyLaunchHasAnAccount(Preset preset) {
        LaunchCounter counter = StepLaunches.of(preset);
        assertThat(counter.bytes()).containsOnlyKeys(counter.counts().keySet());
        assertThat(counter.bytes().values()).allMatch(bytes -> bytes > 0);
    }

    @Test
    void stepOfPresetSmall() {
        LaunchCounter counter = StepLaunches.ofPresetSmall();
        double total =
                counter.bytes().values().stream().mapToLong(Long::longValue).sum();
        String table = table(counter);
        System.out.println(table);
        assertThat(total / IDEAL).as(table).isBetween(0.8, BUDGET);
    }

    private static String table(LaunchCounter counter) {
        StringBuilder table = new StringBuilder(line("kernel", "launches", "MB", "share"));
        double total =
                counter.bytes().values().stream().mapToLong(Long::longValue).sum();
        counter.bytes().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(entry -> table.append(line(
                        entry.getKey(),
                        counter.counts().get(entry.getKey()),
                        megabytes(entry.getValue()),
                        String.format(Locale.ROOT, "%.1f %%", 100 * entry.getValue() / total))));
        int launches =
                counter.counts().values().stream().mapToInt(Integer::intValue).sum();
        return table.append(line("all", launches, megabytes(total), ""))
                .append(String.format(Locale.ROOT, "%.3f times %s MB%n", total / IDEAL, megabytes(IDEAL)))
                .toString();
    }

    private static String line(Object... columns) {
        return String.format(Locale.ROOT, "%-36s %8s %10s %8s%n", columns);
    }

    private static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
    }

    /**
     * A whole step at the widths of the preset, but for a short batch and a small vocabulary, runs on the simulator. Sectors count
     * once a request, so that tiles of products count their factors as often as they read them, a layer what it reads of the one
     * before it, and each head its tokens.
     */
    @Test
    void simulatorCountsWhatTheAccountSaysOrLittleMore() {
        SimulatedDriver driver = new SimulatedDriver(SimulatorOptions.defaults().withRaces(false));
        LaunchCounter counter = new LaunchCounter(driver, true);
        try (Backend backend = counter.open(DType.BFLOAT16)) {
            PretrainSettings settings = PretrainSettings.of(Preset.SMALL, 250).withBatch(1, 1, 64);
            ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
            driver.resetCounters();
            StepLaunches.count(counter, backend, model, settings);
            Map<String, Double> ratios = new TreeMap<>();
            counter.bytes().forEach((kernel, bytes) -> {
                if (bytes >= SMALL && !OF_DATA.contains(kernel)) {
                    KernelCounters counters = driver.counters().get(kernel);
                    ratios.put(kernel, 32.0 * (counters.loadSectors() + counters.storeSectors()) / bytes);
                }
            });
            assertThat(ratios).hasSizeGreaterThanOrEqualTo(17);
            assertThat(ratios)
                    .allSatisfy((kernel, ratio) -> assertThat(ratio).as(kernel).isBetween(1.0, largestRatio(kernel)));
            Map<String, KernelCounters> ofTokens = driver.counters();
            ofTokens.keySet().removeAll(OF_WEIGHTS);
            assertNothingHasGrown(ofTokens.values());
        }
    }

    /** What that step takes now for its tokens, rounded up; to be lowered. */
    private static void assertNothingHasGrown(Collection<KernelCounters> kernels) {
        SoftAssertions counters = new SoftAssertions();
        counters.assertThat(sum(kernels, KernelCounters::warpInstructions))
                .as("instructions")
                .isLessThan(14_860_000);
        counters.assertThat(sum(kernels, KernelCounters::specialInstructions))
                .as("special functions")
                .isLessThan(155_000);
        counters.assertThat(sum(kernels, each -> each.loadSectors() + each.storeSectors()))
                .as("sectors")
                .isLessThan(5_332_000);
        counters.assertThat(sum(kernels, KernelCounters::sharedWavefronts))
                .as("wavefronts")
                .isLessThan(3_075_000);
        counters.assertAll();
    }

    private static long sum(Collection<KernelCounters> kernels, ToLongFunction<KernelCounters> of) {
        return kernels.stream().mapToLong(of).sum();
    }

    private static double largestRatio(String kernel) {
        if (kernel.equals("sum_parts")) {
            // every block looks through a table, in the cache, which is more than the few parts of this batch
            return 2.4;
        }
        if (kernel.startsWith("embedding_forward")) {
            // each token reads the row of its type, of which the account has two
            return 1.5;
        }
        if (kernel.startsWith("projected_attention")) {
            return 2.1;
        }
        return kernel.startsWith("gemm") || kernel.startsWith("encoder") ? 1.75 : 1.35;
    }
}
