package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Preset;
import org.jelectra.io.Json;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.SnapshotFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run that begins with weights is trained like, where no preset is named. */
class WarmStartPresetTest {

    @TempDir
    Path folder;

    private Path weights;
    private String begin;

    /** Weights of preset small's kind, but of one layer. */
    @BeforeEach
    void train() throws IOException {
        Path text = TinyRun.writeText(folder);
        weights = folder.resolve("weights");
        run("pretrain --data " + text + " --vocab " + TinyRun.writeVocabulary(folder) + " --output " + weights
                + " --max-steps 1 --batch 2 --sequence-length 16 --hidden-size 192 --layers 1 --heads 2 --embedding-size 16"
                + " --dropout 0.2 --attention-dropout 0.05");
        begin = " --data " + text + " --backend cpu --batch 2 --max-steps 2 --init-from " + weights;
    }

    private static String run(String line) {
        CommandRunner.Result result = assertSuccess(CommandRunner.run(line.split(" ")));
        return result.out();
    }

    @Test
    void widthsHaveTheirPresets() {
        for (Preset preset : Preset.values()) {
            Preset chosen = Preset.ofHiddenSize(preset.encoder(1000).hiddenSize());
            assertThat(chosen).isEqualTo(preset == Preset.SMALL_PLUS_PLUS ? Preset.SMALL : preset);
        }
        assertThat(Preset.ofHiddenSize(32)).isEqualTo(Preset.TINY);
        assertThat(Preset.ofHiddenSize(129)).isEqualTo(Preset.SMALL);
        assertThat(Preset.ofHiddenSize(257)).isEqualTo(Preset.BASE);
        assertThat(Preset.ofHiddenSize(769)).isEqualTo(Preset.LARGE);
        assertThat(Preset.ofHiddenSize(4096)).isEqualTo(Preset.LARGE);
    }

    @Test
    void theWeightsChooseWhatTheyAreTrainedLike() throws IOException {
        Path second = folder.resolve("second");
        String out = run("pretrain" + begin + " --snapshot-steps 1 --output " + second);

        assertThat(out).contains("preset    small, by the hidden size of the weights (--preset names another)");
        PretrainSettings settings = RunSoFar.settings(second);
        assertThat(settings.sequenceLength()).isEqualTo(Preset.SMALL.sequenceLength());
        assertThat(settings.masking().maskProbability()).isEqualTo(Preset.SMALL.maskProbability());
        JsonObject options = Json.read(second.resolve(RunSoFar.SETTINGS)).getAsJsonObject("options");
        assertThat(options.get("--preset").getAsString()).isEqualTo("small");
        for (String network : new String[] {"discriminator", "generator"}) {
            EncoderConfig config = ModelFiles.readConfig(second.resolve(network));
            assertThat(config).isEqualTo(ModelFiles.readConfig(weights.resolve(network)));
            assertThat(config.hiddenDropout()).isEqualTo(0.2f);
            assertThat(config.attentionDropout()).isEqualTo(0.05f);
            assertThat(config.initializerRange()).isEqualTo(0.05f);
        }

        Files.delete(new SnapshotFolder(second).file(2));
        assertThat(run("pretrain --resume " + second))
                .contains("resumed after step 1 of 2", "model     small: ")
                .doesNotContain("preset    ");
        assertThat(RunSoFar.settings(second)).isEqualTo(settings);
    }

    @Test
    void anOptionSaysOtherwise() throws IOException {
        Path second = folder.resolve("second");
        String out = run("pretrain" + begin + " --preset tiny --dropout 0 --output " + second);

        assertThat(out).doesNotContain("preset    ").contains("as in preset tiny");
        assertThat(RunSoFar.settings(second).sequenceLength()).isEqualTo(Preset.TINY.sequenceLength());
        EncoderConfig config = ModelFiles.readConfig(second.resolve("discriminator"));
        assertThat(config.hiddenDropout()).isZero();
        assertThat(config.attentionDropout()).isEqualTo(0.05f);
    }

    /** The other run's dropout came from its own weights, and was not asked for. */
    @Test
    void aRunLikeAnotherHasTheDropoutOfItsOwnWeights() throws IOException {
        Path first = folder.resolve("first");
        run("pretrain" + begin + " --output " + first);
        Path others = folder.resolve("others");
        run("pretrain --like " + first + " --max-steps 1 --dropout 0.3 --attention-dropout 0.15 --output " + others);

        Path third = folder.resolve("third");
        run("pretrain --like " + first + " --init-from " + others + " --output " + third);

        EncoderConfig config = ModelFiles.readConfig(third.resolve("discriminator"));
        assertThat(config.hiddenDropout()).isEqualTo(0.3f);
        assertThat(config.attentionDropout()).isEqualTo(0.15f);
    }

    /** As if it had been killed before its first snapshot, where it begins with its weights once more. */
    @Test
    void aRunThatBeginsAnewIsTheSame() throws IOException {
        Path first = folder.resolve("first");
        run("pretrain" + begin + " --output " + first);
        PretrainSettings settings = RunSoFar.settings(first);
        for (int step : new SnapshotFolder(first).steps()) {
            Files.delete(new SnapshotFolder(first).file(step));
        }
        for (String network : new String[] {"discriminator", "generator"}) {
            Files.move(first.resolve(network), folder.resolve(network));
        }

        assertThat(run("pretrain --resume " + first)).contains("before its first snapshot");

        assertThat(RunSoFar.settings(first)).isEqualTo(settings);
        assertThat(first.resolve("discriminator").resolve(ModelFiles.WEIGHTS))
                .hasSameBinaryContentAs(folder.resolve("discriminator").resolve(ModelFiles.WEIGHTS));
    }

    @Test
    void aPlanIsThatOfTheRun() {
        String chosen = run("plan" + begin);
        assertThat(chosen).isEqualTo(run("plan" + begin + " --preset small"));
        assertThat(chosen).isNotEqualTo(run("plan" + begin + " --preset tiny"));
    }

    @Test
    void aGeneratorDoesNotTellTheSizeOfItsDiscriminator() {
        for (String command : new String[] {"plan", "pretrain"}) {
            CommandRunner.Result result = CommandRunner.run((command + begin + "/generator").split(" "));
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .contains("--init-from has a generator alone, which does not tell the discriminator's sizes:"
                            + " expected --preset beside it, got none");
        }
        run("plan" + begin + "/generator --objective mlm");
        CommandRunner.Result result = CommandRunner.run(("plan" + begin + "/discriminator --objective mlm").split(" "));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("--init-from has a discriminator alone: expected a generator, which --objective mlm trains");
    }
}
