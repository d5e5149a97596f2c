package org.jelectra.backend.cpu;

class ScalarPanelGemmTest extends GemmContract {

    @Override
    Gemm create(Workers workers) {
        return new PanelGemm(new ScalarKernels(), workers);
    }
}
