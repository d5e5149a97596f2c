package org.jelectra.gpu.sim.ptx;

import java.util.List;
import java.util.Map;

/**
 * An entry of a module.
 *
 * @param parameters in their order
 * @param registers types of the registers, by name; names declared in an inner scope are made unique
 * @param variables shared and local variables declared inside, among the latter parameters of calls
 * @param labels name to index of the statement that follows
 * @param branchTargets lists of {@code .branchtargets}, by their label
 * @param maxThreads largest block that the source permits; 0 where it says nothing
 */
public record PtxKernel(
        int line,
        String name,
        List<PtxVariable> parameters,
        Map<String, String> registers,
        List<PtxVariable> variables,
        List<PtxStatement> statements,
        Map<String, Integer> labels,
        Map<String, List<String>> branchTargets,
        int maxThreads) {}
