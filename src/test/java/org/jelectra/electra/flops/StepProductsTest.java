package org.jelectra.electra.flops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.PretrainingInputs;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of products against those that a recorded step runs forward. */
class StepProductsTest {

    private static final int BATCH = 2;
    private static final int LENGTH = 9;
    private static final int SLOTS = 3;

    @ParameterizedTest
    @CsvSource({"ELECTRA, 12", "ELECTRA, 20", "ELECTRA_15, 12", "REPLACE_MLM, 12", "ALL_TOKENS_MLM, 12", "MLM, 12"})
    void areThoseOfTheRecordedStep(Objective objective, int embedding) {
        EncoderConfig encoder = new EncoderConfig(31, embedding, 20, 2, 2, 36, 24, 2, 0.1f, 0.1f, 1e-12f, 0.02f);
        ElectraConfig config = ElectraConfig.of(encoder, 0.5, 1, Sharing.EMBEDDINGS, objective);
        Map<String, Integer> listed = new TreeMap<>();
        for (MatrixProduct product : StepProducts.of(config, BATCH, LENGTH, SLOTS)) {
            listed.merge(
                    product.rows() + " rows, weight [" + product.outputs() + ", " + product.inputs() + "]",
                    product.count(),
                    Integer::sum);
        }

        assertThat(listed).isEqualTo(recorded(config));
    }

    private static Map<String, Integer> recorded(ElectraConfig config) {
        Map<String, Integer> products = new TreeMap<>();
        try (Backend backend = CpuBackend.create(1)) {
            PretrainingInputs inputs = new PretrainingInputs(backend, BATCH, LENGTH, SLOTS, config.objective());
            new PretrainingGraph(
                            new ElectraModel(backend, config, 1),
                            inputs,
                            LossOptions.DEFAULT,
                            PretrainingGraph.Mode.TRAINING)
                    .program()
                    .forward((operation, tensors) -> {
                        if (operation.equals("linearGeluLayerNorm")) {
                            boolean rows = tensors.get(1).dtype() == DType.INT32;
                            add(products, tensors.get(rows ? 2 : 0), tensors.get(rows ? 3 : 1));
                        } else if (operation.startsWith("linear")) {
                            add(products, tensors.get(0), tensors.get(1));
                        } else if (operation.equals("selfAttention")) {
                            add(products, tensors.get(0), tensors.get(2));
                            add(products, tensors.get(0), tensors.get(4));
                        } else if (operation.startsWith("feedForward")) {
                            add(products, tensors.get(0), tensors.get(1));
                            add(products, tensors.get(4), tensors.get(5));
                        } else if (operation.equals("embeddingLayerNormLinear")) {
                            add(products, tensors.get(8), tensors.get(10));
                        }
                        return true;
                    });
        }
        return products;
    }

    private static void add(Map<String, Integer> products, Tensor x, Tensor weight) {
        products.merge(x.shape().rows() + " rows, weight " + weight.shape(), 1, Integer::sum);
    }
}
