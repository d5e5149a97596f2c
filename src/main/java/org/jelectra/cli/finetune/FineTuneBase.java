package org.jelectra.cli.finetune;

import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.finetune.FineTunePlan;
import org.jelectra.nn.EncoderConfig;

/** The pre-trained model that is built on, without its weights. */
record FineTuneBase(Path folder, EncoderConfig config, TokenizerFiles tokenizer) {

    static FineTuneBase load(Path model) throws IOException {
        Path folder = EncoderFiles.find(model);
        EncoderConfig config = ModelFiles.readConfig(folder);
        TokenizerFiles tokenizer = TokenizerFiles.load(folder, config.maxPositions());
        int tokens = tokenizer.vocabulary().size();
        if (tokens != config.vocabularySize()) {
            throw new IOException(folder + ": vocab.txt must have as many tokens as the model, got " + tokens + " and "
                    + config.vocabularySize());
        }
        return new FineTuneBase(folder, config, tokenizer);
    }

    /** Throws IllegalArgumentException for options that do not fit. */
    FineTunePlan plan(TaskSource source, FineTuneOptions options, Path output, FineTuneBeginning beginning) {
        FineTunePlan plan = new FineTunePlan(
                source.name(),
                source.head(),
                folder,
                beginning.randomWeights,
                options.encoder(config),
                tokenizer,
                source.files(),
                options.settings(config, tokenizer, source.epochs(), source.maxLength()),
                options.seeds(),
                output,
                options.snapshotMinutes(),
                beginning.resume);
        if (!beginning.randomWeights) {
            options.requireTrained(tokenizer);
        }
        return plan;
    }
}
