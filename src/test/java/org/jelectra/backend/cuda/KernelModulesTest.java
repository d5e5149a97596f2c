package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jelectra.LogMessages;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelModulesTest {

    private static final String GENERAL = source("8.0", "sm_80");
    private static final String SPECIAL = source("8.0", "sm_90a");

    private static String source(String version, String target) {
        return ".version " + version + "\n.target " + target + "\n.address_size 64\n.visible .entry k() {\nret;\n}\n";
    }

    /** Two families may have kernels of one name. */
    @Test
    void aDeviceKeepsTheKernelsOfFamiliesApart() {
        try (Gpu gpu = Gpu.open(new SimulatedDriver(), 0)) {
            String bounded = GENERAL.replace(".entry k()", ".entry k() .maxntid 64");
            Device device = new Device(
                    gpu,
                    new KernelModules(
                            gpu,
                            null,
                            Set.of(),
                            name -> (name.equals("a") ? GENERAL : bounded).getBytes(StandardCharsets.ISO_8859_1),
                            () -> 0));
            Kernel first = device.kernel("a", "k");
            Kernel second = device.kernel("b", "k");
            assertThat(second.attributes().maxThreads()).isEqualTo(64);
            assertThat(first.attributes().maxThreads()).isNotEqualTo(64);
            assertThat(device.kernel("a", "k")).isSameAs(first);
            assertThat(device.kernel("b", "k")).isSameAs(second);
        }
    }

    /** Families a, whose special module is that source, and b, which has none. */
    private static void on(int capability, String forced, String special, Consumer<KernelModules> test) {
        Map<String, String> sources = Map.of("a", GENERAL, "b", GENERAL, "a_sm90a", special);
        SimulatorOptions options = SimulatorOptions.defaults().withDevice("device", capability);
        try (Gpu gpu = Gpu.open(new SimulatedDriver(options), 0)) {
            test.accept(new KernelModules(
                    gpu,
                    forced,
                    Set.of("a_sm90a"),
                    name -> sources.get(name).getBytes(StandardCharsets.ISO_8859_1),
                    () -> 0));
        }
    }

    @Test
    void whoeverWaitsForTheDriversCompilerIsToldOnce() {
        try (Gpu gpu = Gpu.open(new SimulatedDriver(), 0)) {
            AtomicLong seconds = new AtomicLong();
            KernelModules modules = new KernelModules(
                    gpu,
                    null,
                    Set.of(),
                    name -> GENERAL.getBytes(StandardCharsets.ISO_8859_1),
                    () -> seconds.getAndIncrement() * 1_000_000_000);
            assertThat(LogMessages.of(KernelModules.class, () -> modules.of("a")))
                    .isEmpty();
            assertThat(LogMessages.of(KernelModules.class, () -> modules.of("a")))
                    .isEmpty();
            assertThat(LogMessages.of(KernelModules.class, () -> modules.of("b")))
                    .containsExactly("the driver is compiling the kernels for this device, which takes a while;"
                            + " it keeps them for the next start");
            assertThat(LogMessages.of(KernelModules.class, () -> modules.of("c")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"80, a.ptx, sm_80", "89, a.ptx, sm_89", "90, a_sm90a.ptx, sm_90a", "100, a.ptx, sm_100"})
    void kernelsForOneCapabilityAreLoadedOnItOnly(int capability, String module, String target) {
        on(capability, null, SPECIAL, modules -> {
            assertThat(modules.of("a").name()).isEqualTo(module);
            assertThat(modules.of("b").name()).isEqualTo("b.ptx");
            assertThat(modules.isSm90a("a")).isEqualTo(capability == 90);
            assertThat(modules.isSm90a("b")).isFalse();
            assertThat(modules.of("a")).isSameAs(modules.of("a"));
            assertThat(modules.target()).isEqualTo(target);
        });
    }

    @Test
    void theyCanBeSwitchedOff() {
        on(90, "compute_80", SPECIAL, modules -> {
            assertThat(modules.of("a").name()).isEqualTo("a.ptx");
            assertThat(modules.isSm90a("a")).isFalse();
            assertThat(modules.target()).isEqualTo("sm_90");
        });
    }

    @Test
    void theSwitchHasOneValue() {
        assertThatThrownBy(() -> on(90, "sm_90a", SPECIAL, modules -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the system property jelectra.cuda.kernels can be compute_80, got 'sm_90a'");
    }

    @Test
    void whatTheDriverRejectsIsReplacedWithAWarning() {
        on(90, null, source("9.9", "sm_90a"), modules -> {
            List<String> warnings = LogMessages.of(KernelModules.class, () -> {
                assertThat(modules.of("a").name()).isEqualTo("a.ptx");
                assertThat(modules.isSm90a("a")).isFalse();
            });
            assertThat(modules.target()).isEqualTo("sm_90a without a");
            assertThat(warnings).hasSize(1).isEqualTo(modules.rejections());
            assertThat(warnings.get(0))
                    .startsWith("kernels for compute capability 8.0 and newer take the place of those for 9.0: ")
                    .contains("a_sm90a.ptx", "PTX 9.9")
                    .doesNotContain("\n");
        });
    }
}
