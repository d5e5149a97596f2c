// The gradient of the logarithm of one column's softmax, in the place of the row, by one block.
#pragma once

#include "exponential.cuh"
#include "row.cuh"

template <class T>
__device__ __forceinline__ void zero_row(const Row<T>& row) {
    for (int k = row.first_pack(); k < row.first + row.whole; k += blockDim.x) {
        row.store(k, make_uint4(0, 0, 0, 0));
    }
    for (int i = threadIdx.x; i < row.edge_values(); i += blockDim.x) {
        row.set(row.edge_column(i), 0.0f);
    }
}

// to = factor (exp(from - log_sum_exp) - onehot(label)). from is to or a copy of it.
template <class ROW, class T>
__device__ __forceinline__ void softmax_gradient(
    const ROW& from, const Row<T>& to, int label, float log_sum_exp, float factor) {
    constexpr int SIZE = Row<T>::SIZE;
    constexpr int LOADS = ROW::LOADS;
    int step = blockDim.x;
    int end = to.first + to.whole;
    // where the label is in a whole pack, the thread that takes this pack corrects it afterwards; its logit is overwritten then
    int labelled = (to.shift + label) / SIZE;
    bool corrects = to.has(label) && to.is_whole(labelled) && to.thread(labelled) == threadIdx.x;
    float own = corrects ? from.value(label) : 0.0f;
    for (int k = to.first_pack(); k < end; k += LOADS * step) {
        uint4 bits[LOADS];
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            if (k + j * step < end) {
                bits[j] = from.whole_bits(k + j * step);
            }
        }
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            if (k + j * step < end) {
                float x[SIZE];
                unpack(bits[j], x);
#pragma unroll
                for (int i = 0; i < SIZE; i++) {
                    x[i] = factor * exp_approximate(x[i] - log_sum_exp);
                }
                to.store(k + j * step, pack(x));
            }
        }
    }
    for (int i = threadIdx.x; i < to.edge_values(); i += step) {
        int column = to.edge_column(i);
        float p = exp_approximate(from.value(column) - log_sum_exp);
        to.set(column, factor * (column == label ? p - 1.0f : p));
    }
    if (corrects) {
        to.set(label, factor * (exp_approximate(own - log_sum_exp) - 1.0f));
    }
}
