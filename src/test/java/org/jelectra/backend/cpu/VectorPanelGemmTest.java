package org.jelectra.backend.cpu;

class VectorPanelGemmTest extends GemmContract {

    @Override
    Gemm create(Workers workers) {
        return new PanelGemm(TestKernels.vector(), workers);
    }
}
