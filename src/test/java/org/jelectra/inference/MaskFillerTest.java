package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.inference.batch.MaskedTokenScorer;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks of texts short and long, alone and in company; {@link GoldenInferenceTest} has the numbers. */
class MaskFillerTest {

    private static final Vocabulary WORDS =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "##d"));

    @TempDir
    private Path directory;

    private static InferenceOptions options(int batch) {
        return new InferenceOptions(() -> CpuBackend.create(2), batch);
    }

    @Test
    void aMaskIsFilledTheSameInAnyCompany() throws IOException {
        TestModels.generator(directory);
        try (MaskFiller filler = MaskFiller.load(directory, options(2))) {
            List<String> texts = new ArrayList<>();
            for (int words : new int[] {0, 3, 30, 55, 61, 90, 200, 1, 12, 40}) {
                texts.add("[MASK] " + TestModels.text(words, words) + " [MASK] " + TestModels.text(words / 2, 3));
            }
            List<List<FilledMask>> together = filler.fill(texts, 3);
            for (int i = 0; i < texts.size(); i++) {
                List<FilledMask> alone = filler.fill(texts.get(i), 3);
                assertThat(together.get(i)).hasSize(2).hasSameSizeAs(alone);
                assertThat(together.get(i).get(1).start())
                        .isEqualTo(texts.get(i).lastIndexOf("[MASK]"));
                for (int mask = 0; mask < 2; mask++) {
                    FilledMask one = alone.get(mask);
                    FilledMask other = together.get(i).get(mask);
                    assertThat(other.candidates()).hasSize(3);
                    assertThat(other.best().token()).isEqualTo(one.best().token());
                    assertThat(other.best().probability()).isCloseTo(one.best().probability(), within(1e-5));
                }
            }
            assertThat(together.stream()
                            .flatMap(List::stream)
                            .map(mask -> mask.best().probability())
                            .distinct())
                    .hasSizeGreaterThan(10);
            assertThat(filler.fill(List.of(), 1)).isEmpty();
            // more masks than are scored at once
            assertThat(filler.fill("[MASK] t7 ".repeat(50), 1)).hasSize(50);
        }
    }

    @Test
    void misuseIsAClearError() throws IOException {
        TestModels.generator(directory);
        MaskFiller filler = MaskFiller.load(directory, options(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> filler.fill(List.of("[MASK]", "t5 [mask] [ MASK ]"), 1))
                .withMessage("text number 2 has no [MASK], which stands for a token that is to be guessed");
        for (int top : new int[] {0, TestModels.VOCABULARY + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> filler.fill("[MASK]", top))
                    .withMessage("expected 1 to 122 tokens for each mask, got " + top);
        }
        filler.close();
        assertThatThrownBy(() -> filler.fill("[MASK]", 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the model " + directory + " is closed");
        Path tagger = TestModels.tagger(directory.resolve("tagger"), List.of("a", "b"));
        assertThatThrownBy(() -> MaskFiller.load(tagger, options(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "expected a pre-trained network that guesses tokens (ElectraForMaskedLM), found tag");
    }

    @Test
    void ofARun() throws IOException {
        Path run = directory.resolve("run");
        TestModels.generator(run.resolve("generator"));
        Files.createDirectories(run.resolve("discriminator"));
        try (MaskFiller filler = MaskFiller.load(run, options(2));
                MaskFiller generator = MaskFiller.load(run.resolve("generator"), options(2))) {
            assertThat(filler.fill("t5 [MASK]", 4)).isEqualTo(generator.fill("t5 [MASK]", 4));
        }
    }

    @Test
    void theLikeliestFirstAndOfEqualsTheFirstOfTheVocabulary() {
        LikeliestTokens tokens = LikeliestTokens.of(new float[] {1, 3, 2, 3, -5, 2}, 4);
        assertThat(tokens.ids()).containsExactly(1, 3, 2, 5);
        double sum = Math.exp(-2) + 2 + 2 * Math.exp(-1) + Math.exp(-8);
        assertThat(tokens.probabilities())
                .containsExactly(
                        new double[] {1 / sum, 1 / sum, Math.exp(-1) / sum, Math.exp(-1) / sum}, within(1e-12));
        assertThat(LikeliestTokens.of(new float[] {2, 3, 2}, 2).ids()).containsExactly(1, 0);
        assertThat(LikeliestTokens.of(new float[] {-200, 800}, 2).probabilities()[0])
                .as("no overflow")
                .isEqualTo(1);
    }

    @Test
    void whatLiesBetweenMasksIsDividedByItself() {
        MaskedText text = MaskedText.of("A[MASK]bd[MASK]", new WordPiece(WORDS, WordPieceOptions.uncased()));
        assertThat(text.ids()).containsExactly(5, 4, 6, 8, 4);
        assertThat(text.masks()).containsExactly(new MaskedText.Mask(1, 1), new MaskedText.Mask(9, 4));
    }

    /** Every mask is judged once, in its order, and has what surrounds it: the text goes on to the stretch's ends, or ends there. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16})
    void windowsOfLongTexts(int room) {
        for (int tokens : new int[] {1, 2, 15, 16, 17, 18, 40, 100}) {
            for (int every : new int[] {1, 2, 7, 30}) {
                int[] ids = IntStream.range(0, tokens).map(i -> i % 3 + 5).toArray();
                List<MaskedText.Mask> masks = new ArrayList<>();
                for (int at = every / 2; at < tokens; at += every) {
                    ids[at] = WORDS.maskId();
                    masks.add(new MaskedText.Mask(0, at));
                }
                int judged = 0;
                for (MaskedTokenScorer.Masked window : new MaskedText(ids, masks).windows(room + 2, WORDS)) {
                    int[] seen = window.text().ids();
                    assertThat(seen).hasSize(Math.min(room, tokens) + 2);
                    for (int place : window.places()) {
                        int token = masks.get(judged++).token();
                        int start = token - (place - 1);
                        assertThat(start).isBetween(0, tokens - (seen.length - 2));
                        assertThat(Arrays.equals(
                                        Arrays.copyOfRange(seen, 1, seen.length - 1),
                                        Arrays.copyOfRange(ids, start, start + seen.length - 2)))
                                .as("%s tokens, token %s at %s", tokens, token, place)
                                .isTrue();
                        assertThat(place - 1).isGreaterThanOrEqualTo(Math.min(token, room / 2));
                        assertThat(seen.length - 2 - place)
                                .isGreaterThanOrEqualTo(Math.min(tokens - 1 - token, room / 4));
                    }
                }
                assertThat(judged).isEqualTo(masks.size());
            }
        }
    }
}
