package org.jelectra.backend.cpu;

import org.junit.jupiter.api.Tag;

@Tag("every-jdk")
class VectorPanelGemmTest extends PanelGemmContract {

    @Override
    PanelGemm create(Workers workers) {
        return new PanelGemm(TestKernels.vector(), workers);
    }
}
