package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sampler;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.MaskingOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictorTest {

    private static final Vocabulary WORDS =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c", "d"));

    /** As a device does that computes wrongly. */
    private static Backend leavingIds(Backend backend, int id) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(backend, arguments);
                    if (method.getName().equals("download") && arguments[1] instanceof int[] ids) {
                        Arrays.fill(ids, id);
                    }
                    return result;
                });
    }

    @ParameterizedTest
    @CsvSource({
        "0.15, 8, 'made 8 of token [0-9], expected 5 as in the text, where it was not selected'",
        "0.99, 9, 'made 9 of token 1, expected one of 9'",
        "0.99, -1, 'made -1 of token 1, expected one of 9'",
    })
    void idsThatCannotBeAreTheBackendsMistake(double masked, int id, String message) {
        try (Backend backend = CpuBackend.create(1)) {
            EncoderConfig sizes = new EncoderConfig(WORDS.size(), 8, 16, 2, 2, 32, 12, 2, 0.1f, 0.1f, 1e-12f, 0.5f);
            ElectraConfig config = ElectraConfig.of(sizes, 0.5, 1, Sharing.EMBEDDINGS, Objective.ELECTRA);
            Predictor predictor = new Predictor(
                    new ElectraModel(leavingIds(backend, id), config, 3),
                    WORDS,
                    new LossOptions(1, 1, 1, Sampler.MULTINOMIAL),
                    MaskingOptions.standard(masked),
                    12,
                    1);

            assertThatIllegalStateException()
                    .isThrownBy(() -> predictor.predict(new int[] {5, 5, 5, 5, 5, 5, 5, 5}, 0))
                    .withMessageMatching(
                            "the cpu backend " + message + ": its numbers are wrong, jelectra doctor checks them");
        }
    }
}
