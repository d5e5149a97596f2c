package org.jelectra.backend.cpu;

class ScalarPanelGemmTest extends PanelGemmContract {

    @Override
    PanelGemm create(Workers workers) {
        return new PanelGemm(new ScalarKernels(), workers);
    }
}
