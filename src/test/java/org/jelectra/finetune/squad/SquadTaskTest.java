package org.jelectra.finetune.squad;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.inference.squad.SquadHead;
import org.jelectra.inference.squad.SquadQuestion;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;

class SquadTaskTest {

    private static final Vocabulary VOCABULARY =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "dog", "sees", "the"));

    /** A question whose answer has so many pieces. */
    private static SquadQuestion question(int pieces) {
        String answer = "dog" + " dog".repeat(pieces - 1);
        return new SquadQuestion(
                "q" + pieces, "the", "sees " + answer + " the", List.of(new SquadQuestion.Answer(answer, 5)));
    }

    @Test
    void answersThatAreTooLongToBeGivenAreCounted() {
        List<SquadQuestion> questions = IntStream.of(1, 30, 31, 40, 70)
                .mapToObj(SquadTaskTest::question)
                .toList();
        SquadFile file = new SquadFile(Path.of("made.json"), questions, 0);
        EncoderConfig config = new EncoderConfig(VOCABULARY.size(), 8, 16, 2, 2, 32, 64, 2, 0.1f, 0.1f, 1e-12f, 0.02f);
        try (Backend backend = CpuBackend.create(1)) {
            SquadTask task = new SquadTask(
                    backend,
                    config,
                    SquadHead.HUGGINGFACE,
                    FineTuneSettings.defaults(16, 1, 60, 1),
                    new SquadData(SquadVersion.V1, file, file, List.of()),
                    new WordPiece(VOCABULARY, WordPieceOptions.uncased()));
            assertThat(task.warnings())
                    .containsExactly(
                            "made.json: 1 of 5 answers are whole in no window of 60 tokens (--max-length) and are trained on"
                                    + " as none",
                            "made.json: 2 of 5 answers have more than 30 pieces, as no answer of the model does");
        }
    }
}
