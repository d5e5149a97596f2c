package org.jelectra.electra;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.io.Json;
import org.jelectra.nn.EncoderConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkFolderTest {

    @TempDir
    private Path folder;

    private static EncoderConfig config(
            int words,
            int embedding,
            int hidden,
            int layers,
            int heads,
            int inner,
            int positions,
            int types,
            float eps) {
        return new EncoderConfig(
                words, embedding, hidden, layers, heads, inner, positions, types, 0.1f, 0.1f, eps, 0.02f);
    }

    /** Of another number of heads, the weights would have the same shapes. */
    @Test
    void everySizeIsCompared() throws IOException {
        EncoderConfig file = config(20, 8, 12, 2, 2, 16, 24, 2, 1e-12f);
        Json.write(folder.resolve(ModelFiles.CONFIG), ModelFiles.toJson(file, ModelFiles.ELECTRA_FOR_PRETRAINING, 0));
        assertThatCode(() -> new NetworkFolder("discriminator", folder).requireSizes(file))
                .doesNotThrowAnyException();
        refused(config(21, 8, 12, 2, 2, 16, 24, 2, 1e-12f), "vocab_size 20 in the file, 21 in the run");
        refused(config(20, 9, 12, 2, 2, 16, 24, 2, 1e-12f), "embedding_size 8 in the file, 9 in the run");
        refused(config(20, 8, 14, 2, 2, 16, 24, 2, 1e-12f), "hidden_size 12 in the file, 14 in the run");
        refused(config(20, 8, 12, 3, 2, 16, 24, 2, 1e-12f), "num_hidden_layers 2 in the file, 3 in the run");
        refused(config(20, 8, 12, 2, 3, 16, 24, 2, 1e-12f), "num_attention_heads 2 in the file, 3 in the run");
        refused(config(20, 8, 12, 2, 2, 17, 24, 2, 1e-12f), "intermediate_size 16 in the file, 17 in the run");
        refused(config(20, 8, 12, 2, 2, 16, 25, 2, 1e-12f), "max_position_embeddings 24 in the file, 25 in the run");
        refused(config(20, 8, 12, 2, 2, 16, 24, 3, 1e-12f), "type_vocab_size 2 in the file, 3 in the run");
        refused(config(20, 8, 12, 2, 2, 16, 24, 2, 1e-6f), "layer_norm_eps 1.0E-12 in the file, 1.0E-6 in the run");
    }

    private void refused(EncoderConfig wanted, String difference) {
        assertThatThrownBy(() -> new NetworkFolder("discriminator", folder).requireSizes(wanted))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve(ModelFiles.CONFIG) + ": the run's discriminator has other sizes: "
                        + difference + "; leave the sizes out, or choose them and the vocabulary as in the file");
    }
}
