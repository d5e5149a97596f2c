#include "attention/backward_keys_bf16.cuh"
#include "attention/backward_queries_bf16.cuh"
#include "attention/backward_whole_bf16.cuh"
#include "attention/forward_bf16.cuh"
#include "attention/parameters.cuh"

#define FORWARD(WIDTH, BLOCKS)                                                                                         \
    extern "C" __global__ void __launch_bounds__(256, BLOCKS) attention_forward_d##WIDTH##_bf16(                       \
        const bf16* qkv, const int* mask, bf16* out, float* log_sum_exp, ATTENTION_PARAMETERS) {                           \
        forward_bf16<WIDTH>(qkv, mask, out, log_sum_exp, ATTENTION_SHAPE, scale, ATTENTION_DROPOUT);                                       \
    }

#define BACKWARD(PART, WIDTH, TEMPLATE, THREADS, BLOCKS)                                                               \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) attention_backward_##PART##_d##WIDTH##_bf16(         \
        const bf16* qkv,                                                                                               \
        const int* mask,                                                                                               \
        const bf16* out,                                                                                               \
        const float* log_sum_exp,                                                                                      \
        const bf16* d_out,                                                                                             \
        bf16* d_qkv,                                                                                                   \
        float2* statistics,                                                                                            \
        ATTENTION_PARAMETERS) {                                                                                            \
        TEMPLATE(qkv, mask, out, log_sum_exp, d_out, d_qkv, statistics, ATTENTION_SHAPE, scale, ATTENTION_DROPOUT);                        \
    }

FORWARD(32, 2)
FORWARD(64, 2)
FORWARD(128, 1)
BACKWARD(queries, 32, backward_queries_bf16<32>, 256, 2)
BACKWARD(queries, 64, backward_queries_bf16<64>, 256, 2)
BACKWARD(queries, 128, backward_queries_bf16<128>, 256, 1)
#define COMMA ,
BACKWARD(keys, 32, backward_keys_bf16<32 COMMA 2>, 128, 2)
BACKWARD(keys, 64, backward_keys_bf16<64 COMMA 2>, 128, 2)
BACKWARD(keys, 128, backward_keys_bf16<128 COMMA 1>, 256, 1)
BACKWARD(whole, 64, backward_whole_bf16<64>, 256, 1)
