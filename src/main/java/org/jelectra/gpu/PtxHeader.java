package org.jelectra.gpu;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PTX source declares: its version, its target and its kernels' parameters (PTX ISA, sections "PTX Module Directives" and
 * "Kernel and Function Directives").
 *
 * @param version 10 major + minor of {@code .version}
 * @param target compute capability of {@code .target}, 80 for sm_80
 * @param architectureSpecific whether the target ends in {@code a}, and hence runs on that capability only
 * @param kernels each {@code .entry} by its name
 */
public record PtxHeader(
        String module, int version, int target, boolean architectureSpecific, Map<String, Entry> kernels) {

    private static final Pattern VERSION = Pattern.compile("(?m)^\\s*\\.version\\s+(\\d+)\\.(\\d+)");
    private static final Pattern TARGET = Pattern.compile("(?m)^\\s*\\.target\\s+sm_(\\d+)(a?)");
    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+([\\w$]+)\\s*(?:\\(([^)]*)\\))?([^{;]*)");
    private static final Pattern BLOCK = Pattern.compile("\\.maxntid\\s+(\\d+(?:\\s*,\\s*\\d+)*)");
    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");
    private static final Pattern PARAMETER = Pattern.compile(
            "\\.param\\s+(?:\\.align\\s+\\d+\\s+)?\\.[a-z](\\d+)\\s+(?:\\.ptr[^,\\n]*?)?\\s*([\\w$]+)\\s*(?:\\[(\\d+)])?\\s*(?:,|$)");

    /**
     * A kernel.
     *
     * @param blockThreads threads of the largest block that it is written for ({@code .maxntid}); 0 where it does not say
     */
    public record Entry(List<Parameter> parameters, int blockThreads) {}

    /**
     * One parameter of a kernel.
     *
     * @param bytes its size
     */
    public record Parameter(String name, int bytes) {}

    /**
     * Reads the declarations.
     *
     * @param module names the source in errors
     * @throws GpuModuleException where it is not PTX
     */
    public static PtxHeader parse(String module, byte[] ptx) {
        String text = new String(ptx, StandardCharsets.ISO_8859_1);
        Matcher version = VERSION.matcher(text);
        Matcher target = TARGET.matcher(text);
        if (!version.find() || !target.find()) {
            throw new GpuModuleException(
                    0,
                    "",
                    "module " + module + " is not PTX: it has no .version and .target; nvcc -ptx makes it of CUDA C++",
                    "");
        }
        Map<String, Entry> kernels = new LinkedHashMap<>();
        Matcher entry = ENTRY.matcher(text);
        // the plain search is many times quicker than the pattern's own, and most of the text lies between kernels
        for (int at = text.indexOf(".entry"); at >= 0 && entry.find(at); at = text.indexOf(".entry", entry.end())) {
            List<Parameter> parameters = entry.group(2) == null ? List.of() : parameters(entry.group(2));
            kernels.put(entry.group(1), new Entry(parameters, blockThreads(entry.group(3))));
        }
        return new PtxHeader(
                module,
                10 * Integer.parseInt(version.group(1)) + Integer.parseInt(version.group(2)),
                Integer.parseInt(target.group(1)),
                !target.group(2).isEmpty(),
                kernels);
    }

    private static List<Parameter> parameters(String list) {
        List<Parameter> result = new ArrayList<>();
        Matcher parameter = PARAMETER.matcher(list.strip());
        while (parameter.find()) {
            int elements = parameter.group(3) == null ? 1 : Integer.parseInt(parameter.group(3));
            result.add(new Parameter(parameter.group(2), elements * Integer.parseInt(parameter.group(1)) / 8));
        }
        return List.copyOf(result);
    }

    private static int blockThreads(String directives) {
        Matcher block = BLOCK.matcher(directives);
        return block.find()
                ? COMMA.splitAsStream(block.group(1))
                        .mapToInt(Integer::parseInt)
                        .reduce(1, Math::multiplyExact)
                : 0;
    }

    void requireDevice(DeviceProperties device) {
        int capability = device.computeCapability();
        if (architectureSpecific ? capability != target : capability < target) {
            throw new GpuModuleException(
                    0,
                    "",
                    "module " + module + " needs a device of compute capability " + target / 10 + "." + target % 10
                            + (architectureSpecific ? " exactly" : " or newer") + ", " + device.name() + " has "
                            + capability / 10 + "." + capability % 10,
                    "");
        }
    }
}
