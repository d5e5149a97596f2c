// What happens to a product's elements on their way to memory.
//
// An epilogue works on ROWS rows of V neighbouring columns at a time: begin() once for a thread's columns, then finish() for
// the rows. at[r] is the index of the first element of row r in the result, valid where inside[r]. ROWS is above 1 where
// finish() reads memory, so that several reads are under way at a time.
#pragma once

#include "common/gelu.cuh"
#include "common/quads.cuh"

// V = 4, 2 or 1 neighbouring values; the address is a multiple of their size.
template <int V, class T>
__device__ __forceinline__ void load_values(const T* p, float (&x)[V]) {
    if constexpr (V == 4) {
        float4 v = load_quad(p);
        x[0] = v.x;
        x[1] = v.y;
        x[2] = v.z;
        x[3] = v.w;
    } else if constexpr (V == 2 && sizeof(T) == 4) {
        float2 v = *reinterpret_cast<const float2*>(p);
        x[0] = v.x;
        x[1] = v.y;
    } else if constexpr (V == 2) {
        unsigned pair = *reinterpret_cast<const unsigned*>(p);
        x[0] = low_half(pair);
        x[1] = high_half(pair);
    } else {
        x[0] = load(p);
    }
}

// The same the other way. As one instruction each: the compiler would make several of some, which touch every sector as often.
template <int V>
__device__ __forceinline__ void store_values(float* p, const float (&x)[V]) {
    size_t to = __cvta_generic_to_global(p);
    if constexpr (V == 4) {
        asm volatile("st.global.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(to), "f"(x[0]), "f"(x[1]), "f"(x[2]), "f"(x[3])
                     : "memory");
    } else if constexpr (V == 2) {
        asm volatile("st.global.v2.f32 [%0], {%1, %2};" ::"l"(to), "f"(x[0]), "f"(x[1]) : "memory");
    } else {
        *p = x[0];
    }
}

template <int V>
__device__ __forceinline__ void store_values(bf16* p, const float (&x)[V]) {
    if constexpr (V == 4) {
        asm volatile("st.global.v2.u32 [%0], {%1, %2};" ::"l"(__cvta_generic_to_global(p)), "r"(pair_of(x[0], x[1])),
                     "r"(pair_of(x[2], x[3]))
                     : "memory");
    } else if constexpr (V == 2) {
        *reinterpret_cast<unsigned*>(p) = pair_of(x[0], x[1]);
    } else {
        store(p, x[0]);
    }
}

// y = product + bias, or preActivation = product + bias and y = gelu(preActivation).
template <class T>
struct ForwardEpilogue {
    static constexpr int ROWS = 1;
    using Value = T;

    T* y;
    // one number for each column, at a multiple of V numbers; may be null
    const float* bias;
    // null for none
    T* pre_activation;
    float column_bias[4];

    __device__ __forceinline__ ForwardEpilogue(T* y_, const float* bias_, T* pre_activation_)
        : y(y_), bias(bias_), pre_activation(pre_activation_), column_bias{} {}

    template <int V>
    __device__ __forceinline__ void begin(int column) {
        if (bias != nullptr) {
            float x[V];
            load_values<V>(bias + column, x);
#pragma unroll
            for (int v = 0; v < V; v++) {
                column_bias[v] = x[v];
            }
        }
    }

    template <int V>
    __device__ __forceinline__ void finish(float (&x)[1][V], const long long (&at)[1], const bool (&inside)[1]) {
        if (!inside[0]) {
            return;
        }
#pragma unroll
        for (int v = 0; v < V; v++) {
            x[0][v] += column_bias[v];
        }
        if (pre_activation != nullptr) {
            store_values<V>(pre_activation + at[0], x[0]);
#pragma unroll
            for (int v = 0; v < V; v++) {
                // of what the backward pass will read
                x[0][v] = gelu(rounded<T>(x[0][v]));
            }
        }
        store_values<V>(y + at[0], x[0]);
    }
};

// dx = product, or product + dx; times gelu'(preActivation) where that is given.
template <class T>
struct BackwardInputEpilogue {
    static constexpr int ROWS = 4;
    using Value = T;

    T* dx;
    bool accumulate;
    // null for none
    const T* pre_activation;

    template <int V>
    __device__ __forceinline__ void begin(int) {}

    template <int V>
    __device__ __forceinline__ void finish(float (&x)[ROWS][V], const long long (&at)[ROWS], const bool (&inside)[ROWS]) {
        float before[ROWS][V] = {};
        float activation[ROWS][V] = {};
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            if (inside[r] && accumulate) {
                load_values<V>(dx + at[r], before[r]);
            }
            if (inside[r] && pre_activation != nullptr) {
                load_values<V>(pre_activation + at[r], activation[r]);
            }
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
#pragma unroll
            for (int v = 0; v < V; v++) {
                x[r][v] += before[r][v];
                if (pre_activation != nullptr) {
                    x[r][v] *= gelu_slope(activation[r][v]);
                }
            }
            if (inside[r]) {
                store_values<V>(dx + at[r], x[r]);
            }
        }
    }
};

// dWeight = product, or product + dWeight; float whatever the factors are.
struct BackwardWeightEpilogue {
    static constexpr int ROWS = 4;
    using Value = float;

    float* d_weight;
    bool accumulate;

    template <int V>
    __device__ __forceinline__ void begin(int) {}

    template <int V>
    __device__ __forceinline__ void finish(float (&x)[ROWS][V], const long long (&at)[ROWS], const bool (&inside)[ROWS]) {
        float before[ROWS][V] = {};
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            if (inside[r] && accumulate) {
                load_values<V>(d_weight + at[r], before[r]);
            }
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
#pragma unroll
            for (int v = 0; v < V; v++) {
                x[r][v] += before[r][v];
            }
            if (inside[r]) {
                store_values<V>(d_weight + at[r], x[r]);
            }
        }
    }
};
