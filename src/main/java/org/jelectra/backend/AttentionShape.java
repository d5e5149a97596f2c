package org.jelectra.backend;

/**
 * Sizes of one multi-head self-attention.
 *
 * @param batch sequences B
 * @param length positions per sequence S
 * @param heads attention heads A
 * @param headSize width D of one head
 */
public record AttentionShape(int batch, int length, int heads, int headSize) {

    /** @throws IllegalArgumentException if a size is not positive */
    public AttentionShape {
        if (batch < 1 || length < 1 || heads < 1 || headSize < 1) {
            throw new IllegalArgumentException("attention sizes must be positive, got batch " + batch + ", length "
                    + length + ", heads " + heads + ", head size " + headSize);
        }
    }

    /** Width of the hidden states: heads times head size. */
    public int hiddenSize() {
        return heads * headSize;
    }

    /** Factor of the scores: 1/sqrt(head size). */
    public float scale() {
        return (float) (1 / Math.sqrt(headSize));
    }
}
