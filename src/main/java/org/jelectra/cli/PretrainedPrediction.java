package org.jelectra.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.PretrainingOptions;
import org.jelectra.pretrain.Predictor;
import org.jelectra.pretrain.TokenProbability;
import org.jelectra.pretrain.TokenizerFiles;
import org.jelectra.text.MaskingOptions;
import org.jelectra.text.WordPiece;

/** Shows what a pre-trained model makes of texts, token by token. */
final class PretrainedPrediction {

    private final Predictor predictor;
    private final WordPiece wordPiece;
    private final boolean asIs;
    private final TokenView view;
    private final PrintStream out;
    private int number;

    /** Loads the model and prints the legend. */
    PretrainedPrediction(
            Backend backend,
            Path directory,
            PretrainingOptions options,
            MaskingOptions masking,
            long seed,
            Terminal terminal,
            PrintStream out)
            throws IOException {
        ElectraModel model = ModelFiles.load(backend, directory);
        if (model.discriminator() == null) {
            throw new IOException(directory + " has no discriminator/, which predict needs");
        }
        TokenizerFiles tokenizer = TokenizerFiles.load(
                directory.resolve(ElectraModel.DISCRIMINATOR),
                model.config().discriminator().maxPositions());
        if (tokenizer.vocabulary().size() != model.config().discriminator().vocabularySize()) {
            throw new IOException(directory + ": vocab.txt must have as many tokens as the model, got "
                    + tokenizer.vocabulary().size() + " and "
                    + model.config().discriminator().vocabularySize());
        }
        predictor = new Predictor(model, tokenizer.vocabulary(), options, masking, tokenizer.maxLength(), seed);
        wordPiece = new WordPiece(tokenizer.vocabulary(), tokenizer.options());
        asIs = masking == null;
        view = new TokenView(terminal);
        this.out = out;
        out.print(view.legend());
    }

    void show(String text) {
        List<TokenProbability> tokens = predictor.predict(wordPiece.encode(text), number++);
        if (tokens.stream().anyMatch(token -> Double.isNaN(token.probability()))) {
            throw new IllegalStateException(
                    "the model's score for text number " + number + " is NaN; its weights are not usable");
        }
        out.println();
        out.print(view.render(tokens));
        if (!asIs) {
            out.print(TokenView.summary(tokens));
        }
    }
}
