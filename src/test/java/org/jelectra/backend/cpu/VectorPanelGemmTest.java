package org.jelectra.backend.cpu;

class VectorPanelGemmTest extends PanelGemmContract {

    @Override
    PanelGemm create(Workers workers) {
        return new PanelGemm(TestKernels.vector(), workers);
    }
}
