package org.jelectra.electra.flops;

import java.util.List;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.batch.MaskingOptions;

/**
 * The models that the ELECTRA paper compares with one another. Sizes and lengths of the trainings are those of
 * {@code flops_computation.py}, printed FLOPs those of the paper's Tables 1, 2 and 8, parameters of models that jelectra does not
 * train those of Tables 1 and 2.
 */
public final class PublishedModels {

    /** Of BERT's uncased English vocabulary. */
    private static final int VOCABULARY = 30522;

    private static final String PRINTED_UNVERIFIED = "the printed FLOPs are not verified";

    /** The base of comparisons. */
    public static final CountedTraining ELECTRA_SMALL =
            electra("ELECTRA-Small", Preset.SMALL, 19, 1_000_000, 1.4e18).withPreset(Preset.SMALL);

    /** All of them. */
    public static final List<CountedTraining> ALL = List.of(
            ELECTRA_SMALL,
            electra("ELECTRA-Small, 50 % trained", Preset.SMALL, 19, 500_000, 7.1e17),
            electra("ELECTRA-Small, 25 % trained", Preset.SMALL, 19, 250_000, 3.6e17),
            electra("ELECTRA-Small, 12.5 % trained", Preset.SMALL, 19, 125_000, 1.8e17),
            electra("ELECTRA-Small, 6.25 % trained", Preset.SMALL, 19, 62_500, 8.9e16),
            electra("ELECTRA-Small-OWT", Preset.SMALL, 19, 1_000_000, 1.4e18),
            electra("ELECTRA-Small++", Preset.SMALL_PLUS_PLUS, 79, 4_000_000, 3.3e19)
                    .withPreset(Preset.SMALL_PLUS_PLUS)
                    .withNote("generator of full size, as released; " + PRINTED_UNVERIFIED),
            electra("ELECTRA-Base", Preset.BASE, 79, 766_000, 6.4e19).withPreset(Preset.BASE),
            electra("ELECTRA-Base++", Preset.BASE, 79, 4_000_000, 3.3e20)
                    .withNote("the number of steps is not verified; " + PRINTED_UNVERIFIED),
            electra("ELECTRA-400K", Preset.LARGE, 130, 400_000, 7.1e20).withPreset(Preset.LARGE),
            electra("ELECTRA-1.75M", Preset.LARGE, 130, 1_750_000, 3.1e21),
            bert("BERT-Small", Preset.SMALL, 1_450_000, 128, 128, 1.4e18),
            bert("BERT-Base", Preset.BASE, 1_000_000, 256, 512, 6.4e19),
            bert("BERT-Large", Preset.LARGE, 1_000_000, 256, 512, 1.9e20),
            bert("BERT-Large, ELECTRA's data", Preset.LARGE, 464_000, 2048, 512, 7.1e20)
                    .withNote("the number of steps is not verified"),
            counted("ELMo", 96e6, 10 * 768_648_884.0 / (20 * 128), 20, 128, 568_093_262_680.0, 3.3e18, 2.6e10)
                    .withNote("10 passes over 768,648,884 words; operations counted by TensorFlow, forward as printed"),
            CountedTraining.of("GPT", sizes(768, 12, 768, 40_000, 1), 117e6, 960_800, 128, 4.0e19),
            counted("XLNet", 360e6, 500_000, 8192, 512, 15_064_773_691_518.0 / 32 * 8192, 3.9e21, Double.NaN)
                    .withNote("operations counted by TensorFlow"),
            roberta("RoBERTa-100K", 100_000, 6.4e20),
            roberta("RoBERTa-500K", 500_000, 3.2e21),
            CountedTraining.of(
                    "ALBERT",
                    sizes(4096, 12, 128, 30_000, EncoderFlops.PREDICTED_SHARE),
                    Double.NaN,
                    1_500_000,
                    4096,
                    3.1e22),
            t5());

    private PublishedModels() {}

    private static CountedTraining electra(String name, Preset preset, int slots, double steps, double printed) {
        ElectraConfig config = ElectraConfig.of(
                preset.encoder(VOCABULARY), preset.generatorSize(), 1, Sharing.EMBEDDINGS, Objective.ELECTRA);
        return CountedTraining.of(name, config, steps, preset.batchSize(), preset.sequenceLength(), slots, printed);
    }

    private static CountedTraining bert(
            String name, Preset preset, double steps, int batch, int length, double printed) {
        EncoderConfig encoder = preset.encoder(VOCABULARY);
        ElectraConfig config = ElectraConfig.of(encoder, 1, 1, Sharing.EMBEDDINGS, Objective.MLM);
        int slots = MaskingOptions.standard().maxPredictions(length);
        return CountedTraining.of(name, config, steps, batch, length, slots, printed);
    }

    private static CountedTraining roberta(String name, double steps, double printed) {
        EncoderFlops sizes = sizes(1024, 24, 1024, 50_265, EncoderFlops.PREDICTED_SHARE);
        return CountedTraining.of(name, sizes, 356e6, steps, 8000, printed);
    }

    /** Encoder and decoder, each as if it read all tokens; the encoder predicts none of them, the decoder all. */
    private static CountedTraining t5() {
        EncoderFlops encoder = new EncoderFlops(1024, 128 * 128, 24, 128, 65_536, 1024, 32_000, 512, 0, 1);
        EncoderFlops decoder = new EncoderFlops(1024, 128 * 128, 24, 128, 65_536, 1024, 32_000, 512, 1, 2);
        double sequences = 2.0 * 2048;
        double step = sequences * encoder.maskedLanguageModel() + sequences * decoder.maskedLanguageModel();
        return counted("T5-11B", 11e9, 1_000_000, 2048, 512, step / 2, Double.NaN, Double.NaN)
                .withNote("encoder and decoder; parameters as in its name");
    }

    /** As of BERT: heads of 64, feed-forward layers of 4 times the hidden size, sequences of 512 tokens. */
    private static EncoderFlops sizes(int hidden, int layers, int embedding, int vocabulary, double predictedShare) {
        return new EncoderFlops(
                hidden, hidden, layers, hidden / 64, 4L * hidden, embedding, vocabulary, 512, predictedShare, 1);
    }

    /** One whose forward pass over a batch was counted otherwise. */
    private static CountedTraining counted(
            String name,
            double parameters,
            double steps,
            int batch,
            int length,
            double forwardBatch,
            double printed,
            double forward) {
        double training = 2 * steps * forwardBatch;
        return new CountedTraining(
                name, null, null, parameters, steps, batch, length, training, printed, forward, Double.NaN, "");
    }
}
