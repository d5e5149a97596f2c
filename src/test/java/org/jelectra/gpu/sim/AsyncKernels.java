package org.jelectra.gpu.sim;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Kernels of one warpgroup with asynchronous products: image, descriptors and result are parameters p0, p1 and p2. */
final class AsyncKernels {

    private AsyncKernels() {}

    /**
     * A kernel with predicates p0 (false) and p1 (true), pointers rd0, rd1 and rd2, the thread's number in r0 and uninitialised
     * sums f0 and so on, which it stores behind {@code body}.
     */
    static String source(int n, String body) {
        StringBuilder stores = new StringBuilder("mul.wide.u32 %rd3, %r0, " + 2 * n + ";\nadd.s64 %rd2, %rd2, %rd3;\n");
        for (int i = 0; i < n / 2; i++) {
            stores.append("st.global.f32 [%rd2+" + 4 * i + "], %f" + i + ";\n");
        }
        return SimulatorBench.source(3, """
                .reg .pred %p<3>;
                .reg .b32 %r<16>;
                .reg .b64 %rd<16>;
                .reg .f32 %f<160>;
                mov.u32 %r0, %tid.x;
                setp.ne.b32 %p0, 0, 0;
                setp.eq.b32 %p1, 0, 0;
                ld.param.u64 %rd0, [p0];
                ld.param.u64 %rd1, [p1];
                ld.param.u64 %rd2, [p2];
                """ + body + stores + "ret;\n").replace("sm_80", "sm_90a");
    }

    /** Fills shared memory with the image, and makes it visible to all warps' products. */
    static String fill(int bytes) {
        StringBuilder text = new StringBuilder("""
                shl.b32 %r1, %r0, 4;
                cvt.u64.u32 %rd5, %r1;
                add.s64 %rd5, %rd5, %rd0;
                """);
        for (int at = 0; at < bytes; at += 2048) {
            String guard = bytes - at < 2048 ? "@%p2 " : "";
            if (!guard.isEmpty()) {
                text.append("setp.lt.u32 %p2, %r1, " + (bytes - at) + ";\n");
            }
            text.append(guard + "ld.global.v4.u32 {%r4, %r5, %r6, %r7}, [%rd5+" + at + "];\n");
            text.append(guard + "st.shared.v4.u32 [%r1+" + at + "], {%r4, %r5, %r6, %r7};\n");
        }
        return text + "fence.proxy.async.shared::cta;\nbar.sync 0;\n";
    }

    /** A product with its sums, which lacks the other operands. */
    static String product(int n) {
        return "wgmma.mma_async.sync.aligned.m64n" + n + "k16.f32.bf16.bf16 " + sums(n);
    }

    private static String sums(int n) {
        return IntStream.range(0, n / 2).mapToObj(i -> "%f" + i).collect(Collectors.joining(", ", "{", "}"));
    }

    /** 64 rows of {@code n} sums from what the threads have stored. */
    static float[] sums(float[] stored, int n) {
        float[] rows = new float[64 * n];
        for (int thread = 0; thread < 128; thread++) {
            for (int i = 0; i < n / 2; i++) {
                int row = thread / 32 * 16 + thread % 32 / 4 + i / 2 % 2 * 8;
                int column = i / 4 * 8 + thread % 4 * 2 + i % 2;
                rows[row * n + column] = stored[thread * (n / 2) + i];
            }
        }
        return rows;
    }
}
