// What belongs to the tokens of two batches, the second behind the first: two networks may share their tables, and their gradients are
// then added at once.
#pragma once

template <class T>
struct Joined {
    const T* first;
    const T* second;
    // tokens of the first
    int split;

    // Where the `width` values of a token begin.
    __device__ __forceinline__ const T* row(long long token, int width) const {
        return token < split ? first + token * width : second + (token - split) * width;
    }

    __device__ __forceinline__ T operator[](int token) const { return *row(token, 1); }
};
