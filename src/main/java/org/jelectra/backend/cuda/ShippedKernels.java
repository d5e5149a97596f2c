package org.jelectra.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.gpu.GpuModuleException;

/**
 * The PTX in the jar: a module for each family of kernels, as {@code kernels/FAMILY.cu}, and for some families another one for the
 * same operations for compute capability 9.0 alone, {@code kernels/FAMILY_sm90a.cu}. Its second line names the SHA-256 of all
 * behind it, because a number that is damaged in PTX may still be PTX, and then computes something else.
 */
public final class ShippedKernels {

    private static final String FOLDER = "/org/jelectra/kernels/";

    private static final String CHECKSUM = "// sha256 of all below: ";

    private static final List<String> FAMILIES = List.of(
            "attention_bf16",
            "attention_f32",
            "column_sums",
            "copy_cross_entropy",
            "elementwise",
            "embedding",
            "embedding_projection",
            "encoder_bf16",
            "feed_forward",
            "gelu",
            "gemm_bf16",
            "gemm_f32",
            "gemm_layer_norm",
            "layer_norm",
            "losses",
            "optimizer",
            "policy_gradient",
            "position_pooling",
            "projected_attention_bf16",
            "rows",
            "sampling",
            "self_attention_bf16",
            "sum_parts",
            "task_losses");

    private static final List<String> SM90A =
            List.of("feed_forward_sm90a", "gemm_bf16_sm90a", "gemm_layer_norm_sm90a", "projected_attention_bf16_sm90a");

    private ShippedKernels() {}

    /** Names of all families. */
    public static List<String> families() {
        return FAMILIES;
    }

    /** Name of the module of a family's kernels for compute capability 9.0 alone, whether there is one or not. */
    static String sm90a(String family) {
        return family + "_sm90a";
    }

    /** Names of the modules for compute capability 9.0 alone. */
    public static List<String> sm90aModules() {
        return SM90A;
    }

    /** Names of all modules, in order: the families, and those for compute capability 9.0 alone. */
    public static List<String> modules() {
        return Stream.concat(FAMILIES.stream(), SM90A.stream()).sorted().toList();
    }

    /**
     * The PTX of a module.
     *
     * @throws GpuModuleException where it is missing or damaged
     */
    public static byte[] ptx(String module) {
        try (InputStream in = ShippedKernels.class.getResourceAsStream(FOLDER + module + ".ptx")) {
            if (in == null) {
                throw damaged(module, "is missing");
            }
            return checked(module, in.readAllBytes());
        } catch (IOException e) {
            throw damaged(module, "cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Returns the PTX, unless it is not what was built. */
    static byte[] checked(String module, byte[] ptx) {
        int second = lineAfter(ptx, 0);
        int third = lineAfter(ptx, second);
        String line = new String(ptx, second, third - second, StandardCharsets.ISO_8859_1);
        if (!line.startsWith(CHECKSUM)) {
            throw damaged(module, "has no checksum in its second line");
        }
        String expected = line.substring(CHECKSUM.length()).strip();
        String found = sha256(ptx, third);
        if (!found.equals(expected)) {
            throw damaged(module, "has the SHA-256 " + found + ", expected " + expected);
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

    private static GpuModuleException damaged(String module, String how) {
        return new GpuModuleException(
                0,
                "",
                "the kernels " + FOLDER + module + ".ptx on the class path are damaged: the file " + how
                        + "; install jelectra again, or rebuild them with tools/build-kernels " + module,
                "");
    }
}
