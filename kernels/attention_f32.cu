#include "attention/backward_keys_f32.cuh"
#include "attention/backward_queries_f32.cuh"
#include "attention/forward_f32.cuh"
#include "attention/parameters.cuh"

#define KERNELS(WIDTH, ROWS)                                                                                           \
    extern "C" __global__ void __launch_bounds__(THREADS, 2) attention_forward_d##WIDTH##_f32(                         \
        const float* qkv, const int* mask, float* out, float* log_sum_exp, ATTENTION_PARAMETERS) {                     \
        forward_f32<WIDTH, ROWS>(qkv, mask, out, log_sum_exp, ATTENTION_SHAPE, scale, ATTENTION_DROPOUT);              \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(THREADS, 2) attention_backward_queries_d##WIDTH##_f32(                \
        const float* qkv,                                                                                              \
        const int* mask,                                                                                               \
        const float* out,                                                                                              \
        const float* log_sum_exp,                                                                                      \
        const float* d_out,                                                                                            \
        float* d_qkv,                                                                                                  \
        float* dots,                                                                                                   \
        ATTENTION_PARAMETERS) {                                                                                        \
        backward_queries_f32<WIDTH, ROWS>(                                                                             \
            qkv, mask, out, log_sum_exp, d_out, d_qkv, dots, ATTENTION_SHAPE, scale, ATTENTION_DROPOUT);               \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(THREADS, 2) attention_backward_keys_d##WIDTH##_f32(                   \
        const float* qkv,                                                                                              \
        const int* mask,                                                                                               \
        const float* out,                                                                                              \
        const float* log_sum_exp,                                                                                      \
        const float* d_out,                                                                                            \
        float* d_qkv,                                                                                                  \
        float* dots,                                                                                                   \
        ATTENTION_PARAMETERS) {                                                                                        \
        backward_keys_f32<WIDTH, ROWS>(                                                                                \
            qkv, mask, log_sum_exp, d_out, d_qkv, dots, ATTENTION_SHAPE, scale, ATTENTION_DROPOUT);                    \
    }

KERNELS(64, 4)
KERNELS(128, 2)
