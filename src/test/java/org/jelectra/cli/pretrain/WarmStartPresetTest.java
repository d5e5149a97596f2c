package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

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
        CommandRunner.Result result = CommandRunner.run(line.split(" "));
        assertThat(result.code()).as(result.err()).isZero();
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

    /** Runs of earlier versions name no preset where tiny was meant, and no dropout where the preset's was. */
    @Test
    void aRunThatNamesNoPresetIsOneOfTiny() throws IOException {
        Path second = folder.resolve("second");
        run("pretrain" + begin + " --preset tiny --dropout 0 --attention-dropout 0 --output " + second);
        PretrainSettings settings = RunSoFar.settings(second);
        JsonObject json = Json.read(second.resolve(RunSoFar.SETTINGS));
        for (String option : new String[] {"--preset", "--dropout", "--attention-dropout"}) {
            assertThat(json.getAsJsonObject("options").remove(option)).isNotNull();
        }
        Json.write(second.resolve(RunSoFar.SETTINGS), json);

        Path third = folder.resolve("third");
        run("pretrain --like " + second + " --output " + third);
        assertThat(RunSoFar.settings(third)).isEqualTo(settings);

        // as if killed before its first snapshot
        for (int step : new SnapshotFolder(second).steps()) {
            Files.delete(new SnapshotFolder(second).file(step));
        }
        for (String network : new String[] {"discriminator", "generator"}) {
            Files.move(second.resolve(network), folder.resolve(network));
        }
        Files.writeString(second.resolve("metrics.jsonl"), "");
        assertThat(run("pretrain --resume " + second))
                .contains("before its first snapshot", "2 steps of 2 x " + Preset.TINY.sequenceLength() + " tokens");
        assertThat(ModelFiles.readConfig(second.resolve("discriminator")).hiddenDropout())
                .isZero();
        assertThat(second.resolve("discriminator").resolve(ModelFiles.WEIGHTS))
                .hasSameBinaryContentAs(third.resolve("discriminator").resolve(ModelFiles.WEIGHTS));
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
