package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.PtxHeader;

/**
 * Bytes that a launch must move between the chip and its memory, from its arguments: every operand read once and written once,
 * whatever is added to read as well, and parts that wait for a later launch like any other operand. Weights that are read in bf16
 * count as such. What depends on the data, such as words that occur twice in a batch, counts as if it did not repeat.
 */
final class LaunchBytes {

    private static final int PROBLEM_BYTES = 72;
    private static final int PART_SUM_BYTES = 48;
    private static final int PIECE_BYTES = 24;
    private static final int TASK_HEADER_BYTES = 8;
    private static final int TOKENS_OF_A_PART = 32;

    private final String kernel;
    private final LaunchShape shape;
    private final ByteBuffer arguments;
    private final List<Integer> offsets;
    private final Map<Long, ByteBuffer> tables;
    /** Bytes of one value. */
    private final int size;

    /** @param tables what was uploaded, by address */
    LaunchBytes(
            String kernel,
            LaunchShape shape,
            ByteBuffer arguments,
            List<Integer> offsets,
            Map<Long, ByteBuffer> tables) {
        this.kernel = kernel;
        this.shape = shape;
        this.arguments = ByteBuffer.allocate(arguments.limit()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < arguments.limit(); i++) {
            this.arguments.put(i, arguments.get(i));
        }
        this.offsets = List.copyOf(offsets);
        this.tables = tables;
        size = kernel.endsWith("_bf16") ? 2 : 4;
    }

    private long number(int argument) {
        return arguments.getInt(offsets.get(argument));
    }

    private long wide(int argument) {
        return arguments.getLong(offsets.get(argument));
    }

    /** 1 where the pointer is given. */
    private long given(int argument) {
        return wide(argument) == 0 ? 0 : 1;
    }

    private ByteBuffer table(int argument) {
        return tables.get(wide(argument));
    }

    private boolean is(String prefix) {
        return kernel.startsWith(prefix);
    }

    private IllegalStateException unknown() {
        return new IllegalStateException("no account of the bytes of " + kernel + "; add one to LaunchBytes");
    }

    long total() {
        if (is("gemm_")) {
            return product();
        } else if (is("feed_forward_")) {
            return feedForward();
        } else if (is("layer_norm_")) {
            return layerNorm();
        } else if (is("attention_")) {
            return attention();
        } else if (is("projected_attention_")) {
            return projectedAttention();
        } else if (is("self_attention_")) {
            return selfAttention();
        } else if (is("encoder_")) {
            return chain();
        } else if (is("embedding_")) {
            return embedding();
        } else if (is("column_sums")) {
            return columnSums();
        } else if (is("cross_entropy")
                || is("copy_cross_entropy")
                || is("policy_gradient")
                || is("sigmoid_cross_entropy")) {
            return loss();
        } else if (is("global_norm") || is("adamw")) {
            return optimizer();
        } else if (is("sum_parts")) {
            return partSums();
        } else if (is("gather_rows_backward")) {
            return number(3) * (size * number(5) + 4) + size * number(4) * number(5);
        } else if (is("gather_rows")) {
            return number(3) * (2 * size * number(5) + 4);
        } else if (is("fill")) {
            return size * wide(2);
        } else if (is("cast")) {
            return 6 * wide(2);
        } else if (is("dropout")) {
            return 2 * size * wide(6);
        } else if (is("gelu_backward")) {
            return 3 * size * wide(3);
        } else if (is("replace_tokens")) {
            return 12 * number(1) + 12 * number(5);
        }
        throw unknown();
    }

    private long product() {
        if (is("gemm_weight_group")) {
            return weightGroup();
        } else if (kernel.contains("layer_norm")) {
            return normalizedProduct();
        }
        long m = number(3);
        long n = number(4);
        long k = number(5);
        long factors = size * (m * k + n * k);
        if (is("gemm_forward")) {
            return factors + size * m * number(14) * (1 + given(13)) + 4 * n * given(12);
        }
        long product = factors + size * m * n * (1 + number(12) + given(13));
        if (is("gemm_backward_input_parts")) {
            // written and read by blocks of the same launch
            long edge = is("gemm_backward_input_parts_128") ? 128 : 64;
            return product + 2 * 4 * edge * edge * shape.gridX() * shape.gridZ();
        }
        return product;
    }

