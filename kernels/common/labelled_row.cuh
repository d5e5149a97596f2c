// The softmax of one row by one block, and where the label stands in it.
#pragma once

#include "softmax_row.cuh"

struct LabelledRow {
    float own;   // the label's logit; -infinity where there is no such column
    float max;   // the largest logit
    bool first;  // whether the label's logit is the first of the largest
};

// Leaves the sums of exp(x - max) in shared (see softmax_sums). All threads get the answer and must call it.
template <class ROW>
__device__ __forceinline__ LabelledRow labelled_row(const ROW& row, int label, SoftmaxShared& shared) {
    float own = row.value(label);
    RowMax top = softmax_sums(row, 1.0f, shared);
    bool first = row.has(label) && own == top.value;
    if (first) {  // so it is for all threads
        bool before = false;
        for (int j = 0; j < SOFTMAX_LOADS<ROW>; j++) {
            int k = top.pack + 32 * j;
            if (row.column(k) < label) {
                float x[ROW::SIZE];
                unpack(row.bits(k), x);
#pragma unroll
                for (int i = 0; i < ROW::SIZE; i++) {
                    before |= x[i] == own && row.column(k) + i < label;
                }
            }
        }
        first = !__syncthreads_or(before);
    }
    return {own, top.value, first};
}
