package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.KernelModule;
import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Atomic operations and all state spaces, in kernels as a compiler makes them. */
class StateSpacesTest {

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    private static int[] atomicCounters() {
        int[] counters = new int[14];
        counters[8] = -1;
        return counters;
    }

    @Test
    void atomicOperations() {
        KernelModule module = bench.resource("spaces.ptx");
        int threads = 3 * 64;
        DeviceMemory c = bench.ints(atomicCounters());
        DeviceMemory f = bench.floats(0.5f);
        DeviceMemory u = bench.longs(7, 9);
        DeviceMemory d = bench.doubles(1);
        DeviceMemory order = bench.memory(4 * threads);
        bench.run(
                module,
                "atomics",
                LaunchShape.of(3, 64),
                a -> a.pointer(c).pointer(f).pointer(u).pointer(d).pointer(order));
        int xor = IntStream.range(0, threads).reduce(0, (x, y) -> x ^ y);
        int kept = IntStream.range(0, threads).reduce(-1, (x, y) -> x & ~y);
        int inc = 0;
        int dec = 0;
        for (int i = 0; i < threads; i++) {
            inc = inc >= 10 ? 0 : inc + 1;
            dec = dec == 0 || dec > 10 ? 10 : dec - 1;
        }
        int[] got = bench.ints(c);
        for (int i = 0; i < 4; i++) {
            int start = i;
            int sum = IntStream.range(0, 64).filter(t -> t % 4 == start).sum();
            assertThat(got[i]).isEqualTo(3 * sum);
        }
        assertThat(got).endsWith(threads, 1, threads - 1, 255, kept, xor, 1 - threads, threads - 1, inc, dec);
        assertThat(bench.floats(f)).containsExactly(0.5f + 1.5f * threads);
        assertThat(bench.longs(u)).containsExactly(7 + (3L * threads << 32), (long) (threads - 1) << 40);
        assertThat(bench.doubles(d)).containsExactly(1 + 0.25 * threads);
        // deterministic: blocks and lanes in their order
        assertThat(bench.ints(order))
                .containsExactly(IntStream.range(0, threads).toArray());
    }

    @Test
    void localSharedConstantGenericAndParameterMemory() {
        KernelModule module = bench.resource("spaces.ptx");
        float[] x = new float[256];
        int[] index = new int[64];
        for (int i = 0; i < 256; i++) {
            x[i] = 3 * i + 1;
        }
        for (int i = 0; i < 64; i++) {
            index[i] = i * 7 % 13;
        }
        DeviceMemory in = bench.floats(x);
        DeviceMemory out = bench.memory(256);
        DeviceMemory indices = bench.ints(index);
        DeviceMemory count = bench.memory(4);
        ByteBuffer arguments = ByteBuffer.allocateDirect(56).order(ByteOrder.nativeOrder());
        arguments
                .putLong(in.address())
                .putLong(out.address())
                .putLong(indices.address())
                .putLong(count.address());
        arguments.putInt(1000).putInt(0).putDouble(0.5).putShort((short) 10).putShort((short) -20);
        arguments.putShort((short) 30).putShort((short) 0).flip();
        SimulatedDriver driver = bench.driver;
        long handle = driver.loadModule("spaces", resource());
        long launch = driver.prepareLaunch(
                driver.function(handle, "spaces"), LaunchShape.of(1, 64), arguments, List.of(0, 8, 16, 24, 32));
        driver.launch(launch, 0);
        driver.launch(launch, 0);
        float[] got = bench.floats(out);
        float[] c = {10, -20, 30};
        for (int t = 0; t < 64; t++) {
            float generic = (index[t] & 1) != 0 ? x[4 * (t ^ 1) + 2] : x[3];
            float expected = 2 * x[index[t] & 7] + (t % 16 + 1) + generic + ((t ^ 5) - 20) + 1000 + 0.5f + c[t % 3];
            assertThat(got[t]).as("thread %d", t).isEqualTo(expected);
        }
        assertThat(bench.ints(count)).containsExactly(42);
        assertThat(module.kernels()).contains("spaces", "atomics");
    }

    private static byte[] resource() {
        try (java.io.InputStream stream = StateSpacesTest.class.getResourceAsStream("spaces.ptx")) {
            return stream.readAllBytes();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void dynamicSharedMemoryIsOnePlaceForAllNames() {
        String ptx = SimulatorBench.source(1, """
                .reg .b32 %r<4>;
                .reg .b64 %rd<2>;
                .shared .align 4 .b8 word[4];
                ld.param.u64 %rd0, [p0];
                mov.u32 %r0, word;
                mov.u32 %r1, narrow;
                mov.u32 %r2, wide;
                sub.s32 %r3, %r1, %r0;
                st.global.u32 [%rd0], %r3;
                sub.s32 %r3, %r2, %r0;
                st.global.u32 [%rd0+4], %r3;
                ret;
                """).replace(".visible", """
                .extern .shared .align 16 .b8 narrow[];
                .extern .shared .align 1024 .b8 wide[];
                .visible""");
        DeviceMemory places = bench.memory(8);
        bench.run(ptx, LaunchShape.of(1, 1).withShared(64), places);
        assertThat(bench.ints(places)).containsExactly(1024, 1024);
    }
}
