package org.jelectra.backend.cpu;

import org.jelectra.backend.cpu.openblas.OpenBlasGemm;
import org.junit.jupiter.api.Tag;

@Tag("every-jdk")
class OpenBlasGemmTest extends GemmContract {

    @Override
    Gemm create(Workers workers) {
        return new OpenBlasGemm(workers);
    }
}
