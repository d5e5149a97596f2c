// Sum of word, position and type embeddings of M tokens, width E, and its backward pass.
//
//            bytes (float32 / bf16 values)        bound
// forward     8 M E /  6 M E                      memory; positions and types are an eighth more each at most
// backward    8 M E /  4 M E, and 8 E for each    latency: five launches; dy is read once for the words and once for the
//             word that occurs                    positions and types
//
// Floors on an H200 (4.3 TB/s) at M = 16384, E = 128: 4 / 3 us forward, 6 / 4 us backward with 5000 different words. Targets:
// 60 % forward; 20 us backward, of which a third is the grouping of tokens by word.
//
// A warp works on 128 columns, four for each lane; tiles of 128 columns lie along y.
//
// backward: embedding_group, embedding_words, embedding_combine (needs group's order and words' pieces), embedding_positions,
// and column_sums_finish over the sums of token types.

#include "embedding/forward.cuh"
#include "embedding/group.cuh"
#include "embedding/positions.cuh"
#include "embedding/words.cuh"

#define EMBEDDING(T, SUFFIX)                                                                                           \
    extern "C" __global__ void __launch_bounds__(EMBEDDING_THREADS) embedding_forward##SUFFIX(                         \
        const int* ids, const int* tokenTypes, const float* words, const float* positions, const float* types,         \
        int vocabulary, int typeCount, T* y, int tokens, int length, int width) {                                      \
        forward(ids, tokenTypes, {words, positions, types, vocabulary, typeCount}, y, tokens, length, width);          \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(WORDS_THREADS) embedding_words##SUFFIX(                               \
        const Grouped* order, const int* ids, const T* dy, int count, int vocabulary, int width, float* dWords,        \
        float* pieces) {                                                                                               \
        add_words({order, ids, count, vocabulary, width, dWords, pieces}, dy);                                         \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(POSITION_WARPS * 32) embedding_positions##SUFFIX(                     \
        const T* dy, const int* tokenTypes, int tokens, int length, int width, int types, float* dPositions,           \
        float* typeSums) {                                                                                             \
        add_positions(dy, tokenTypes, tokens, length, width, types, dPositions, typeSums);                             \
    }

EMBEDDING(float, _f32)
EMBEDDING(bf16, _bf16)

extern "C" __global__ void __launch_bounds__(GROUP_THREADS)
    embedding_group(const int* ids, int count, int vocabulary, int bits, Grouped* order) {
    group(ids, count, vocabulary, bits, order);
}

extern "C" __global__ void __launch_bounds__(WORDS_THREADS) embedding_combine(
    const Grouped* order, const int* ids, int count, int vocabulary, int width, float* dWords, float* pieces) {
    combine_words({order, ids, count, vocabulary, width, dWords, pieces});
}
