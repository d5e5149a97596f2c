// The parameters that all attention kernels have behind their tensors, and what becomes of them.
#pragma once

#include "head.cuh"

#define ATTENTION_PARAMETERS                                                                                           \
    int length, int heads, int size, int packed, float scale, const int *clock, int stream, int threshold,             \
        float dropout_scale, long long elements
#define ATTENTION_SHAPE \
    Shape { length, heads, size, packed != 0 }
#define ATTENTION_DROPOUT \
    ProbabilityDropout { clock, stream, threshold, dropout_scale, elements }
