/*
 * A libcuda.so.1 without a device: the calls that jelectra makes, with malloc for device memory, so that the way from Java through
 * JCuda into a driver can be tested where there is none. Streams do their work at once.
 *
 * FAKE_CUDA_VERSION=11040          what cuDriverGetVersion says (default 12040)
 * FAKE_CUDA_DEVICES=0              number of devices (default 1); with 0, cuInit fails as it does on a real driver
 * FAKE_CUDA_CAPABILITY=75          compute capability (default 90)
 * FAKE_CUDA_FAIL=cuStreamCreate=2  this call returns 2; several separated by commas; cuMemAlloc_v2=2@3 only at the third time
 * FAKE_CUDA_FAULT=gemm             kernels whose name begins so fault too
 * FAKE_CUDA_MEGABYTES=8            device memory (default 1024)
 * FAKE_CUDA_LOG=FILE               every call is appended, and at the release of the context what is still alive
 *
 * Modules: any image with ".entry NAME" has a function NAME. scale(float *x, float a, int n) and mixed(...) compute; a function
 * whose name begins with "faulty" faults the way a device does: noticed by a later call, and by all calls after it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int CUresult;
typedef unsigned long long CUdeviceptr;

enum { INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, CONTAINED = 226, NOT_FOUND = 500, ILLEGAL_ADDRESS = 700 };

typedef struct Function Function;
typedef struct { char *image; Function *functions; } Module;
struct Function { Function *next; Module *module; char name[64]; int dynamic_shared; };
typedef struct { Function *function; unsigned grid[3], block[3], shared; int parameters; char values[16][8]; } Recorded;
enum { MOST_NODES = 4096 }; /* 600 KB a graph */
typedef struct { int count; Recorded nodes[MOST_NODES]; } Graph;
typedef struct { Graph *capture; int spoilt; } Stream;
typedef struct { double time; } Event;

static int alive_memory, alive_pinned, alive_modules, alive_streams, alive_events, alive_graphs, alive_executables, alive_contexts;
static long long used_bytes;
static int pending_fault, sticky_fault;
static double now;

static void note(const char *line) {
    const char *path = getenv("FAKE_CUDA_LOG");
    if (path) {
        FILE *file = fopen(path, "a");
        if (file) {
            fprintf(file, "%s\n", line);
            fclose(file);
        }
    }
}

static struct { char name[64]; int count; } calls[128];

static int times_called(const char *name) {
    for (int i = 0; i < 128; i++) {
        if (!calls[i].name[0]) {
            snprintf(calls[i].name, sizeof calls[i].name, "%s", name);
        }
        if (!strcmp(calls[i].name, name)) {
            return ++calls[i].count;
        }
    }
    return 0;
}

/* What the call shall return instead of doing its work; 0 for nothing. */
static CUresult planned(const char *name) {
    int count = times_called(name);
    note(name);
    if (sticky_fault) {
        return sticky_fault;
    }
    const char *plan = getenv("FAKE_CUDA_FAIL");
    while (plan && *plan) {
        size_t length = strlen(name);
        if (!strncmp(plan, name, length) && plan[length] == '=') {
            char *end;
            int code = (int) strtol(plan + length + 1, &end, 10);
            if (*end != '@' || atoi(end + 1) == count) {
                return code;
            }
        }
        plan = strchr(plan, ',');
        plan = plan ? plan + 1 : NULL;
    }
    return 0;
}

#define BEGIN                          \
    {                                  \
        CUresult code = planned(__func__); \
        if (code) return code;         \
    }

static int recording_streams, recordings_spoilt;

/* What a thread that records must not do; cuda.h calls it potentially unsafe. */
static CUresult unsafe_while_recording(void) {
    recordings_spoilt |= recording_streams > 0;
    return recording_streams > 0 ? 900 : 0;
}

#define UNSAFE_WHILE_RECORDING                    \
    {                                             \
        CUresult code = unsafe_while_recording(); \
        if (code) return code;                    \
    }

static CUresult noticed(void) {
    if (pending_fault) {
        sticky_fault = pending_fault;
        pending_fault = 0;
    }
    return sticky_fault;
}

static int setting(const char *name, int otherwise) {
    const char *value = getenv(name);
    return value ? atoi(value) : otherwise;
}

CUresult cuDriverGetVersion(int *version) {
    BEGIN
    *version = setting("FAKE_CUDA_VERSION", 12040);
    return 0;
}

