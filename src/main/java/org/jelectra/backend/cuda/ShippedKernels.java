package org.jelectra.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The PTX in the jar, one module for each family of kernels, as {@code kernels/FAMILY.cu}. */
public final class ShippedKernels {

    private static final String FOLDER = "/org/jelectra/kernels/";

    private static final List<String> FAMILIES = List.of(
            "attention_bf16",
            "attention_f32",
            "column_sums",
            "elementwise",
            "embedding",
            "gelu",
            "gemm_bf16",
            "gemm_f32",
            "gemm_splits",
            "layer_norm",
            "losses",
            "optimizer",
            "rows",
            "sampling",
            "softmax");

    private ShippedKernels() {}

    /** Names of all families. */
    public static List<String> families() {
        return FAMILIES;
    }

    /** The PTX of a family. */
    public static byte[] ptx(String family) {
        try (InputStream in = ShippedKernels.class.getResourceAsStream(FOLDER + family + ".ptx")) {
            if (in == null) {
                throw new IllegalStateException(
                        "the jar has no " + FOLDER + family + ".ptx; build it with tools/build-kernels");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FOLDER + family + ".ptx", e);
        }
    }
}
