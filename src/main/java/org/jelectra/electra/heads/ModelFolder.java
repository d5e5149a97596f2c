package org.jelectra.electra.heads;

import java.io.IOException;
import java.nio.file.Path;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.WordPiece;

/**
 * A model on disk, without its weights.
 *
 * @param path where {@code config.json} lies
 * @param config sizes of the encoder
 * @param tokenizer vocabulary, casing and longest sequence
 */
public record ModelFolder(Path path, EncoderConfig config, TokenizerFiles tokenizer) {

    /**
     * The model in a directory, which may be a run's.
     *
     * @throws IOException if there is none, or its files are malformed or do not fit
     */
    public static ModelFolder open(Path directory) throws IOException {
        Path folder = EncoderFiles.find(directory);
        EncoderConfig config = ModelFiles.readConfig(folder);
        TokenizerFiles tokenizer = TokenizerFiles.load(folder, config);
        return new ModelFolder(folder, config, tokenizer);
    }

    /**
     * The model with its weights, which are never to change.
     *
     * @throws IOException if a tensor is missing, left over or of another shape
     */
    public <H> EncoderWithHead<H> network(Backend backend, EncoderWithHead.HeadFactory<H> head) throws IOException {
        EncoderWithHead<H> network = EncoderWithHead.untrained(backend, config, head);
        EncoderFiles.loadAll(network, path);
        backend.freeze(network.parameters().values().storage());
        return network;
    }

    /** A tokenizer for one thread. */
    public WordPiece wordPiece() {
        return new WordPiece(tokenizer.vocabulary(), tokenizer.options());
    }

    /** Token that fills up shorter texts. */
    public int padId() {
        return tokenizer.vocabulary().padId();
    }

    /** Longest sequence in tokens. */
    public int maxLength() {
        return tokenizer.maxLength();
    }
}