    private long normalizedProduct() {
        long width = width();
        if (is("gemm_forward_gelu_layer_norm")) {
            long count = wide(18);
            long k = number(6);
            return count * (size * k * (1 + given(1)) + 4 * given(1))
                    + size * k * width
                    + count * (3 * size * width + 8)
                    + 4 * width * (2 + given(5));
        }
        if (is("gemm_forward")) {
            long rows = wide(15);
            return size * number(3) * (rows + width)
                    + rows * (size * width * (2 + given(8)) + 8)
                    + 4 * width * (2 + given(2));
        }
        if (is("gemm_backward_input_layer_norm_dropout")) {
            long rows = wide(12);
            return size * number(2) * (rows + width)
                    + rows * (size * width * (2 + given(3)) + 8)
                    + 4 * width
                    + 8 * width * shape.gridX();
        }
        long rows = wide(13);
        return size * number(2) * (rows + width)
                + rows * (size * width * (2 + given(3) + given(12)) + 8)
                + 4 * width
                + 8 * width * shape.gridX();
    }

    private long feedForward() {
        long width = width();
        if (is("feed_forward_backward")) {
            long rows = wide(16);
            long weights = 2 * width * number(3);
            return size * (rows * (width * (3 + given(6) + given(15)) + 2L * number(3)) + weights)
                    + 8 * rows
                    + 4 * width
                    + 8 * width * shape.gridX();
        }
        long rows = wide(19);
        return size * (rows * (width * (3 + given(10)) + 2L * number(5)) + 2 * width * number(5))
                + 8 * rows
                + 4 * width * (2 + given(4))
                + 4 * number(5) * given(2);
    }

    /** As the kernel's name says. */
    private long width() {
        int mark = kernel.indexOf("_w");
        if (mark < 0) {
            throw unknown();
        }
        return Long.parseLong(kernel.substring(mark + 2, kernel.lastIndexOf('_')));
    }

    private long weightGroup() {
        ByteBuffer table = table(0);
        long bytes = table.limit() + table(1).limit();
        for (int at = 0; at < table.limit(); at += PROBLEM_BYTES) {
            long m = table.getInt(at + 32);
            long n = table.getInt(at + 36);
            long k = table.getInt(at + 40);
            long written = table.getInt(at + 44) + table.getInt(at + 52);
            long bias = table.getLong(at + 24) == 0 ? 0 : 1;
            bytes += size * k * (m + n) + 4 * written * m * (n + bias);
        }
        return bytes;
    }

    private long partSums() {
        ByteBuffer table = table(0);
        long bytes = table.limit() + table(1).limit();
        for (int at = 0; at < table.limit(); at += PART_SUM_BYTES) {
            int targets = at < PART_SUM_BYTES * number(2) ? 2 : 0;
            bytes += 4 * table.getLong(at + 16) * (table.getInt(at + 32) + targets);
        }
        return bytes;
    }

    private long layerNorm() {
        if (!kernel.contains("_w")) {
            return layerNormOfAnyWidth();
        }
        long width = width();
        if (is("layer_norm_dropout_forward")) {
            return wide(10) * (2 * size * width + 8) + 8 * width;
        } else if (is("layer_norm_dropout_backward")) {
            return wide(9) * (3 * size * width + 8) + 4 * width + 8 * width * shape.gridX();
        } else if (is("layer_norm_gelu_backward")) {
            return wide(9) * (4 * size * width + 8) + 4 * width + 8 * width * shape.gridX();
        } else if (is("layer_norm_forward")) {
            return wide(12) * (size * width * (3 + given(5)) + 8) + 8 * width;
        }
        return wide(10) * (size * width * (3 + given(9)) + 8) + 4 * width + 8 * width * shape.gridX();
    }

