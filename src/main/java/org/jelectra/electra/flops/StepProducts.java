package org.jelectra.electra.flops;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Objective;
import org.jelectra.nn.EncoderConfig;

/** The products of activations and weights in a training step; each is there once forward and twice backward. */
public final class StepProducts {

    private StepProducts() {}

    /** Those of one step on {@code batch} sequences of {@code length} tokens with {@code slots} masked positions each. */
    public static List<MatrixProduct> of(ElectraConfig config, int batch, int length, int slots) {
        int tokens = batch * length;
        int masked = batch * slots;
        EncoderConfig generator = config.generator();
        List<MatrixProduct> products = new ArrayList<>();
        addEncoder(products, "generator", generator, tokens);
        int embedding = generator.embeddingSize();
        products.add(new MatrixProduct("masked-token head", masked, generator.hiddenSize(), embedding, 1));
        products.add(new MatrixProduct("vocabulary", masked, embedding, generator.vocabularySize(), 1));
        if (config.hasMainNetwork()) {
            addEncoder(products, "discriminator", config.discriminator(), tokens);
            addMainHead(products, config, tokens, masked);
        }
        return products;
    }

    private static void addMainHead(List<MatrixProduct> products, ElectraConfig config, int tokens, int masked) {
        EncoderConfig main = config.discriminator();
        int hidden = main.hiddenSize();
        if (config.objective().hasDiscriminator()) {
            products.add(new MatrixProduct("replaced-token head", tokens, hidden, hidden, 1));
            products.add(new MatrixProduct("replaced or not", tokens, hidden, 1, 1));
            return;
        }
        boolean everywhere = config.objective() == Objective.ALL_TOKENS_MLM;
        int rows = everywhere ? tokens : masked;
        products.add(new MatrixProduct("main token head", rows, hidden, main.embeddingSize(), 1));
        products.add(new MatrixProduct("main vocabulary", rows, main.embeddingSize(), main.vocabularySize(), 1));
        if (everywhere) {
            products.add(new MatrixProduct("copy gate", tokens, hidden, 1, 1));
        }
    }

    private static void addEncoder(List<MatrixProduct> products, String name, EncoderConfig config, int tokens) {
        int hidden = config.hiddenSize();
        int intermediate = config.intermediateSize();
        int layers = config.layers();
        if (config.projectsEmbeddings()) {
            products.add(new MatrixProduct(name + " embeddings", tokens, config.embeddingSize(), hidden, 1));
        }
        products.add(new MatrixProduct(name + " query, key, value", tokens, hidden, 3 * hidden, layers));
        products.add(new MatrixProduct(name + " attention output", tokens, hidden, hidden, layers));
        products.add(new MatrixProduct(name + " feed-forward in", tokens, hidden, intermediate, layers));
        products.add(new MatrixProduct(name + " feed-forward out", tokens, intermediate, hidden, layers));
    }
}
