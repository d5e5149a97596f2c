package org.jelectra.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.nn.EncoderConfig;
import org.junit.jupiter.api.Test;

/** Texts get the same scores alone and in any company: neither padding nor the order matters. */
class SequencePredictorTest {

    private static final EncoderConfig CONFIG = new EncoderConfig(20, 8, 8, 2, 2, 16, 64, 2, 0.1f, 0.1f, 1e-12f, 0.5f);

    private static EncodedText text(int length) {
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
            ids[i] = 1 + (3 * i + length) % 19;
        }
        return new EncodedText(ids, (length + 1) / 2);
    }

    private static SequencePredictor predictor(EncoderWithHead<ClassificationHead> model, int batch) {
        return new SequencePredictor(model, batch, 64, 0);
    }

    @Test
    void companyDoesNotMatter() {
        try (Backend backend = CpuBackend.create(2)) {
            EncoderWithHead<ClassificationHead> model = new EncoderWithHead<>(
                    backend, CONFIG, (arena, sizes) -> new ClassificationHead(arena, sizes, 2), 3);
            List<EncodedText> texts = new ArrayList<>();
            for (int length : new int[] {3, 64, 17, 16, 40, 5, 33}) {
                texts.add(text(length));
            }
            List<float[]> together = predictor(model, 3).predict(texts);
            SequencePredictor alone = predictor(model, 1);
            for (int i = 0; i < texts.size(); i++) {
                float[] single = alone.predict(List.of(texts.get(i))).get(0);
                assertThat(together.get(i)).containsExactly(single, within(1e-5f));
            }
            assertThat(together.get(0)).isNotEqualTo(together.get(1));
        }
    }

    @Test
    void scoresThatAreNotNumbersStop() {
        try (Backend backend = CpuBackend.create(1)) {
            EncoderWithHead<ClassificationHead> model = new EncoderWithHead<>(
                    backend, CONFIG, (arena, sizes) -> new ClassificationHead(arena, sizes, 2), 3);
            Parameter bias = model.parameters().parameter("classifier.out_proj.bias");
            backend.upload(new float[] {Float.NaN, 0}, 0, bias.value());
            assertThatThrownBy(() -> predictor(model, 2).predict(List.of(text(5))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("score for text number 1 is NaN");
        }
    }
}
