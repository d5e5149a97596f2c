package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Objective;
import org.jelectra.electra.PretrainingOptions;
import org.jelectra.electra.Sampler;
import org.jelectra.electra.Sharing;
import org.jelectra.electra.TokenProbability;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.Predictor;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacedTokenDetectorTest {

    private static final Vocabulary WORDS =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "##d"));
    private static final int MAX_LENGTH = 12;

    @TempDir
    private Path folder;

    @Test
    void judgesAsTheStepOfPreTrainingDoes() throws IOException {
        String text = "a bd c b ad c cd b a a bd cd c b"; // two pieces
        try (Backend backend = CpuBackend.create(1)) {
            EncoderConfig sizes =
                    new EncoderConfig(WORDS.size(), 8, 16, 2, 2, 32, MAX_LENGTH, 2, 0.1f, 0.1f, 1e-12f, 0.5f);
            ElectraConfig config = ElectraConfig.of(sizes, 0.5, 1, Sharing.EMBEDDINGS, Objective.ELECTRA);
            ElectraModel model = new ElectraModel(backend, config, 3);
            for (Path network : ModelFiles.save(model, WORDS.padId(), folder)) {
                new TokenizerFiles(WORDS, WordPieceOptions.uncased(), MAX_LENGTH).save(network);
            }
            PretrainingOptions options = new PretrainingOptions(1, 1, 1, Sampler.MULTINOMIAL);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Predictor(model, WORDS, options, null, 2, 1))
                    .withMessage("expected sequences of 3 tokens at least, [CLS], one of the text and [SEP], got 2");
            Predictor predictor = new Predictor(model, WORDS, options, null, MAX_LENGTH, 1);
            List<TokenProbability> expected =
                    predictor.predict(new WordPiece(WORDS, WordPieceOptions.uncased()).encode(text), 0);

            InferenceOptions inference = InferenceOptions.of(Backends.CPU, 1).withBatchSize(4);
            try (ReplacedTokenDetector detector =
                    ReplacedTokenDetector.load(folder.resolve(ElectraModel.DISCRIMINATOR), inference)) {
                List<TokenProbability> found = detector.detect(text);
                assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(MAX_LENGTH);
                for (int i = 0; i < found.size(); i++) {
                    assertThat(found.get(i).token()).isEqualTo(expected.get(i).token());
                    assertThat(found.get(i).probability())
                            .isCloseTo(expected.get(i).probability(), within(1e-5));
                }
                assertThat(found.stream().map(TokenProbability::probability).distinct())
                        .hasSizeGreaterThan(MAX_LENGTH);
                assertThat(detector.detect(" ")).isEmpty();
            }
        }
    }
}
