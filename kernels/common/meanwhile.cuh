// What a block can do while it would only wait: nothing, or what its kernel says.
#pragma once

struct NothingMeanwhile {
    __device__ __forceinline__ void operator()() const {}
};
