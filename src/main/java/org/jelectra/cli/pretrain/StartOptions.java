package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.cli.console.PathConverter;
import org.jelectra.pretrain.WarmStart;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What a run begins with, if not with random weights. */
final class StartOptions {

    /** Stands on the command line for no directory: with a character that no path and no argument has. */
    private static final String NONE = "\0";
    /** The directory for {@link #NONE}, which no argument names: an empty one is refused. */
    private static final Path LATEST = Path.of("");

    @Option(
            names = "--resume",
            arity = "0..1",
            fallbackValue = NONE,
            converter = ResumedPath.class,
            paramLabel = "DIR",
            description =
                    "Go on with an interrupted run, bit for bit, with the options and in the precision that it was begun with."
                            + " --data says where its text lies now. Without DIR: --output, or else the latest run in runs/.")
    private Path resume;

    @Option(
            names = "--init-from",
            arity = "1..2",
            paramLabel = "DIR",
            description = "Begin a new run with the weights of a finished one, or with HuggingFace's: a folder with"
                    + " config.json and model.safetensors, one or two of them (discriminator, generator). Sizes and dropout"
                    + " that no option names are those of the weights, and --preset is chosen by them. They are evaluated on"
                    + " held-out text before the first step.")
    private List<Path> initFrom;

    @Option(
            names = "--like",
            paramLabel = "RUN",
            description =
                    "Begin a new run with the options of another one (float32 stays float32; bf16 where a GPU can run);"
                            + " those that are given replace its"
                            + " own, such as --seed. One of --max-steps, --max-epochs, --max-flops and --fit-hours replaces all of them;"
                            + " --data made by 'jelectra prepare' the options of reading and packing text; another --objective those"
                            + " that it has no use for.")
    private Path like;

    /** A directory, or nothing for the latest. */
    static final class ResumedPath implements CommandLine.ITypeConverter<Path> {
        @Override
        public Path convert(String path) {
            return path.equals(NONE) ? LATEST : new PathConverter().convert(path);
        }
    }

    /** Directory of the run whose options a new one has; null for none. Throws IllegalArgumentException where a run goes on too. */
    Path like() {
        if (like != null && resume != null) {
            throw new IllegalArgumentException(
                    "--like begins a new run, and --resume goes on with one: expected one of them, got both");
        }
        return like;
    }

    boolean resumes() {
        return resume != null;
    }

    /** The directory of the run that goes on; throws IllegalArgumentException where two are named. */
    Path resumed(Path output) throws IOException {
        if (resume.equals(LATEST)) {
            return output == null ? RunDirectory.latest() : output;
        }
        if (output != null && !output.toAbsolutePath().equals(resume.toAbsolutePath())) {
            throw new IllegalArgumentException(
                    "a resumed run stays in its directory: expected --output " + resume + " or none, got " + output);
        }
        return resume;
    }

    /** Whether a run begins with given weights. */
    boolean givesWeights() {
        return initFrom != null;
    }

    /** The weights to begin with; throws IOException where they are not in the given folders. */
    WarmStart warmStart() throws IOException {
        return WarmStart.from(initFrom);
    }
}
