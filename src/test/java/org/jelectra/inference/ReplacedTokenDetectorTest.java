package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sampler;
import org.jelectra.electra.Sharing;
import org.jelectra.electra.TokenProbability;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.Predictor;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.MaskingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacedTokenDetectorTest {

    private static final Vocabulary WORDS =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "##d"));
    private static final int MAX_LENGTH = 12;
    private static final MaskingOptions MASKING = MaskingOptions.standard();

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
            LossOptions options = new LossOptions(1, 1, 1, Sampler.MULTINOMIAL);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Predictor(model, WORDS, options, MASKING, 2, 1))
                    .withMessage("expected sequences of 3 tokens at least, [CLS], one of the text and [SEP], got 2");
            Predictor predictor = new Predictor(model, WORDS, options, MASKING, MAX_LENGTH, 1);
            int[] ids = new WordPiece(WORDS, WordPieceOptions.uncased()).encode(text);
            int room = MAX_LENGTH - 2;
            List<TokenProbability> expected = new ArrayList<>();
            for (int from = 0; from < ids.length; from += room) {
                int[] piece = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + room));
                expected.addAll(predictor.predict(unmasked(piece), 0, 0));
            }

            InferenceOptions inference = InferenceOptions.of(Backends.CPU, 1).withBatchSize(4);
            try (ReplacedTokenDetector detector =
                    ReplacedTokenDetector.load(folder.resolve(ElectraModel.DISCRIMINATOR), inference)) {
                List<TokenProbability> found = detector.detect(text);
                assertThat(found).hasSameSizeAs(expected).hasSizeGreaterThan(MAX_LENGTH);
                for (int i = 0; i < found.size(); i++) {
                    assertThat(found.get(i).token()).isEqualTo(expected.get(i).token());
                    assertThat(expected.get(i).original()).isNull();
                    assertThat(found.get(i).probability())
                            .isCloseTo(expected.get(i).probability(), within(1e-5));
                }
                assertThat(found.stream().map(TokenProbability::probability).distinct())
                        .hasSizeGreaterThan(MAX_LENGTH);
                assertThat(detector.detect(" ")).isEmpty();
                List<String> texts = List.of("a b", text, " ", "c", text + " a");
                assertThat(detector.detect(texts))
                        .isEqualTo(texts.stream().map(detector::detect).toList());
                assertThat(detector.detect(List.of())).isEmpty();
            }
        }
    }

    /** A row of pre-training of which the generator has nothing to guess. */
    private static Batch unmasked(int[] ids) {
        Batch batch = new Batch(1, MAX_LENGTH, MASKING.maxPredictions(MAX_LENGTH));
        batch.inputIds[0] = WORDS.clsId();
        System.arraycopy(ids, 0, batch.inputIds, 1, ids.length);
        batch.inputIds[ids.length + 1] = WORDS.sepId();
        System.arraycopy(batch.inputIds, 0, batch.maskedInputIds, 0, MAX_LENGTH);
        Arrays.fill(batch.attentionMask, 0, ids.length + 2, 1);
        return batch;
    }
}
