package org.jelectra.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.MaskedTokenHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

/** The scores in either type of values; {@code MaskFillerTest} has texts of every shape. */
class MaskedTokenScorerTest {

    private static final EncoderConfig CONFIG =
            new EncoderConfig(122, 16, 32, 2, 4, 64, 64, 2, 0.1f, 0.1f, 1e-12f, 0.3f);

    /** Scores of a model with random weights, the same on every backend, for places of two texts. */
    private static List<float[]> scores(Backend backend) {
        try (backend) {
            MaskedTokenScorer scorer = new MaskedTokenScorer(
                    new EncoderWithHead<>(backend, CONFIG, (arena, sizes) -> new MaskedTokenHead(arena, "", sizes), 5),
                    2,
                    64,
                    0);
            List<float[]> scores = new ArrayList<>();
            scorer.score(
                    List.of(
                            new MaskedTokenScorer.Masked(
                                    new EncodedText(new int[] {2, 4, 17, 9, 4, 3}, 6), new int[] {1, 4}),
                            new MaskedTokenScorer.Masked(new EncodedText(new int[] {2, 80, 4, 3}, 4), new int[] {2})),
                    logits -> scores.add(logits.clone()));
            return scores;
        }
    }

    /** The head reads hidden states that have been on the host, in the type of the backend's values. */
    @Test
    void halfPrecisionIsAsCloseAsItsRounding() {
        List<float[]> exact = scores(CpuBackend.create(1));
        List<float[]> rounded = scores(SimulatedBackends.open(DType.BFLOAT16));
        assertThat(rounded).hasSize(3).hasSameSizeAs(exact);
        for (int place = 0; place < 3; place++) {
            double squares = 0;
            double errors = 0;
            for (int token = 0; token < CONFIG.vocabularySize(); token++) {
                squares += Math.pow(exact.get(place)[token], 2);
                errors += Math.pow(rounded.get(place)[token] - exact.get(place)[token], 2);
            }
            assertThat(Math.sqrt(errors / squares)).isCloseTo(0, within(0.03));
        }
    }
}
