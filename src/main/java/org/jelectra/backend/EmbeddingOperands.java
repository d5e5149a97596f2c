package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/**
 * What a sum of embeddings reads; see {@link Backend#embedding}.
 *
 * @param ids INT32 [M]; an id outside the table is an error on the CPU, and makes its sum NaN on CUDA
 * @param tokenTypes INT32 [M]; so does a type outside its table
 * @param length positions per sequence, at most the rows of {@code positions}
 * @param words [V,E]
 * @param positions [P,E]
 * @param types [T,E]
 */
public record EmbeddingOperands(
        Tensor ids, Tensor tokenTypes, int length, Tensor words, Tensor positions, Tensor types) {}
