package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Objective;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.inference.ModelKind;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;

/**
 * A pre-trained model as it lies in a folder.
 *
 * @param networks generator and, if there is one, main network
 * @param tokenizer of its text
 * @param run settings of its training; null where nothing tells of them
 */
record PretrainedModel(ElectraModel networks, TokenizerFiles tokenizer, PretrainSettings run) {

    /**
     * The folder of a generator that lies in the directory itself.
     *
     * @return null where generator/, and perhaps discriminator/, lie in it
     * @throws IOException if there is neither
     */
    static Path generatorAlone(Path directory) throws IOException {
        if (Files.isDirectory(directory.resolve(ElectraModel.GENERATOR))) {
            return null;
        }
        ModelKind kind = ModelKind.of(directory);
        if (kind != ModelKind.GENERATOR) {
            throw new IOException(directory + ": expected a discriminator and a generator, or a generator, found "
                    + kind + "; import --generator puts a generator beside it");
        }
        return EncoderFiles.find(directory);
    }

    /** Reads the generator alone if it is not null, else the networks of the directory. */
    static PretrainedModel load(Backend backend, Path directory, Path generatorAlone) throws IOException {
        ElectraModel networks = generatorAlone == null
                ? ModelFiles.load(backend, directory)
                : ModelFiles.loadMaskedLanguageModel(backend, generatorAlone);
        Path folder = generatorAlone != null
                ? generatorAlone
                : directory.resolve(
                        networks.config().hasMainNetwork() ? ElectraModel.DISCRIMINATOR : ElectraModel.GENERATOR);
        return new PretrainedModel(
                networks, TokenizerFiles.load(folder, ModelFiles.readConfig(folder)), run(directory, folder));
    }

    private static PretrainSettings run(Path directory, Path folder) throws IOException {
        if (Files.isRegularFile(directory.resolve(RunSoFar.SETTINGS))) {
            return RunSoFar.settings(directory);
        }
        return Files.isRegularFile(folder.resolve(ModelFiles.PRETRAINING))
                ? RunSoFar.read(folder).settings()
                : null;
    }

    /** What it was trained for; the files of a model alone do not tell ELECTRA from ELECTRA 15 %. */
    Objective objective() {
        Objective read = networks.config().objective();
        boolean fifteen =
                read == Objective.ELECTRA && run != null && run.model().objective() == Objective.ELECTRA_15;
        return fifteen ? Objective.ELECTRA_15 : read;
    }

    ElectraConfig config() {
        ElectraConfig read = networks.config();
        return new ElectraConfig(read.discriminator(), read.generator(), read.sharing(), objective());
    }
}
