package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Set;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cuda.LaunchCounter;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

/** The bytes that the catalog says an operation must move, against those that its launches move by their arguments. */
class TrialBytesTest {

    private static final Sizes SIZES = new Sizes(new AttentionShape(16, 128, 4, 64), 1024, 4096, 304, 128, 1 << 20);

    /** Where one block has a sequence and all weights. */
    private static final Sizes ONE_HEAD = new Sizes(new AttentionShape(128, 128, 1, 64), 256, 512, 304);

    /** Operations that leave nothing between launches but a few numbers. */
    private static final Set<String> IDEAL = Set.of(
            "fill",
            "dropout",
            "geluBackward",
            "linear",
            "linearGelu",
            "linearBackwardInput",
            "linearBackwardInputGelu",
            "gradientGroup",
            "addLayerNorm",
            "linearAddLayerNorm",
            "feedForwardAddLayerNorm",
            "attention",
            "attentionBackward",
            "embedding",
            "embeddingLayerNorm",
            "embeddingLayerNormLinear",
            "gatherRows",
            "linearGeluLayerNorm",
            "crossEntropy",
            "crossEntropyBackward",
            "crossEntropyWithGradient",
            "crossEntropy with a draw",
            "crossEntropyWithGradient with a draw",
            "sigmoidCrossEntropy",
            "sigmoidCrossEntropy without gradient",
            "copyCrossEntropy",
            "copyCrossEntropyBackward",
            "copyCrossEntropyWithGradient",
            "policyGradient",
            "replaceTokens",
            "globalNorm",
            "adamW");

    /** Clocks, lengths of sequences and sums of blocks. */
    private static final double SMALL_CHANGE = 0.005;

    @Test
    void launchesMoveWhatTheCatalogSays() {
        compare(SIZES, IDEAL);
    }

    @Test
    void oneLaunchMovesWhatTheCatalogSaysOfSelfAttention() {
        compare(ONE_HEAD, Set.of("selfAttention", "selfAttentionBackward"));
    }

    private static void compare(Sizes sizes, Set<String> operations) {
        LaunchCounter counter = new LaunchCounter();
        try (Backend backend = counter.open(DType.BFLOAT16)) {
            for (Trial trial : Catalog.of(sizes)) {
                if (operations.contains(trial.name())) {
                    Operation operation = trial.prepare(backend, trial.place(backend));
                    counter.clear();
                    operation.run();
                    double moved = counter.bytes().values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
                    assertThat(moved / trial.bytes(DType.BFLOAT16))
                            .as(trial.name())
                            .isEqualTo(1, within(SMALL_CHANGE));
                }
            }
        }
    }
}
