package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Attention with excluded keys. */
interface AttentionContract extends Contract {

    AttentionShape[] SHAPES = {
        new AttentionShape(1, 1, 1, 8),
        new AttentionShape(3, 1, 2, 20),
        new AttentionShape(2, 7, 3, 8),
        new AttentionShape(1, 7, 1, 64),
        new AttentionShape(3, 33, 2, 20),
        new AttentionShape(1, 65, 3, 20),
        new AttentionShape(2, 65, 1, 8),
        new AttentionShape(2, 128, 2, 64),
    };

    /** Masks [B,S] of every kind. The last sequence has no key at all in {@code nothing}. */
    private Map<String, int[]> masks(int batch, int length) {
        Map<String, int[]> masks = new LinkedHashMap<>();
        masks.put("every key", ReferenceAttention.everyKey(batch * length));
        int[] padding = ReferenceAttention.everyKey(batch * length);
        int[] holes = padding.clone();
        int[] one = new int[batch * length];
        int[] nothing = padding.clone();
        for (int b = 0; b < batch; b++) {
            int kept = Math.max(1, length - 1 - b * length / 3);
            Arrays.fill(padding, b * length + kept, (b + 1) * length, 0);
            for (int key = b % 2; key < length - 1; key += 3) {
                holes[b * length + key] = 0;
            }
            one[b * length + (length - 1 + b) % length] = 1;
        }
        Arrays.fill(nothing, (batch - 1) * length, batch * length, 0);
        masks.put("padding", padding);
        masks.put("holes", holes);
        masks.put("one key", one);
        masks.put("nothing", nothing);
        return masks;
    }

    @Test
    default void attentionEqualsReference() {
        for (AttentionShape shape : SHAPES) {
            masks(shape.batch(), shape.length()).forEach((kind, mask) -> attention(shape, kind, mask, 0));
        }
    }

    @Test
    default void attentionDropsProbabilitiesAsDocumented() {
        for (AttentionShape shape : SHAPES) {
            int[] mask = masks(shape.batch(), shape.length()).get("padding");
            attention(shape, "padding", mask, 0.1f);
            attention(shape, "padding", mask, 0.6f);
        }
    }

    private void attention(AttentionShape shape, String kind, int[] mask, float probability) {
        bench().trial("attention", shape, kind, probability);
        int tokens = shape.batch() * shape.length();
        ReferenceRandom source = source().inMicroBatch(5);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source)) : Dropout.NONE;
        double[] qkv = bench().normal(tokens * 3 * shape.hiddenSize());
        Tensor out = bench().output("out", tokens, shape.hiddenSize());
        Tensor logSumExp = bench().output("logSumExp", shape.batch(), shape.heads(), shape.length());
        on().attention(new AttentionOperands(
                        bench().input("qkv", qkv, tokens, 3 * shape.hiddenSize()),
                        bench().input("keyMask", mask, shape.batch(), shape.length()),
                        shape,
                        dropout,
                        out,
                        logSumExp))
                .run();
        double[] factors = source.dropoutFactors(dropout, tokens * shape.heads() * shape.length());
        // exp passes on a score's error, about sqrt(head size) roundings; the scaling of dropout enlarges the sum
        int terms = (int) Math.sqrt(shape.headSize()) + 8;
        bench().assertClose(out, ReferenceAttention.attention(qkv, mask, shape, factors), terms, 2 * dropout.scale());
        if (!kind.equals("nothing")) {
            double[] expected = ReferenceAttention.logSumExp(
                    ReferenceAttention.scores(qkv, shape), mask, shape.batch(), shape.length());
            bench().assertClose(logSumExp, expected, terms);
        }
    }

    @Test
    default void attentionGradientsEqualFiniteDifferences() {
        for (AttentionShape shape : SHAPES) {
            if (shape.length() < 128) {
                Map<String, int[]> masks = masks(shape.batch(), shape.length());
                masks.forEach((kind, mask) -> attentionBackward(shape, kind, mask, 0));
                attentionBackward(shape, "padding", masks.get("padding"), 0.3f);
            }
        }
        AttentionShape longest = new AttentionShape(1, 128, 2, 64);
        attentionBackward(longest, "holes", masks(1, 128).get("holes"), 0.1f);
    }

    private void attentionBackward(AttentionShape shape, String kind, int[] mask, float probability) {
        bench().trial("attention backward", shape, kind, probability);
        int tokens = shape.batch() * shape.length();
        int hidden = shape.hiddenSize();
        ReferenceRandom source = source().inMicroBatch(2);
        Dropout dropout = probability > 0 ? new Dropout(probability, bench().randomness(source)) : Dropout.NONE;
        double[] factors = source.dropoutFactors(dropout, tokens * shape.heads() * shape.length());
        double[] qkv = bench().normal(tokens * 3 * hidden);
        double[] dOut = bench().normal(tokens * hidden);
        AttentionOperands operands = new AttentionOperands(
                bench().input("qkv", qkv, tokens, 3 * hidden),
                bench().input("keyMask", mask, shape.batch(), shape.length()),
                shape,
                dropout,
                bench().output("out", tokens, hidden),
                bench().output("logSumExp", shape.batch(), shape.heads(), shape.length()));
        Tensor dQkv = bench().output("dQkv", tokens, 3 * hidden);
        on().attention(operands).run();
        on().attentionBackward(operands, bench().input("dOut", dOut, tokens, hidden), dQkv)
                .run();
        // products of length head size, then sums over keys or queries weighted with probabilities
        bench().assertGradient(
                        dQkv,
                        null,
                        v -> ReferenceAttention.attention(v, mask, shape, factors),
                        qkv,
                        dOut,
                        shape.headSize() + 8,
                        2 * dropout.scale());
    }

    @Test
    default void attentionInHalvesDropsWhatTheWholeBatchDrops() {
        for (AttentionShape half :
                new AttentionShape[] {new AttentionShape(1, 7, 3, 8), new AttentionShape(1, 33, 1, 20)}) {
            bench().trial("attention of halves", half);
            int n = half.length() * 3 * half.hiddenSize();
            double[] qkv = bench().normal(2 * n);
            AttentionShape whole = new AttentionShape(2, half.length(), half.heads(), half.headSize());
            double[] first = dropped(Arrays.copyOfRange(qkv, 0, n), half, 0);
            double[] second = dropped(Arrays.copyOfRange(qkv, n, 2 * n), half, 1);
            double[] together = dropped(qkv, whole, 0);
            assertThat(Arrays.copyOfRange(together, 0, n / 3)).containsExactly(first);
            assertThat(Arrays.copyOfRange(together, n / 3, 2 * n / 3)).containsExactly(second);
        }
    }

    private double[] dropped(double[] qkv, AttentionShape shape, int microBatch) {
        int tokens = shape.batch() * shape.length();
        Tensor out = bench().output("out", tokens, shape.hiddenSize());
        on().attention(new AttentionOperands(
                        bench().input("qkv", qkv, tokens, 3 * shape.hiddenSize()),
                        bench().input("keyMask", ReferenceAttention.everyKey(tokens), shape.batch(), shape.length()),
                        shape,
                        new Dropout(0.4f, bench().randomness(source().inMicroBatch(microBatch))),
                        out,
                        bench().output("logSumExp", shape.batch(), shape.heads(), shape.length())))
                .run();
        return bench().read(out);
    }
}
