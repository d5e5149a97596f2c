package org.jelectra.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.PretrainingOptions;
import org.jelectra.electra.Sampler;
import org.jelectra.pretrain.Predictor;
import org.jelectra.pretrain.TokenProbability;
import org.jelectra.pretrain.TokenizerFiles;
import org.jelectra.text.MaskingOptions;
import org.jelectra.text.WordPiece;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra predict}: what a model makes of a text, token by token. */
@Command(
        name = "predict",
        sortOptions = false,
        description =
                "Shows, for each text, the generator's replacements and the discriminator's probability for every token"
                        + " that it was replaced.")
final class PredictCommand implements Callable<Integer> {

    @ParentCommand
    private Main main;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "Directory of a run: with discriminator/ and generator/.")
    private Path directory;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TEXT",
            description = "Texts; without any, each line of standard input is one.")
    private List<String> texts;

    @Option(names = "--as-is", description = "Replace nothing: the discriminator judges the text as it is given.")
    private boolean asIs;

    @Option(
            names = "--mask-prob",
            paramLabel = "P",
            description = "Share of the tokens that the generator has to guess. Default: 0.15.")
    private double maskProbability = 0.15;

    @Option(names = "--temperature", paramLabel = "T", description = "Divides the generator's logits. Default: 1.")
    private float temperature = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Another seed masks other tokens. Default: 1.")
    private long seed = 1;

    @Mixin
    private BackendOptions backendOptions = new BackendOptions();

    @Override
    public Integer call() throws IOException {
        MaskingOptions masking;
        PretrainingOptions options;
        Backend backend;
        try {
            masking = asIs ? null : new MaskingOptions(maskProbability, 0.85, false);
            options = new PretrainingOptions(1, 1, temperature, Sampler.MULTINOMIAL);
            backend = backendOptions.open();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (backend) {
            if (!Files.exists(directory)) {
                throw new NoSuchFileException(directory.toString());
            }
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
            Predictor predictor =
                    new Predictor(model, tokenizer.vocabulary(), options, masking, tokenizer.maxLength(), seed);
            show(predictor, new WordPiece(tokenizer.vocabulary(), tokenizer.options()));
        }
        return 0;
    }

    private void show(Predictor predictor, WordPiece wordPiece) throws IOException {
        PrintStream out = main.out();
        TokenView view = new TokenView(main.terminal());
        out.print(view.legend());
        int number = 0;
        if (texts != null) {
            for (String text : texts) {
                show(predictor, wordPiece, view, text, number++);
            }
            return;
        }
        BufferedReader lines = reader(main.in());
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                show(predictor, wordPiece, view, line, number++);
            }
        }
        if (number == 0) {
            throw new IOException("no text: give it after MODEL, or on standard input, one text a line");
        }
    }

    private static BufferedReader reader(InputStream in) {
        // a decoder reports what is not UTF-8; a charset name would replace it silently
        return new BufferedReader(new InputStreamReader(
                in, StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)));
    }

    private void show(Predictor predictor, WordPiece wordPiece, TokenView view, String text, int number) {
        List<TokenProbability> tokens = predictor.predict(wordPiece.encode(text), number);
        PrintStream out = main.out();
        out.println();
        out.print(view.render(tokens));
        if (!asIs) {
            out.print(TokenView.summary(tokens));
        }
    }
}
