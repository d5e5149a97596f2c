package org.jelectra.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jelectra.gpu.GpuModuleException;

/**
 * The PTX in the jar, one module for each family of kernels, as {@code kernels/FAMILY.cu}. Its second line names the SHA-256 of all
 * behind it, because a number that is damaged in PTX may still be PTX, and then computes something else.
 */
public final class ShippedKernels {

    private static final String FOLDER = "/org/jelectra/kernels/";

    private static final String CHECKSUM = "// sha256 of all below: ";

    private static final List<String> FAMILIES = List.of(
            "attention_bf16",
            "attention_f32",
            "column_sums",
            "elementwise",
            "embedding",
            "encoder_bf16",
            "feed_forward",
            "gelu",
            "gemm_bf16",
            "gemm_f32",
            "gemm_layer_norm",
            "gemm_splits",
            "layer_norm",
            "losses",
            "optimizer",
            "projected_attention_bf16",
            "rows",
            "sampling",
            "self_attention_bf16",
            "softmax",
            "sum_parts");

    private ShippedKernels() {}

    /** Names of all families. */
    public static List<String> families() {
        return FAMILIES;
    }

    /**
     * The PTX of a family.
     *
     * @throws GpuModuleException where it is missing or damaged
     */
    public static byte[] ptx(String family) {
        try (InputStream in = ShippedKernels.class.getResourceAsStream(FOLDER + family + ".ptx")) {
            if (in == null) {
                throw damaged(family, "is missing");
            }
            return checked(family, in.readAllBytes());
        } catch (IOException e) {
            throw damaged(family, "cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Returns the PTX, unless it is not what was built. */
    static byte[] checked(String family, byte[] ptx) {
        int second = lineAfter(ptx, 0);
        int third = lineAfter(ptx, second);
        String line = new String(ptx, second, third - second, StandardCharsets.ISO_8859_1);
        if (!line.startsWith(CHECKSUM)) {
            throw damaged(family, "has no checksum in its second line");
        }
        String expected = line.substring(CHECKSUM.length()).strip();
        String found = sha256(ptx, third);
        if (!found.equals(expected)) {
            throw damaged(family, "has the SHA-256 " + found + ", expected " + expected);
        }
        return ptx;
    }

    private static int lineAfter(byte[] text, int start) {
        int end = start;
        while (end < text.length && text[end] != '\n') {
            end++;
        }
        return Math.min(text.length, end + 1);
    }

    private static String sha256(byte[] bytes, int from) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, from, bytes.length - from);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static GpuModuleException damaged(String family, String how) {
        return new GpuModuleException(
                0,
                "",
                "the kernels " + FOLDER + family + ".ptx on the class path are damaged: the file " + how
                        + "; install jelectra again, or rebuild them with tools/build-kernels " + family,
                "");
    }
}
