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
        return new FineTuneBase(folder, config, TokenizerFiles.load(folder, config));
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
                null, // among the files
                source.heldOut(),
                options.settings(config, tokenizer, source.epochs(), source.maxLength()),
                options.keepsBest(),
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
