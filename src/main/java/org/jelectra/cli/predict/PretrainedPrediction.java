package org.jelectra.cli.predict;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.cli.console.Terminal;
import org.jelectra.cli.console.TokenView;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenProbability;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.inference.ModelKind;
import org.jelectra.pretrain.Predictor;
import org.jelectra.text.WordPiece;
import org.jelectra.text.batch.MaskingOptions;

/** Shows what a pre-trained generator and discriminator make of texts, token by token. */
public final class PretrainedPrediction {

    private final Predictor predictor;
    private final WordPiece wordPiece;
    private final TokenView view;
    private final PrintStream out;
    private int number;

    /** Loads the model and prints the legend. */
    PretrainedPrediction(
            Backend backend,
            Path directory,
            LossOptions options,
            MaskingOptions masking,
            long seed,
            Terminal terminal,
            PrintStream out)
            throws IOException {
        requireGenerator(directory);
        ElectraModel model = ModelFiles.load(backend, directory);
        ModelFiles.requireDiscriminator(model, directory, "predict needs");
        backend.freeze(model.parameters().values().storage());
        TokenizerFiles tokenizer = TokenizerFiles.load(
                directory.resolve(ElectraModel.DISCRIMINATOR), model.config().discriminator());
        predictor = new Predictor(model, tokenizer.vocabulary(), options, masking, tokenizer.maxLength(), seed);
        wordPiece = new WordPiece(tokenizer.vocabulary(), tokenizer.options());
        view = new TokenView(terminal);
        this.out = out;
        out.print(view.legend());
    }

    private static void requireGenerator(Path directory) throws IOException {
        if (!Files.isDirectory(directory.resolve(ElectraModel.GENERATOR))) {
            ModelKind kind = ModelKind.of(directory); // which says what is expected where there is no model at all
            throw new IOException(
                    kind == ModelKind.DISCRIMINATOR
                            ? directory + ": a discriminator alone: give --as-is, or import it with --generator"
                            : directory + ": expected a discriminator and a generator, found " + kind);
        }
    }

    void show(String text) {
        List<TokenProbability> tokens = predictor.predict(wordPiece.encode(text), number++);
        if (tokens.stream().anyMatch(token -> Double.isNaN(token.probability()))) {
            throw new IllegalStateException(
                    "the model's score for text number " + number + " is NaN; its weights are not usable");
        }
        out.println();
        out.print(view.render(tokens));
        out.print(TokenView.summary(tokens));
    }
}