    private long layerNormOfAnyWidth() {
        if (is("layer_norm_forward")) {
            long width = number(13);
            return wide(12) * (size * width * (3 + given(5)) + 8) + 8 * width;
        } else if (is("layer_norm_backward")) {
            long width = number(11);
            return wide(10) * (size * width * (3 + given(9)) + 8) + 4 * width;
        } else if (is("layer_norm_partials")) {
            long width = number(4);
            return wide(3) * (2 * size * width + 8) + 8 * width * shape.gridY();
        }
        throw unknown();
    }

    private long attention() {
        int first = is("attention_forward") ? 4 : 7;
        long heads = number(first + 1);
        long hidden = heads * number(first + 2);
        long length = number(first);
        long tokens = wide(first + 9) / heads / length;
        long values = size * tokens * hidden;
        long mask = 4 * tokens;
        long logSumExp = 4 * tokens * heads;
        // of each query, padded to 32, two numbers of the backward pass; in float32 the one
        long statistics = size == 4 ? logSumExp : 8 * (tokens / length * heads) * ((length + 31) / 32 * 32);
        return switch (kernel.replaceAll("_d\\d+_(bf16|f32)$", "")) {
            // qkv and out
            case "attention_forward" -> 4 * values + logSumExp + mask;
            // qkv, out, dOut and dQkv; statistics go through memory, too
            case "attention_backward_whole" -> 8 * values + logSumExp + mask + 2 * statistics;
            // qkv, out, dOut and the queries' third of dQkv
            case "attention_backward_queries" -> 6 * values + logSumExp + mask + statistics;
            case "attention_backward_keys" ->
                given(6) == 0
                        ? 8 * values + logSumExp + mask
                        // qkv, dOut and two thirds of dQkv; in float32 the sums of exp, which bf16 has in the
                        // statistics
                        : 6 * values + (size == 4 ? logSumExp : 0) + mask + statistics;
            default -> throw unknown();
        };
    }

    private long projectedAttention() {
        long heads = number(8);
        long hidden = heads * 64;
        long tokens = shape.gridX() / heads * number(7);
        // log-sum-exp; mask
        long numbers = tokens * (4 * heads + 4);
        return is("projected_attention_forward")
                // x, qkv and context; weight and bias
                ? numbers + 5 * size * tokens * hidden + 3 * hidden * (size * hidden + 4)
                // dProduct, qkv, context and dQkv; the output's weight
                : numbers + 8 * size * tokens * hidden + size * hidden * hidden;
    }

    private long selfAttention() {
        long width = 64;
        long weights = 4 * size * width * width;
        if (is("self_attention_forward")) {
            // x, qkv, context, sum and y; log-sum-exp and mask; statistics
            return shape.gridX() * number(15) * (7 * size * width + 8 + 8) + weights + 4 * 6 * width;
        }
        // dProduct, qkv, context, dQkv, added and dx; log-sum-exp and mask
        long tokens = shape.gridX() * number(10);
        long bytes = tokens * (size * width * (9 + given(8)) + 8) + weights;
        if (is("self_attention_backward_layer_norm")) {
            // sum and dResidual; statistics; gamma and partial sums
            bytes += tokens * (size * width * (1 + given(23)) + 8) + 4 * width + 8 * width * shape.gridX();
        }
        return bytes;
    }

    /** As the launches that it takes the place of. */
    private long chain() {
        ByteBuffer table = table(0);
        long bytes = table.limit();
        for (int at = 0; at < table.limit(); at += ChainTask.BYTES) {
            String launch = launch(table.getInt(at));
            int parts = table.getInt(at + 4);
            List<Integer> places = places(launch);
            bytes += new LaunchBytes(
                            launch,
                            LaunchShape.of(parts == 0 ? shape.gridX() : parts, shape.blockX()),
                            table.slice(at + TASK_HEADER_BYTES, ChainTask.BYTES - TASK_HEADER_BYTES),
                            places,
                            tables)
                    .total();
        }
        return bytes;
    }

    private String launch(int kind) {
        return is("encoder_forward")
                ? List.of("self_attention_forward_d64_bf16", "feed_forward_w64_bf16")
                        .get(kind)
                : List.of(
                                "self_attention_backward_d64_bf16",
                                "self_attention_backward_layer_norm_d64_bf16",
                                "feed_forward_backward_w64_bf16",
                                "layer_norm_backward_w64_bf16")
                        .get(kind);
    }

