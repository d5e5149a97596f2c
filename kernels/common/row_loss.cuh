// A loss of rows of logits, one block each, and its gradient in their place. What is computed of a row is a LOSS with
//
//   loss(row, r)                               publishes terms[r] and leaves what else there is to know of row r
//   gradient(from, to, r, normalizer, scale)   its gradient; from is to or a copy of it
//
// which all threads of the block call.
#pragma once

#include "loss_terms.cuh"
#include "row_copy.cuh"

// A block's row: the last ones first, which were written last, so that they are the likeliest to be in the second-level cache.
__device__ __forceinline__ long long latest_row() {
    return gridDim.x - 1 - blockIdx.x;
}

// One block for each row, or a single one where there is none.
template <class T, class LOSS>
__device__ __forceinline__ void row_loss(
    const LOSS& of, const T* logits, int vocabulary, int rows, const float* normalizer, unsigned* counter, float* loss) {
    if (rows > 0) {
        long long r = latest_row();
        of.loss(Row<const T>::of(logits, r, vocabulary), r);
    }
    add_terms(of.terms, rows, normalizer, counter, loss);
}

// Of row r: the loss of what is in from, and the gradient in to.
template <class LOSS, class ROW, class T>
__device__ __forceinline__ void loss_then_gradient(
    const LOSS& of, const ROW& from, const Row<T>& to, long long r, const float* normalizer, float scale) {
    of.loss(from, r);
    __syncthreads();  // for what the loss has left, and until all have read the row
    of.gradient(from, to, r, normalizer, scale);
}

// row_loss and then its gradient in place of the logits. Where copied, the launch has dynamic shared memory for a row.
template <class T, class LOSS>
__device__ __forceinline__ void row_loss_with_gradient(
    const LOSS& of,
    T* logits,
    int vocabulary,
    int rows,
    const float* normalizer,
    unsigned* counter,
    float* loss,
    float scale,
    bool copied) {
    extern __shared__ uint4 copy[];
    if (rows > 0) {
        long long r = latest_row();
        auto row = Row<T>::of(logits, r, vocabulary);
        if (copied) {
            loss_then_gradient(of, copy_row(row, copy), row, r, normalizer, scale);
        } else {
            loss_then_gradient(of, row, row, r, normalizer, scale);
        }
    }
    add_terms(of.terms, rows, normalizer, counter, loss);
}

// The gradient alone, of a loss that was computed before.
template <class T, class LOSS>
__device__ __forceinline__ void row_loss_backward(
    const LOSS& of, T* logits, int vocabulary, const float* normalizer, float scale) {
    auto row = Row<T>::of(logits, blockIdx.x, vocabulary);
    of.gradient(row, row, blockIdx.x, normalizer, scale);
}
