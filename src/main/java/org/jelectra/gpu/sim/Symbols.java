package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.gpu.sim.ptx.PtxStatement;
import org.jelectra.gpu.sim.ptx.PtxVariable;

/** Addresses of the variables that a kernel can name, each in its own space. */
final class Symbols {

    private final Map<String, Long> addresses = new HashMap<>();
    private int sharedBytes;
    private int localBytes;
    private int parameterBytes;

    /** Module variables in global and constant memory. */
    void addGlobals(Map<String, Long> globals) {
        addresses.putAll(globals);
    }

    /** Variables of the module and of the kernel: shared ones in their order, the dynamic ones behind them. */
    void addVariables(List<PtxVariable> variables) {
        for (PtxVariable variable : variables) {
            if (variable.space().equals("shared") && !variable.external()) {
                sharedBytes = align(sharedBytes, variable.alignment());
                addresses.put(variable.name(), (long) sharedBytes);
                sharedBytes += variable.bytes();
            } else if (variable.space().equals("local")) {
                localBytes = align(localBytes, Math.max(variable.alignment(), 16));
                addresses.put(variable.name(), (long) localBytes);
                localBytes += variable.bytes();
            }
        }
    }

    /**
     * Dynamic shared memory begins behind all other, at the same place for every name (CUDA C++ Programming Guide,
     * {@code __shared__}), and with the largest of their alignments.
     */
    void addDynamicShared(List<PtxVariable> moduleVariables) {
        List<PtxVariable> dynamic = moduleVariables.stream()
                .filter(variable -> variable.space().equals("shared") && variable.external())
                .toList();
        for (PtxVariable variable : dynamic) {
            sharedBytes = align(sharedBytes, Math.max(variable.alignment(), 16));
        }
        for (PtxVariable variable : dynamic) {
            addresses.put(variable.name(), (long) sharedBytes);
        }
    }

    /** Parameters of the kernel; returns where each begins. */
    List<Integer> addParameters(List<PtxVariable> parameters) {
        return parameters.stream()
                .map(parameter -> {
                    parameterBytes = align(parameterBytes, parameter.alignment());
                    int offset = parameterBytes;
                    addresses.put(parameter.name(), (long) offset);
                    parameterBytes += parameter.bytes();
                    return offset;
                })
                .toList();
    }

    private static int align(int offset, int alignment) {
        return offset + alignment - 1 & -alignment;
    }

    int sharedBytes() {
        return sharedBytes;
    }

    int localBytes() {
        return localBytes;
    }

    int parameterBytes() {
        return parameterBytes;
    }

    long address(PtxStatement statement, String name) {
        Long address = addresses.get(name);
        if (address == null) {
            throw statement.error("there is no variable " + name);
        }
        return address;
    }
}