CUresult cuInit(unsigned flags) {
    BEGIN
    return flags ? INVALID_VALUE : setting("FAKE_CUDA_DEVICES", 1) ? 0 : NO_DEVICE;
}

CUresult cuDeviceGetCount(int *count) {
    BEGIN
    *count = setting("FAKE_CUDA_DEVICES", 1);
    return 0;
}

CUresult cuDeviceGet(int *device, int ordinal) {
    BEGIN
    *device = ordinal;
    return ordinal < setting("FAKE_CUDA_DEVICES", 1) ? 0 : 101;
}

CUresult cuDeviceGetName(char *name, int length, int device) {
    BEGIN
    snprintf(name, length, "Fake Device %d", device);
    return 0;
}

CUresult cuDeviceGetAttribute(int *value, int attribute, int device) {
    BEGIN
    (void) device;
    switch (attribute) {
        case 16: *value = 132; break;       /* multiprocessors */
        case 38: *value = 50 << 20; break;  /* L2 */
        case 75: *value = setting("FAKE_CUDA_CAPABILITY", 90) / 10; break;
        case 76: *value = setting("FAKE_CUDA_CAPABILITY", 90) % 10; break;
        case 97: *value = 232448; break;    /* shared memory of a block, on request */
        default: return INVALID_VALUE;
    }
    return 0;
}

#define TOTAL_BYTES ((long long) setting("FAKE_CUDA_MEGABYTES", 1024) << 20)

CUresult cuDeviceTotalMem_v2(size_t *bytes, int device) {
    BEGIN
    (void) device;
    *bytes = TOTAL_BYTES;
    return 0;
}

static int context;

CUresult cuDevicePrimaryCtxRetain(void **result, int device) {
    BEGIN
    (void) device;
    *result = &context;
    alive_contexts++;
    return 0;
}

CUresult cuDevicePrimaryCtxRelease_v2(int device) {
    (void) device;
    alive_contexts--;
    char line[256];
    snprintf(line, sizeof line, "alive: memory %d pinned %d modules %d streams %d events %d graphs %d executables %d contexts %d",
             alive_memory, alive_pinned, alive_modules, alive_streams, alive_events, alive_graphs, alive_executables, alive_contexts);
    BEGIN
    note(line);
    return 0;
}

CUresult cuCtxSetCurrent(void *current) {
    BEGIN
    return current == NULL || current == &context ? 0 : 201;
}

CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    BEGIN
    *free_bytes = TOTAL_BYTES - used_bytes;
    *total = TOTAL_BYTES;
    return 0;
}

/* The size stands before the memory. */
CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
    BEGIN
    UNSAFE_WHILE_RECORDING
    if (used_bytes + (long long) bytes > TOTAL_BYTES) {
        return OUT_OF_MEMORY;
    }
    char *memory = aligned_alloc(256, (bytes + 256 + 255) / 256 * 256);
    memcpy(memory, &bytes, sizeof bytes);
    *address = (CUdeviceptr) (uintptr_t) (memory + 256);
    used_bytes += bytes;
    alive_memory++;
    return 0;
}

CUresult cuMemFree_v2(CUdeviceptr address) {
    BEGIN
    UNSAFE_WHILE_RECORDING
    char *memory = (char *) (uintptr_t) address - 256;
    size_t bytes;
    memcpy(&bytes, memory, sizeof bytes);
    used_bytes -= bytes;
    alive_memory--;
    free(memory);
    return 0;
}

CUresult cuMemHostAlloc(void **memory, size_t bytes, unsigned flags) {
    BEGIN
    UNSAFE_WHILE_RECORDING
    (void) flags;
    *memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    alive_pinned++;
    return 0;
}

CUresult cuMemFreeHost(void *memory) {
    BEGIN
    UNSAFE_WHILE_RECORDING
    free(memory);
    alive_pinned--;
    return 0;
}

static CUresult unless_capturing(Stream *stream) {
    return stream && stream->capture ? 900 : 0;
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void *source, size_t bytes, Stream *stream) {
    BEGIN
    memcpy((void *) (uintptr_t) target, source, bytes);
    return unless_capturing(stream);
}

CUresult cuMemcpyDtoHAsync_v2(void *target, CUdeviceptr source, size_t bytes, Stream *stream) {
    BEGIN
    memcpy(target, (void *) (uintptr_t) source, bytes);
    return unless_capturing(stream);
}

