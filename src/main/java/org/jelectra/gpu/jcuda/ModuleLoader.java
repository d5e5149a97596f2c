package org.jelectra.gpu.jcuda;

import static jcuda.driver.JCudaDriver.cuModuleLoadDataEx;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jcuda.Pointer;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuModuleException;
import org.jelectra.gpu.PtxHeader;
import org.jelectra.gpu.jcuda.Addresses.HostPointer;

/** Hands PTX to the driver's compiler, and says in full why it is rejected. */
final class ModuleLoader {

    private static final int LOG_BYTES = 1 << 14;
    private static final int[] OPTIONS = {
        CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
    };

    private final Errors errors;
    private final ArgumentMemory memory;
    private final int driverVersion;

    ModuleLoader(Errors errors, ArgumentMemory memory, int driverVersion) {
        this.errors = errors;
        this.memory = memory;
        this.driverVersion = driverVersion;
    }

    CUmodule load(String name, byte[] ptx) {
        // The driver reads up to a NUL.
        // Memory outside the heap, because compiling takes long and a pinned array holds up the collector.
        ByteBuffer image = ByteBuffer.allocateDirect(ptx.length + 1).put(ptx).put((byte) 0);
        int table = OPTIONS.length * Long.BYTES;
        ArgumentMemory.Piece piece = memory.take(table + LOG_BYTES);
        try {
            ByteBuffer options = piece.buffer();
            options.putLong(0, piece.address() + table)
                    .putLong(Long.BYTES, LOG_BYTES)
                    .put(table, (byte) 0);
            CUmodule module = new CUmodule();
            int code = cuModuleLoadDataEx(
                    module, Pointer.to(image), OPTIONS.length, OPTIONS, new HostPointer(piece.address()));
            if (code != CUresult.CUDA_SUCCESS) {
                throw rejected(code, name, ptx, log(options, table));
            }
            return module;
        } finally {
            memory.give(piece);
        }
    }

    private static String log(ByteBuffer buffer, int start) {
        int end = start;
        while (end < buffer.capacity() && buffer.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - start];
        buffer.get(start, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private RuntimeException rejected(int code, String name, byte[] ptx, String log) {
        boolean ofModule = code == CUresult.CUDA_ERROR_INVALID_PTX
                || code == CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION
                || code == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU
                || code == CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND
                || code == CUresult.CUDA_ERROR_INVALID_SOURCE
                || !log.isBlank();
        if (errors.faulted() || !ofModule || code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            try {
                errors.check(code, "loading the module " + name);
            } catch (GpuException e) {
                return e;
            }
        }
        String message = "the driver does not load the module " + name + ": " + Errors.words(code);
        if (code == CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION) {
            message = unsupportedVersion(name, PtxHeader.parse(name, ptx).version());
        } else if (code == CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND) {
            message +=
                    "; usually the driver's compiler is not installed, libnvidia-ptxjitcompiler.so.1, which belongs beside"
                            + " libcuda.so.1, also in a container";
        }
        return new GpuModuleException(code, Errors.name(code), message, log);
    }

    private String unsupportedVersion(String name, int ptx) {
        return "the module " + name + " is written in PTX " + ptx / 10 + "." + ptx % 10
                + ", which is too new for this driver: "
                + DriverRelease.installed().map(release -> "driver " + release).orElse("it")
                + " supports CUDA " + DriverRelease.cuda(driverVersion) + "; "
                + DriverRelease.needed(DriverRelease.cudaOfPtx(ptx))
                + ", or a lower .version where the instructions allow one";
    }
}
