// What happens to a product's elements on their way to memory.
//
// An epilogue works on ROWS rows of V neighbouring columns at a time, at most WIDEST. width() is the columns of the result, n those of
// the product; place() says where in the result a tile begins; begin() is called once for a thread's columns, then finish() for the
// rows. at[r] is the index of the first element of row r from the tile's place on, valid where inside[r]. ROWS is above 1 where finish()
// reads memory, so that several reads are under way at a time.
#pragma once

#include "common/gelu.cuh"
#include "common/quads.cuh"

// V = 8 (of bf16), 4, 2 or 1 neighbouring values; the address is a multiple of their size.
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
    if constexpr (V == 8) {
        store_pack(p, x);
    } else if constexpr (V == 4) {
        asm volatile("st.global.v2.u32 [%0], {%1, %2};" ::"l"(__cvta_generic_to_global(p)), "r"(pair_of(x[0], x[1])),
                     "r"(pair_of(x[2], x[3]))
                     : "memory");
    } else if constexpr (V == 2) {
        *reinterpret_cast<unsigned*>(p) = pair_of(x[0], x[1]);
    } else {
        store(p, x[0]);
    }
}

// y = product + bias, or preActivation = product + bias and y = gelu(preActivation). Where y is wider than the product, the columns behind
// it become minus infinity.
template <class T>
struct ForwardEpilogue {
    static constexpr int ROWS = 1;
    static constexpr int WIDEST = 16 / sizeof(T);
    using Value = T;

    T* y;
    int y_width;
    // one number for each column of the product, at any address; may be null
    const float* bias;
    // columns of the product
    int columns;
    // null for none
    T* pre_activation;
    float column_bias[WIDEST];

    __device__ __forceinline__ ForwardEpilogue(T* y_, int width, const float* bias_, int columns_, T* pre_activation_)
        : y(y_), y_width(width), bias(bias_), columns(columns_), pre_activation(pre_activation_), column_bias{} {}

    __device__ __forceinline__ int width(int) const { return y_width; }

    __device__ __forceinline__ void place(long long first) {
        y += first;
        pre_activation = pre_activation == nullptr ? nullptr : pre_activation + first;
    }

    template <int V>
    __device__ __forceinline__ void begin(int column) {
        constexpr int UNIT = V < 4 ? V : 4;
        constexpr size_t BYTES = UNIT * sizeof(float);
        if (bias != nullptr && column + V <= columns && reinterpret_cast<size_t>(bias + column) % BYTES == 0) {
            // the second row of a warp takes the halves of 8 in the other order, so that each request has whole sectors
            int half = V == 8 ? threadIdx.x / 4 & 4 : 0;
            float x[UNIT];
            float other[UNIT] = {};
            load_values<UNIT>(bias + column + half, x);
            if constexpr (V == 8) {
                load_values<UNIT>(bias + column + (half ^ 4), other);
            }
#pragma unroll
            for (int v = 0; v < V; v++) {
                column_bias[v] = half == v / UNIT * UNIT ? x[v % UNIT] : other[v % UNIT];
            }
            return;
        }
#pragma unroll
        for (int v = 0; v < V; v++) {
            bool there = column + v < columns;
            column_bias[v] = there ? (bias == nullptr ? 0.0f : bias[column + v]) : -INFINITY;
        }
    }

    template <int V, class Index>
    __device__ __forceinline__ void finish(float (&x)[1][V], const Index (&at)[1], const bool (&inside)[1]) {
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
    // large tiles of float have no registers for more
    static constexpr int ROWS = sizeof(T) == 4 ? 2 : 4;
    static constexpr int WIDEST = 4;
    using Value = T;

    T* dx;
    bool accumulate;
    // null for none
    const T* pre_activation;

    __device__ __forceinline__ int width(int n) const { return n; }

    __device__ __forceinline__ void place(long long first) {
        dx += first;
        pre_activation = pre_activation == nullptr ? nullptr : pre_activation + first;
    }

    template <int V>
    __device__ __forceinline__ void begin(int) {}

    template <int V>
    __device__ __forceinline__ void finish(float (&x)[ROWS][V], const int (&at)[ROWS], const bool (&inside)[ROWS]) {
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
    static constexpr int WIDEST = 4;
    using Value = float;

    float* d_weight;
    bool accumulate;

    __device__ __forceinline__ int width(int n) const { return n; }

    __device__ __forceinline__ void place(long long first) { d_weight += first; }

    template <int V>
    __device__ __forceinline__ void begin(int) {}

    template <int V>
    __device__ __forceinline__ void finish(float (&x)[ROWS][V], const int (&at)[ROWS], const bool (&inside)[ROWS]) {
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
