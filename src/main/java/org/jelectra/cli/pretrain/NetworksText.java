package org.jelectra.cli.pretrain;

import java.util.Locale;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.flops.ParameterCounts;
import org.jelectra.nn.EncoderConfig;

/** The networks of a run in a few words. */
final class NetworksText {

    private NetworksText() {}

    /** What they are, and what they share. */
    static String networks(ElectraConfig config) {
        if (!config.hasMainNetwork()) {
            return "one encoder of " + sizes(config.generator()) + ", masked-language modelling alone";
        }
        String shared = switch (config.sharing()) {
            case NONE -> "nothing shared";
            case EMBEDDINGS -> "embeddings shared";
            case ALL -> "all shared";
        };
        String main = switch (config.objective()) {
            case ELECTRA -> "discriminator of %s";
            case ELECTRA_15 -> "discriminator of %s, judged by the selected tokens alone";
            case REPLACE_MLM -> "main network of %s, predicts the selected tokens";
            case ALL_TOKENS_MLM -> "main network of %s, predicts every token or copies it";
            case MLM -> throw new IllegalStateException("mlm has one network");
        };
        String training = switch (config.generatorTraining()) {
            case MLE -> "";
            case ADVERSARIAL -> " trained against it";
            case FROZEN -> " (frozen)";
        };
        return String.format(Locale.ROOT, main, sizes(config.discriminator())) + ", generator of "
                + sizes(config.generator()) + training + ", " + shared;
    }

    private static String sizes(EncoderConfig config) {
        return config.layers() + " layers x " + config.hiddenSize();
    }

    /** Their parameters by part, as the paper counts: its tables have the network that is kept. */
    static String parameters(ElectraConfig config) {
        ParameterCounts.Parts parts = ParameterCounts.parts(config);
        String network = !config.hasMainNetwork()
                ? "encoder"
                : config.objective().hasDiscriminator() ? "discriminator" : "main network";
        return String.format(
                Locale.ROOT,
                "embeddings %,d, %s%s %,d; a fine-tuned model keeps %,d, and has a head of its own",
                parts.embeddings(),
                parts.generator() == 0 ? "" : String.format(Locale.ROOT, "generator %,d, ", parts.generator()),
                network,
                parts.network(),
                parts.encoder());
    }
}
