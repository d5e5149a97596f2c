package org.jelectra.gpu.jcuda;

import static jcuda.nvptxcompiler.JNvPTXCompiler.*;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.jelectra.gpu.GpuModuleException;
import org.jelectra.gpu.GpuUnavailableException;

/** NVIDIA's PTX compiler as it comes with JCuda: that of CUDA 12.0, which reads PTX up to 8.0. It needs neither driver nor device. */
public final class PtxCompiler {

    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '([^']+)'");
    private static final Pattern STACK =
            Pattern.compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers(?:.*?(\\d+) bytes smem)?");

    private static final Pattern SERIALIZED =
            Pattern.compile("wgmma\\.mma_async instructions are serialized .*function '([^']+)'");

    private static final NativeLibrary LIBRARY =
            new NativeLibrary("jcuda.nvptxcompiler.JNvPTXCompiler", "JNvPTXCompiler");

    private static final List<String> OPTIONS = List.of("--verbose", "--warn-on-spills");

    private PtxCompiler() {}

    /** Version and options: what a kernel takes depends on these, its PTX and the architecture alone. */
    public static String description() {
        LIBRARY.load();
        JNvPTXCompiler.setExceptionsEnabled(false);
        int[] major = new int[1];
        int[] minor = new int[1];
        check(nvPTXCompilerGetVersion(major, minor), "the question for its version", "");
        return "PTX compiler " + major[0] + "." + minor[0] + " " + String.join(" ", OPTIONS);
    }

    /**
     * Compiles PTX and tells what its kernels take.
     *
     * @param module names the PTX in errors
     * @param architecture such as sm_90
     * @return one for each kernel, in the order of their names
     * @throws GpuUnavailableException where JCuda or its natives are not on the class path
     * @throws GpuModuleException where the PTX is rejected, with the compiler's log
     */
    public static List<KernelResources> compile(String module, byte[] ptx, String architecture) {
        LIBRARY.load();
        JNvPTXCompiler.setExceptionsEnabled(false);
        byte[] terminated = Arrays.copyOf(ptx, ptx.length + 1);
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        check(nvPTXCompilerCreate(compiler, terminated.length, terminated), module, "");
        try {
            List<String> options = new ArrayList<>(OPTIONS);
            options.add("--gpu-name=" + architecture);
            int code = nvPTXCompilerCompile(compiler, options.size(), options.toArray(new String[0]));
            check(code, module + " for " + architecture, code == 0 ? "" : errorLog(compiler));
            return parse(infoLog(compiler));
        } finally {
            nvPTXCompilerDestroy(compiler);
        }
    }

    private static void check(int code, String subject, String log) {
        if (code != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
            String name = nvPTXCompileResult.stringFor(code);
            throw new GpuModuleException(code, name, "the PTX compiler rejects " + subject + ": " + name, log);
        }
    }

    private static String infoLog(nvPTXCompilerHandle compiler) {
        long[] size = new long[1];
        check(nvPTXCompilerGetInfoLogSize(compiler, size), "the question for its log", "");
        byte[] log = new byte[(int) size[0] + 1];
        check(nvPTXCompilerGetInfoLog(compiler, log), "the question for its log", "");
        return new String(log, 0, (int) size[0], StandardCharsets.UTF_8);
    }

    private static String errorLog(nvPTXCompilerHandle compiler) {
        long[] size = new long[1];
        check(nvPTXCompilerGetErrorLogSize(compiler, size), "the question for its log", "");
        byte[] log = new byte[(int) size[0] + 1];
        check(nvPTXCompilerGetErrorLog(compiler, log), "the question for its log", "");
        return new String(log, 0, (int) size[0], StandardCharsets.UTF_8);
    }

    /** Reads the compiler's report: for each kernel three lines, with its name, its local memory, and its registers. */
    static List<KernelResources> parse(String log) {
        Set<String> serialized =
                SERIALIZED.matcher(log).results().map(match -> match.group(1)).collect(Collectors.toSet());
        List<KernelResources> result = new ArrayList<>();
        String kernel = null;
        int[] local = new int[3];
        for (String line : log.lines().toList()) {
            Matcher entry = ENTRY.matcher(line);
            Matcher stack = STACK.matcher(line);
            Matcher registers = REGISTERS.matcher(line);
            if (entry.find()) {
                kernel = entry.group(1);
                local = new int[3];
            } else if (stack.find()) {
                for (int i = 0; i < 3; i++) {
                    local[i] = Integer.parseInt(stack.group(i + 1));
                }
            } else if (kernel != null && registers.find()) {
                int shared = registers.group(2) == null ? 0 : Integer.parseInt(registers.group(2));
                result.add(new KernelResources(
                        kernel,
                        Integer.parseInt(registers.group(1)),
                        shared,
                        local[0],
                        local[1],
                        local[2],
                        serialized.contains(kernel)));
                kernel = null;
            }
        }
        result.sort((one, other) -> one.kernel().compareTo(other.kernel()));
        return List.copyOf(result);
    }
}
