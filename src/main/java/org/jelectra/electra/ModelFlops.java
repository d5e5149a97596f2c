package org.jelectra.electra;

import java.util.LinkedHashMap;
import java.util.Map;

/** Pre-training compute of the models that ELECTRA is compared with, by {@link TransformerFlops}'s rules (Clark et al. 2020). */
public final class ModelFlops {

    private ModelFlops() {}

    /** Training FLOPs by model name, in the order of the paper's script. */
    public static Map<String, Double> published() {
        Map<String, Double> flops = new LinkedHashMap<>();
        // counted with a profiler, not by formula: 10 epochs of 768,648,884 words, 568,093,262,680 FLOPs for 20 x 128
        // words
        flops.put("elmo", 2 * 10 * 768648884.0 * 568093262680.0 / (20.0 * 128));
        // likewise: 15,064,773,691,518 FLOPs forward for 32 sequences
        flops.put("xlnet", 2 * 500000.0 * 8192 * 15064773691518.0 / 32);
        flops.put("gpt", TransformerFlops.of(768, 12).withVocabulary(40000, 1).trainMaskedLanguageModel(128, 960800));
        flops.put("bert_small", TransformerFlops.of(256, 12).with(128, 128).trainMaskedLanguageModel(128, 1.45e6));
        flops.put("bert_base", TransformerFlops.of(768, 12).trainMaskedLanguageModel(256, 1e6));
        flops.put("bert_large", TransformerFlops.of(1024, 24).trainMaskedLanguageModel(256, 1e6));
        flops.put("electra_small", electra(256, 12, 64, 128, 128, 128, 1e6));
        flops.put("electra_base", electra(768, 12, 256, 512, 768, 256, 766000));
        flops.put("electra_400k", electra(1024, 24, 256, 512, 1024, 2048, 400000));
        flops.put("electra_1.75M", electra(1024, 24, 256, 512, 1024, 2048, 1750000));
        flops.put(
                "roberta",
                TransformerFlops.of(1024, 24)
                        .withVocabulary(50265, TransformerFlops.MASKED_FRACTION)
                        .trainMaskedLanguageModel(8000, 500000));
        flops.put(
                "albert",
                TransformerFlops.of(4096, 12)
                        .with(512, 128)
                        .withVocabulary(30000, TransformerFlops.MASKED_FRACTION)
                        .trainMaskedLanguageModel(4096, 1.5e6));
        TransformerFlops t5 = TransformerFlops.of(1024, 24).withBlock(65536, 128, 128);
        flops.put(
                "t5_11b",
                t5.withVocabulary(32000, 0).trainMaskedLanguageModel(2048, 1e6)
                        + t5.withVocabulary(32000, 1).trainDecoder(2048, 1e6));
        return flops;
    }

    /** Joint training with shared embeddings; both networks have the same depth. */
    private static double electra(
            long hidden,
            long layers,
            long generatorHidden,
            long length,
            long embedding,
            double batchSize,
            double steps) {
        return TransformerFlops.trainElectra(
                TransformerFlops.of(hidden, layers).with(length, embedding),
                TransformerFlops.of(generatorHidden, layers).with(length, embedding),
                batchSize,
                steps);
    }
}
