// The softmax of one row by one block, and where the label stands in it.
#pragma once

#include "softmax_row.cuh"

struct LabelledRow {
    float own;   // the label's logit; -infinity where there is no such column
    float max;   // the largest logit
    bool first;  // whether the label's logit is the first of the largest
};

// Leaves the sums of exp(x - max) in shared (see softmax_sums). All threads get the answer and must call it.
template <class T>
__device__ __forceinline__ LabelledRow labelled_row(const Row<T>& row, int label, SoftmaxShared& shared) {
    float own = row.has(label) ? load(row.origin + row.shift + label) : -INFINITY;
    // the label's logit is the first of the largest iff none before it is as large and none behind it is larger
    int beaten = 0;
    float max = softmax_sums(row, 1.0f, shared, [&](int column, const float(&x)[Row<T>::SIZE]) {
#pragma unroll
        for (int i = 0; i < Row<T>::SIZE; i++) {
            beaten |= column + i < label ? x[i] >= own : x[i] > own;
        }
    });
    beaten = block_max(beaten, reinterpret_cast<int*>(shared.reduction));
    return {own, max, beaten == 0};
}
