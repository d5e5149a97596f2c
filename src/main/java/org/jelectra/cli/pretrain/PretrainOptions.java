package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.text.WordPieceOptions;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The options of {@code pretrain}, which {@code plan} takes too. */
final class PretrainOptions {

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Directory for models, snapshots, metrics and curves; must not hold a run."
                    + " Default: runs/PRESET-TIME.")
    Path output;

    @ArgGroup(exclusive = false, validate = false, heading = "%nBeginning (default: random weights):%n")
    StartOptions start = new StartOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nText:%n")
    DataOptions data = new DataOptions();

    @ArgGroup(
            exclusive = false,
            validate = false,
            heading = "%nModel (defaults from the weights of --init-from, else from the preset):%n")
    ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nTraining (defaults from the preset):%n")
    TrainingOptions training = new TrainingOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nSnapshots:%n")
    SnapshotOptions snapshots = new SnapshotOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nMachine:%n")
    BackendOptions backend = new BackendOptions();

    /**
     * What a call asks for.
     *
     * @param options those of the call, with those of the run that it names with --resume or --like
     * @param given the same as they were written
     * @param directory where the run is or shall be; null where no place was named
     * @param resumes whether a run goes on
     * @param note what a person is told of the options of --like; null where there is nothing
     * @param textOf directory of the run of --like whose text it is to have; null where it names its own, or how to read it
     */
    record Request(
            PretrainOptions options, RunOptions given, Path directory, boolean resumes, String note, Path textOf) {

        /** What the run begins with; its longest word becomes that of the text, and its vocabulary, where no other is asked for. */
        RunWeights weights() throws IOException {
            RunWeights weights = RunWeights.of(options.start, options.model, resumes ? directory : null);
            options.data.begunWith(weights.vocabulary(), weights.maxWordLength());
            if (resumes) {
                options.data.orVocabulary(directory.resolve(RunWeights.VOCABULARY));
            }
            return weights;
        }

        /**
         * A warning where the run of --like had another text in the same place; null where it had not, or its settings do not say.
         *
         * @throws IOException if they cannot be understood
         */
        String warningOfOtherText(TrainingText text) throws IOException {
            TextRecord before = textOf == null ? null : SettingsFile.text(textOf);
            if (before == null) {
                return null;
            }
            TextRecord now = TextRecord.of(text);
            return now.isLike(before)
                    ? null
                    : "warning: the text is not the one of " + textOf + ": it was " + before.fingerprint() + ", it is "
                            + now.fingerprint();
        }
    }

    /**
     * What a command line asks for with these options, and those of the run that it names with --resume or --like.
     *
     * @throws IllegalArgumentException if options do not go together, or not with those of the run that is to go on
     * @throws IOException if there is no such run, its options are not those of this version, its text is gone, or --data is damaged
     */
    Request request(ParseResult line) throws IOException {
        RunOptions given = RunOptions.of(line);
        Path like = start.like();
        if (like != null) {
            RunOptions own = textOf(like, SettingsFile.options(like));
            RunOptions all = own.replacedBy(given, data.manifest() != null);
            PretrainOptions asked = parsed(all, like.resolve(RunSoFar.SETTINGS) + " and this call");
            asked.requireText(line, like);
            List<String> left = own.withoutUse(given);
            String note = left.isEmpty()
                    ? null
                    : "left out of the options of " + like + ", which --objective " + asked.model.objective
                            + " has no use for: " + String.join(", ", left);
            return new Request(asked, all, output, false, note, given.keepText() ? like : null);
        }
        if (!start.resumes()) {
            return new Request(this, given, output, false, null, null);
        }
        Path directory = start.resumed(output);
        RunOptions all = SettingsFile.options(directory).resumedWith(given);
        PretrainOptions asked = parsed(all, directory.resolve(RunSoFar.SETTINGS).toString());
        asked.requireText(line, directory);
        return new Request(asked, all, directory, true, null, null);
    }

    /** The options of a run, with what its prepared text decided in the place of options, where the call has text that decides nothing. */
    private RunOptions textOf(Path run, RunOptions own) throws IOException {
        TextRecord text = SettingsFile.text(run);
        if (!data.isNamed() || data.manifest() != null || text == null || !text.prepared()) {
            return own;
        }
        PretrainSettings settings = RunSoFar.settings(run);
        WordPieceOptions casing =
                TokenizerFiles.load(run, settings.model().generator()).options();
        return own.orElse(
                        "--vocab",
                        run.resolve(RunWeights.VOCABULARY).toAbsolutePath().toString())
                .orElse("--sequence-length", Integer.toString(settings.sequenceLength()))
                .orElse("--lower-case", Boolean.toString(casing.lowerCase()))
                .orElse("--strip-accents", Boolean.toString(casing.stripAccents()));
    }

    /** Text that this call names is looked for like that of any new run. */
    private void requireText(ParseResult line, Path run) throws IOException {
        if (!line.hasMatchedOption("--data")) {
            data.requireThere(run);
        }
    }

    /** The options that were read from {@code source}. */
    private static PretrainOptions parsed(RunOptions all, String source) throws IOException {
        PretrainOptions asked = new PretrainOptions();
        try {
            new CommandLine(asked)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .parseArgs(all.arguments().toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IOException(source + ": expected options of 'jelectra pretrain': " + e.getMessage(), e);
        }
        return asked;
    }
}
