package org.jelectra.backend.cpu;

import org.jelectra.backend.cpu.openblas.OpenBlasGemm;

class OpenBlasGemmTest extends GemmContract {

    @Override
    Gemm create(Workers workers) {
        return new OpenBlasGemm(workers);
    }
}