    /** Where the arguments of a kernel lie. */
    private static List<Integer> places(String kernel) {
        List<Integer> places = new ArrayList<>();
        int end = 0;
        for (PtxHeader.Parameter parameter : parameters(kernel)) {
            int place = (end + parameter.bytes() - 1) / parameter.bytes() * parameter.bytes();
            places.add(place);
            end = place + parameter.bytes();
        }
        return places;
    }

    private static List<PtxHeader.Parameter> parameters(String kernel) {
        for (String family : List.of("self_attention_bf16", "feed_forward", "layer_norm")) {
            PtxHeader.Entry entry = PtxHeader.parse(family, ShippedKernels.ptx(family))
                    .kernels()
                    .get(kernel);
            if (entry != null) {
                return entry.parameters();
            }
        }
        throw new IllegalStateException("there is no kernel " + kernel);
    }

    private long embedding() {
        if (is("embedding_projection")) {
            long tokens = wide(18);
            long outputs = width();
            return tokens * (16 + (4 + 2 * size) * 128 + size * outputs)
                    + 4 * 128 * (number(7) + 2)
                    + size * 128 * outputs
                    + 4 * outputs * given(20);
        } else if (is("embedding_layer_norm")) {
            long tokens = wide(18);
            long width = width();
            return tokens * (16 + (4 + 2 * size) * width) + 4 * width * (number(7) + 2);
        } else if (is("embedding_forward")) {
            long width = number(10);
            return number(8) * (8 + (4 + size) * width) + 4 * width * number(9);
        } else if (is("embedding_group")) {
            return 12 * number(3);
        } else if (is("embedding_sums")) {
            long tokens = number(8);
            long length = number(9);
            long width = number(10);
            long types = number(12);
            long words = tokens * (12 + (size + 8) * width) + 8 * parts(tokens) * width;
            return words + tokens * (size * width + 4) + length * width * (8 + 4 * types);
        } else if (is("embedding_finish")) {
            long width = number(6);
            return 16 * parts(number(4)) * width + 4 * number(8) * width * (number(5) + 2);
        }
        throw unknown();
    }

    private static long parts(long tokens) {
        return (tokens + TOKENS_OF_A_PART - 1) / TOKENS_OF_A_PART;
    }

    private long columnSums() {
        if (is("column_sums_finish")) {
            return 4 * number(2) * (number(1) + 2);
        }
        return number(2) * (size * number(1) + 4 * (shape.gridY() + number(7)));
    }

    private long loss() {
        return switch (kernel.replaceAll("_(bf16|f32)$", "")) {
            case "cross_entropy", "cross_entropy_and_sample" -> shape.gridX() * (size * number(1) + 28L);
            case "cross_entropy_with_gradient", "cross_entropy_and_sample_with_gradient" ->
                shape.gridX() * (2 * size * number(1) + 28L);
            case "cross_entropy_backward" -> shape.gridX() * (2 * size * number(1) + 12L);
            case "copy_cross_entropy" -> shape.gridX() * (size * (number(1) + 1) + 28L);
            case "copy_cross_entropy_with_gradient" -> shape.gridX() * (2 * size * (number(1) + 1) + 28L);
            case "copy_cross_entropy_backward" -> shape.gridX() * (2 * size * (number(1) + 1) + 16L);
            case "policy_gradient" -> shape.gridX() * (2 * size * (given(17) * number(1) + 1 + given(17)) + 36L);
            case "sigmoid_cross_entropy" -> number(3) * (size + 8) + 32L * shape.gridX();
            case "sigmoid_cross_entropy_with_gradient" -> number(3) * (2 * size + 8) + 32L * shape.gridX();
            default -> throw unknown();
        };
    }

    private long optimizer() {
        if (is("global_norm")) {
            return 4 * wide(1) + 16L * shape.gridX();
        }
        ByteBuffer table = table(5);
        long bytes = table.limit();
        for (int at = 0; at < table.limit(); at += PIECE_BYTES) {
            bytes += table.getInt(at + 8) * (28 + 2 * given(4));
        }
        return bytes;
    }
}
