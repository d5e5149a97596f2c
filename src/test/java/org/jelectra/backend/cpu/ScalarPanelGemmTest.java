package org.jelectra.backend.cpu;

import org.junit.jupiter.api.Tag;

@Tag("every-jdk")
class ScalarPanelGemmTest extends PanelGemmContract {

    @Override
    PanelGemm create(Workers workers) {
        return new PanelGemm(new ScalarKernels(), workers);
    }
}
