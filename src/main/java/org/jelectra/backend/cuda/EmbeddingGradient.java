package org.jelectra.backend.cuda;

import org.jelectra.tensor.Tensor;

/** Rows of dy that are added to the gradients of three tables; see {@link org.jelectra.backend.Backend#embeddingBackward}. */
record EmbeddingGradient(
        Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes) {

    int tokens() {
        return Math.toIntExact(ids.size());
    }

    int width() {
        return dWords.shape().width();
    }

    int vocabulary() {
        return dWords.shape().rows();
    }

    int types() {
        return dTypes.shape().rows();
    }

    /** Whether the tokens of the other can follow those of this one in the same launches: of the same tables, in whole sequences. */
    boolean precedes(EmbeddingGradient other) {
        return length == other.length
                && tokens() % length == 0
                && dy.dtype() == other.dy.dtype()
                && dWords == other.dWords
                && dPositions == other.dPositions
                && dTypes == other.dTypes;
    }
}
