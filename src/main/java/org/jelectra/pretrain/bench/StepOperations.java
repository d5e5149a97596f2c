package org.jelectra.pretrain.bench;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.check.Catalog;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.check.Trial;
import org.jelectra.electra.flops.StepProducts;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.pretrain.PretrainSettings;

/** Every operation of a backend at the sizes of both networks of a training step, and all products that a step has. */
public final class StepOperations {

    private StepOperations() {}

    /**
     * Those of one name and equal shapes are there once.
     *
     * @param parameters numbers that the optimiser updates
     * @param logitsWidth columns of the logits of so many words, see {@link org.jelectra.backend.Backend#logitsWidth}
     */
    public static Collection<Trial> of(PretrainSettings settings, int parameters, IntUnaryOperator logitsWidth) {
        int vocabulary = settings.model().generator().vocabularySize();
        int logits = logitsWidth.applyAsInt(vocabulary);
        Map<String, Trial> trials = new LinkedHashMap<>();
        if (settings.model().hasMainNetwork()) {
            add(trials, Catalog.of(sizes(settings, settings.model().discriminator(), parameters, logits)));
        }
        add(trials, Catalog.of(sizes(settings, settings.model().generator(), parameters, logits)));
        StepProducts.of(settings.model(), settings.batchSize(), settings.sequenceLength(), settings.slots())
                .forEach(product -> add(
                        trials,
                        Catalog.product(
                                product.rows(),
                                product.inputs(),
                                product.outputs(),
                                product.outputs() == vocabulary ? logits : product.outputs())));
        return trials.values();
    }

    private static void add(Map<String, Trial> trials, List<Trial> more) {
        more.forEach(trial -> trials.putIfAbsent(trial.name() + trial.shapes(), trial));
    }

    private static Sizes sizes(PretrainSettings settings, EncoderConfig encoder, int parameters, int logits) {
        return new Sizes(
                new AttentionShape(
                        settings.batchSize(),
                        settings.sequenceLength(),
                        encoder.heads(),
                        encoder.hiddenSize() / encoder.heads()),
                encoder.intermediateSize(),
                encoder.vocabularySize(),
                settings.batchSize() * settings.slots(),
                encoder.embeddingSize(),
                parameters,
                logits);
    }
}
