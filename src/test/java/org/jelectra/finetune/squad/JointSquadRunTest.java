package org.jelectra.finetune.squad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.finetune.FineTunePlan;
import org.jelectra.finetune.FineTuneRun;
import org.jelectra.finetune.FineTuneRunListener;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.FineTuningTask;
import org.jelectra.finetune.InitialWeights;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.SeedResult;
import org.jelectra.finetune.StepReport;
import org.jelectra.inference.squad.SquadHead;
import org.jelectra.inference.squad.SquadQuestion;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with the joint head, interrupted, goes on bit for bit for any number of threads, and not with the other head. */
class JointSquadRunTest {

    private static final Vocabulary VOCABULARY =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "dog", "sees", "the", "who"));

    @TempDir
    private Path directory;

    private static SquadFile questions() {
        List<SquadQuestion> questions = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            String context = "the ".repeat(i % 9 + 1) + (i % 3 == 0 ? "cat " : "dog ") + "sees the ".repeat(i % 5 * 4);
            SquadQuestion.Answer dog = new SquadQuestion.Answer("dog", context.indexOf("dog"));
            questions.add(new SquadQuestion("q" + i, "who sees", context, i % 3 == 0 ? List.of() : List.of(dog)));
        }
        return new SquadFile(Path.of("made.json"), questions, 0);
    }

    private Optional<List<SeedResult>> run(SquadHead head, Path output, int threads, boolean resumes, int steps)
            throws IOException {
        EncoderConfig config = new EncoderConfig(VOCABULARY.size(), 8, 16, 2, 2, 32, 64, 2, 0.1f, 0.1f, 1e-12f, 0.02f);
        // windows of at most 24 tokens, so that longer contexts are cut
        FineTuneSettings settings =
                new FineTuneSettings(1e-3, 0.8, true, 0.01, 2, 0.1, 4, 1, 24, Reduction.SUM, 1, null, 7);
        TokenizerFiles tokenizer = new TokenizerFiles(VOCABULARY, WordPieceOptions.uncased(), 24);
        FineTunePlan plan = new FineTunePlan(
                "SQuAD-2.0",
                head.label(),
                directory,
                InitialWeights.RANDOM,
                config,
                tokenizer,
                Map.of(),
                null,
                null,
                settings,
                false,
                1,
                output,
                0,
                resumes);
        SquadData data = new SquadData(SquadVersion.V2, questions(), questions(), List.of());
        WordPiece wordPiece = new WordPiece(VOCABULARY, WordPieceOptions.uncased());
        FineTuningTask.Factory tasks =
                (backend, sizes, seed) -> new SquadTask(backend, sizes, head, seed, data, wordPiece);
        FineTuneRunListener listener = new FineTuneRunListener() {
            private int seen;

            @Override
            public void onReport(long seed, StepReport report) {
                seen++;
            }

            @Override
            public boolean isInterrupted() {
                return seen >= steps;
            }
        };
        return new FineTuneRun(() -> CpuBackend.create(threads), plan, tasks, listener).run();
    }

    @Test
    void goesOnBitForBit() throws IOException {
        Path whole = directory.resolve("whole");
        assertThat(run(SquadHead.JOINT, whole, 2, false, Integer.MAX_VALUE)).isPresent();
        Path parts = directory.resolve("parts");
        assertThat(run(SquadHead.JOINT, parts, 1, false, 3)).isEmpty();
        assertThat(parts.resolve("seed-7/run.snapshot")).isRegularFile();
        assertThatThrownBy(() -> run(SquadHead.HUGGINGFACE, parts, 1, true, 2))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith(
                        "run.snapshot: written by a run with other settings: head was joint, now huggingface");
        assertThat(run(SquadHead.JOINT, parts, 2, true, 4)).isEmpty();
        assertThat(run(SquadHead.JOINT, parts, 1, true, Integer.MAX_VALUE)).isPresent();
        for (String file : List.of("model.safetensors", "null_odds.json", "predictions.json")) {
            assertThat(Files.readAllBytes(parts.resolve("seed-7").resolve(file)))
                    .as(file)
                    .isEqualTo(Files.readAllBytes(whole.resolve("seed-7").resolve(file)));
        }
    }
}
