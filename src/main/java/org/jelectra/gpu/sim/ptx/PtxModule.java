package org.jelectra.gpu.sim.ptx;

import java.util.List;
import java.util.Map;

/**
 * A source of PTX.
 *
 * @param variables those of the module: global, constant and shared ones
 * @param kernels entries by name
 */
public record PtxModule(List<PtxVariable> variables, Map<String, PtxKernel> kernels) {

    /**
     * Reads a source. Device functions that are not entries are put in the place of their calls.
     *
     * @throws PtxSyntaxException naming the line that cannot be read
     */
    public static PtxModule parse(String source) {
        return new ModuleParser(new SourceText(source)).parse();
    }
}