CUresult cuMemsetD32Async(CUdeviceptr target, unsigned value, size_t count, Stream *stream) {
    BEGIN
    for (size_t i = 0; i < count; i++) {
        ((unsigned *) (uintptr_t) target)[i] = value;
    }
    return unless_capturing(stream);
}

CUresult cuStreamCreate(Stream **stream, unsigned flags) {
    BEGIN
    if (flags != 1) {
        return INVALID_VALUE; /* it must not wait for the default stream */
    }
    *stream = calloc(1, sizeof(Stream));
    alive_streams++;
    return 0;
}

CUresult cuStreamDestroy_v2(Stream *stream) {
    BEGIN
    free(stream);
    alive_streams--;
    return 0;
}

CUresult cuStreamSynchronize(Stream *stream) {
    BEGIN
    if (stream && stream->capture) {
        stream->spoilt = 1;
        return 900;
    }
    return noticed();
}

CUresult cuStreamWaitEvent(Stream *stream, Event *event, unsigned flags) {
    BEGIN
    (void) stream;
    return event && !flags ? 0 : INVALID_VALUE;
}

CUresult cuEventCreate(Event **event, unsigned flags) {
    BEGIN
    *event = calloc(1, sizeof(Event));
    alive_events++;
    return flags ? INVALID_VALUE : 0;
}

CUresult cuEventDestroy_v2(Event *event) {
    BEGIN
    free(event);
    alive_events--;
    return 0;
}

CUresult cuEventRecord(Event *event, Stream *stream) {
    BEGIN
    (void) stream;
    event->time = now;
    return 0;
}

CUresult cuEventSynchronize(Event *event) {
    BEGIN
    (void) event;
    return noticed();
}

CUresult cuEventElapsedTime(float *milliseconds, Event *from, Event *to) {
    BEGIN
    *milliseconds = (float) (to->time - from->time);
    return 0;
}

/* options: 3 info log, 4 its size, 5 error log, 6 its size */
CUresult cuModuleLoadDataEx(Module **module, const char *image, unsigned count, const int *options, void **values) {
    CUresult code = planned(__func__);
    if (!code) {
        code = unsafe_while_recording();
    }
    char *log = NULL;
    size_t size = 0;
    for (unsigned i = 0; i < count; i++) {
        if (options[i] == 5) log = values[i];
        if (options[i] == 6) size = (size_t) (uintptr_t) values[i];
    }
    if (!code && strstr(image, "nonsense")) {
        code = 218;
    }
    if (code) {
        if (log && size) {
            snprintf(log, size, "ptxas application ptx input, line 7; error   : Parsing error near 'nonsense'");
        }
        return code;
    }
    *module = calloc(1, sizeof(Module));
    (*module)->image = strdup(image); /* the image ends with NUL, or this reads on */
    alive_modules++;
    return 0;
}

CUresult cuModuleUnload(Module *module) {
    BEGIN
    UNSAFE_WHILE_RECORDING
    free(module->image);
    free(module);
    alive_modules--;
    return 0;
}

CUresult cuModuleGetFunction(Function **function, Module *module, const char *name) {
    BEGIN
    char entry[128];
    snprintf(entry, sizeof entry, ".entry %s", name);
    if (!strstr(module->image, entry)) {
        return NOT_FOUND;
    }
    /* as in the driver, one of each name */
    for (Function *known = module->functions; known; known = known->next) {
        if (!strcmp(known->name, name)) {
            *function = known;
            return 0;
        }
    }
    *function = calloc(1, sizeof(Function));
    (*function)->next = module->functions;
    (*function)->module = module;
    snprintf((*function)->name, sizeof (*function)->name, "%s", name);
    module->functions = *function;
    return 0;
}

CUresult cuFuncGetAttribute(int *value, int attribute, Function *function) {
    BEGIN
    switch (attribute) {
        case 0: *value = 1024; break;                       /* threads */
        case 1: *value = 16; break;                         /* static shared memory */
        case 3: *value = 0; break;                          /* local memory */
        case 4: *value = 32; break;                         /* registers */
        case 8: *value = function->dynamic_shared; break;
        default: return INVALID_VALUE;
    }
    return 0;
}

CUresult cuFuncSetAttribute(Function *function, int attribute, int value) {
    BEGIN
    if (attribute != 8 || value > 232448 - 16) {
        return INVALID_VALUE;
    }
    function->dynamic_shared = value;
    return 0;
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, Function *function, int threads, size_t shared) {
    BEGIN
    (void) function;
    *blocks = 2048 / threads;
    return shared > 232448 ? INVALID_VALUE : 0;
}

