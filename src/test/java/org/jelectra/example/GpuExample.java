package org.jelectra.example;

import java.nio.charset.StandardCharsets;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.Kernel;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.PinnedMemory;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;

/** The example of docs/gpu.md: a kernel of one's own. */
final class GpuExample {

    private GpuExample() {}

    // documented: begin
    // nvcc -ptx -arch=compute_80 writes such a text from CUDA C; here y[i] = a * x[i] + y[i]
    static final String AXPY = """
            .version 8.0
            .target sm_80
            .address_size 64
            .visible .entry axpy(.param .u64 x, .param .u64 y, .param .f32 a, .param .u32 n) {
                .reg .pred %outside; .reg .b32 %i, %block, %size, %n; .reg .b64 %x, %y; .reg .f32 %a, %v, %w;
                mov.u32 %i, %tid.x;
                mov.u32 %block, %ctaid.x;
                mov.u32 %size, %ntid.x;
                mad.lo.u32 %i, %block, %size, %i;
                ld.param.u32 %n, [n];
                setp.ge.u32 %outside, %i, %n;
                @%outside bra end;
                ld.param.u64 %x, [x];
                ld.param.u64 %y, [y];
                ld.param.f32 %a, [a];
                mad.wide.u32 %x, %i, 4, %x;
                mad.wide.u32 %y, %i, 4, %y;
                ld.global.f32 %v, [%x];
                ld.global.f32 %w, [%y];
                fma.rn.f32 %w, %a, %v, %w;
                st.global.f32 [%y], %w;
            end:
                ret;
            }
            """;

    /** With {@code Jcuda.open()} on a GPU; with {@code new SimulatedDriver()} anywhere, every memory access checked. */
    static float[] axpy(GpuDriver driver, float a, float[] x, float[] y) {
        try (Gpu gpu = Gpu.open(driver, 0)) {
            Kernel kernel = gpu.load("axpy.ptx", AXPY.getBytes(StandardCharsets.US_ASCII))
                    .kernel("axpy");
            PinnedMemory host = gpu.allocatePinned(4 * x.length);
            DeviceMemory dx = upload(gpu, host, x);
            DeviceMemory dy = upload(gpu, host, y);
            kernel.prepare(
                            LaunchShape.of((x.length + 255) / 256, 256),
                            KernelArguments.of()
                                    .pointer(dx)
                                    .pointer(dy)
                                    .float32(a)
                                    .int32(x.length))
                    .run(gpu.stream()); // a prepared launch can run any number of times
            dy.download(0, host.buffer(), gpu.stream());
            gpu.stream().synchronize(); // what a kernel did wrong is thrown here at the latest
            float[] result = new float[x.length];
            host.buffer().asFloatBuffer().get(result);
            return result;
        } // closes the memory and the module too
    }

    /** What the kernel does for so many elements, counted without a GPU. */
    static KernelCounters count(int elements) {
        SimulatedDriver driver = new SimulatedDriver();
        axpy(driver, 2, new float[elements], new float[elements]);
        return driver.counters().get("axpy"); // loadSectors() of 32 bytes against idealLoadSectors(), and more
    }

    private static DeviceMemory upload(Gpu gpu, PinnedMemory host, float[] values) {
        DeviceMemory memory = gpu.allocate(4L * values.length);
        host.buffer().asFloatBuffer().put(values);
        memory.upload(0, host.buffer(), gpu.stream());
        gpu.stream().synchronize(); // host is about to be used again
        return memory;
    }
    // documented: end
}
