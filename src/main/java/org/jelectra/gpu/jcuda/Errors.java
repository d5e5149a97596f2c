package org.jelectra.gpu.jcuda;

import static jcuda.driver.JCudaDriver.cuGetErrorName;
import static jcuda.driver.JCudaDriver.cuGetErrorString;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;

import java.util.Set;
import jcuda.driver.CUresult;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuContextLostException;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuKernelException;
import org.jelectra.gpu.GpuOutOfMemoryException;

/**
 * The one place where the driver's error numbers become exceptions. A kernel that faults is noticed by some later call; from then on
 * every call fails, whatever it is about, so the first failure is kept and named by all that follow.
 */
final class Errors {

    /** Of drivers that are newer than JCuda: an error of the device that was kept to this process, and what a kernel left allocated. */
    private static final int CONTAINED = 226;

    private static final int TENSOR_MEMORY_LEAK = 721;

    /** What the device does wrong, whatever ran on it, after which the context is lost (cuda.h, enum cudaError_enum). */
    private static final Set<Integer> DEVICE_FAILURES =
            Set.of(CONTAINED, CUresult.CUDA_ERROR_ECC_UNCORRECTABLE, CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE);

    /** What a kernel does wrong, with the same end. */
    private static final Set<Integer> KERNEL_FAULTS = Set.of(
            TENSOR_MEMORY_LEAK,
            CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
            CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
            CUresult.CUDA_ERROR_ASSERT,
            CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
            CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
            CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
            CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
            CUresult.CUDA_ERROR_INVALID_PC,
            CUresult.CUDA_ERROR_LAUNCH_FAILED);

    /** The name of a kernel that the driver does not tell. */
    private static final String UNKNOWN = "unknown";

    private GpuException fault;
    private PreparedLaunch last;

    /** Remembers what was launched last on any stream: the suspect when a call without a stream finds a fault. */
    void launched(PreparedLaunch launch) {
        last = launch;
    }

    /** Throws unless {@code code} is 0. */
    void check(int code, String action) {
        if (code != CUresult.CUDA_SUCCESS) {
            throw exception(code, action, last);
        }
    }

    /** The same for a call about a stream, on which {@code suspect} was launched last (or nothing: null). */
    void check(int code, String action, PreparedLaunch suspect) {
        if (code != CUresult.CUDA_SUCCESS) {
            throw exception(code, action, suspect == null ? last : suspect);
        }
    }

    /** Throws unless page-locked memory was allocated. It is the host's, so how much the device has free says nothing. */
    void checkPinned(int code, int bytes) {
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY && fault == null) {
            throw new GpuException(
                    code,
                    name(code),
                    "the system gives no " + bytes + " bytes of page-locked memory: " + words(code)
                            + "; free some, or raise the limit of a container");
        }
        check(code, "allocating " + bytes + " bytes of page-locked host memory");
    }

    /** Throws unless the launch got through; {@code suspect} was launched before it. */
    void checkLaunch(int code, PreparedLaunch launch, PreparedLaunch suspect) {
        if (code == CUresult.CUDA_SUCCESS) {
            return;
        }
        if (fault != null || isFault(code)) {
            throw exception(code, "launching " + launch.kernel(), suspect);
        }
        throw new GpuKernelException(
                code, name(code), launch.kernel(), "kernel " + launch + " could not be launched: " + words(code));
    }

    /** As {@link #check}, but silent after a fault: what is to be released went with the context, and the fault has been reported. */
    void released(int code, String action) {
        if (fault == null) {
            check(code, action);
        }
    }

    /** Whether {@link #check} will throw whatever comes. */
    boolean faulted() {
        return fault != null;
    }

    private GpuException exception(int code, String action, PreparedLaunch suspect) {
        if (fault != null) {
            return new GpuContextLostException(
                    fault.code(),
                    fault.codeName(),
                    fault instanceof GpuKernelException ofKernel ? ofKernel.kernel() : UNKNOWN,
                    action + " failed: the device cannot be used by this process any more since " + fault.getMessage());
        }
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            return new GpuOutOfMemoryException(code, name(code), action, freeMemory());
        }
        if (DEVICE_FAILURES.contains(code)) {
            // tools/gpu/common.sh knows these words
            fault = new GpuException(
                    code,
                    name(code),
                    "the device failed: " + words(code)
                            + "; no kernel did that: a new process may work, else nvidia-smi -q -d ECC"
                            + " may tell more, and a reset or another device helps");
            return fault;
        }
        if (!KERNEL_FAULTS.contains(code)) {
            return new GpuException(code, name(code), action + " failed: " + words(code));
        }
        String kernel = suspect == null ? UNKNOWN : suspect.kernel();
        String certainty = Gpu.isSynchronousRequested()
                ? ""
                : "; it was the last one launched before the error was noticed, -D" + Gpu.SYNCHRONOUS
                        + "=true names the right one for certain";
        fault = new GpuKernelException(
                code,
                name(code),
                kernel,
                "kernel " + (suspect == null ? kernel : suspect) + " faulted: " + words(code) + certainty);
        return fault;
    }

    /** Whether it is what a kernel or the device does wrong, after which this process cannot use the device any more. */
    static boolean isFault(int code) {
        return DEVICE_FAILURES.contains(code) || KERNEL_FAULTS.contains(code);
    }

    /** Bytes of device memory that are free; 0 where the driver does not tell. */
    static long freeMemory() {
        long[] free = new long[1];
        return cuMemGetInfo(free, new long[1]) == CUresult.CUDA_SUCCESS ? free[0] : 0;
    }

    /** Its name in cuda.h, which the driver knows also where it is newer than JCuda. */
    static String name(int code) {
        String[] text = new String[1];
        boolean known = cuGetErrorName(code, text) == CUresult.CUDA_SUCCESS && text[0] != null;
        return known ? text[0] : CUresult.stringFor(code);
    }

    /** The error's name, number and explanation. */
    static String words(int code) {
        String[] text = new String[1];
        boolean known = cuGetErrorString(code, text) == CUresult.CUDA_SUCCESS && text[0] != null;
        return name(code) + " (" + code + ")" + (known ? ", " + text[0] : "");
    }
}