static CUresult run(Function *function, unsigned grid, unsigned block, void **p) {
    char line[160];
    snprintf(line, sizeof line, "run %s %ux%u", function->name, grid, block);
    note(line);
    now += 1.5;
    const char *fault = getenv("FAKE_CUDA_FAULT");
    if (!strncmp(function->name, "faulty", 6) || (fault && !strncmp(function->name, fault, strlen(fault)))) {
        pending_fault = ILLEGAL_ADDRESS;
    } else if (!strcmp(function->name, "scale")) {
        float *x = *(float **) p[0];
        for (int i = 0; i < *(int *) p[2]; i++) {
            x[i] *= *(float *) p[1];
        }
    } else if (!strcmp(function->name, "mixed")) {
        /* (int a, long b, float c, double *out): sizes and places of all kinds of arguments */
        double *out = *(double **) p[3];
        out[0] = *(int *) p[0];
        out[1] = (double) *(long long *) p[1];
        out[2] = *(float *) p[2];
    }
    return 0;
}

static int parameter_count(const char *name) {
    return !strcmp(name, "scale") ? 3 : !strcmp(name, "mixed") ? 4 : 0;
}

CUresult cuLaunchKernel(Function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                        unsigned shared, Stream *stream, void **parameters, void **extra) {
    BEGIN
    if (extra || gy > 65535 || gz > 65535 || bx * by * bz > 1024) {
        return INVALID_VALUE;
    }
    if (shared + 16 > 48 * 1024 && (int) shared > function->dynamic_shared) {
        return INVALID_VALUE;
    }
    if (stream && stream->capture) {
        Graph *graph = stream->capture;
        if (graph->count == MOST_NODES) {
            return OUT_OF_MEMORY;
        }
        Recorded *node = &graph->nodes[graph->count++];
        node->function = function;
        node->grid[0] = gx;
        node->block[0] = bx * by;
        node->parameters = parameter_count(function->name);
        for (int i = 0; i < node->parameters; i++) {
            memcpy(node->values[i], parameters[i], 8);
        }
        return 0;
    }
    return run(function, gx * gy * gz, bx * by, parameters);
}

CUresult cuStreamBeginCapture_v2(Stream *stream, int mode) {
    BEGIN
    if (mode != 1 || !stream || stream->capture) { /* other threads may do what they like */
        return INVALID_VALUE;
    }
    stream->capture = calloc(1, sizeof(Graph));
    alive_graphs++;
    recording_streams++;
    return 0;
}

CUresult cuStreamEndCapture(Stream *stream, Graph **graph) {
    BEGIN
    *graph = stream->capture;
    stream->capture = NULL;
    recording_streams--;
    if (stream->spoilt || recordings_spoilt) {
        stream->spoilt = recordings_spoilt = 0;
        free(*graph);
        alive_graphs--;
        *graph = NULL;
        return 901;
    }
    return 0;
}

CUresult cuGraphInstantiateWithFlags(Graph **executable, Graph *graph, unsigned long long flags) {
    BEGIN
    (void) flags;
    *executable = malloc(sizeof(Graph));
    **executable = *graph;
    alive_executables++;
    return 0;
}

CUresult cuGraphDestroy(Graph *graph) {
    BEGIN
    free(graph);
    alive_graphs--;
    return 0;
}

CUresult cuGraphLaunch(Graph *graph, Stream *stream) {
    BEGIN
    (void) stream;
    for (int i = 0; i < graph->count; i++) {
        Recorded *node = &graph->nodes[i];
        void *p[16];
        for (int j = 0; j < node->parameters; j++) {
            p[j] = node->values[j];
        }
        run(node->function, node->grid[0], node->block[0], p);
    }
    return 0;
}

CUresult cuGraphExecDestroy(Graph *graph) {
    BEGIN
    free(graph);
    alive_executables--;
    return 0;
}

CUresult cuGetErrorName(CUresult code, const char **name) {
    *name = code == ILLEGAL_ADDRESS ? "CUDA_ERROR_ILLEGAL_ADDRESS" : code == CONTAINED ? "CUDA_ERROR_CONTAINED" : NULL;
    return *name ? 0 : INVALID_VALUE;
}

CUresult cuGetErrorString(CUresult code, const char **text) {
    *text = code == ILLEGAL_ADDRESS ? "an illegal memory access was encountered" : "words of the fake driver";
    return 0;
}
