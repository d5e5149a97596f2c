package org.jelectra.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jelectra.electra.ModelFiles;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.ShardedTensorFile;
import org.jelectra.io.TensorFile;
import org.jelectra.io.pytorch.PyTorchReader;

/** The files that weights come in, in the order in which HuggingFace's code looks for them. */
enum WeightsFormat {
    SAFETENSORS(ModelFiles.WEIGHTS, SafetensorsReader::open),
    SHARDED_SAFETENSORS(ModelFiles.WEIGHTS_INDEX, index -> ShardedTensorFile.open(index, SafetensorsReader::open)),
    PYTORCH(ModelFiles.PYTORCH_WEIGHTS, PyTorchReader::open),
    SHARDED_PYTORCH(ModelFiles.PYTORCH_WEIGHTS_INDEX, index -> ShardedTensorFile.open(index, PyTorchReader::open));

    private final String fileName;
    private final ShardedTensorFile.Opener opener;

    WeightsFormat(String fileName, ShardedTensorFile.Opener opener) {
        this.fileName = fileName;
        this.opener = opener;
    }

    /**
     * The first that a folder has.
     *
     * @throws IOException if it has none
     */
    static WeightsFormat of(Path folder) throws IOException {
        for (WeightsFormat format : values()) {
            if (Files.isRegularFile(format.in(folder))) {
                return format;
            }
        }
        throw new IOException(
                folder + ": expected the weights in one of " + Arrays.toString(values()) + ", found none of them");
    }

    /** Whether a folder has any. */
    static boolean isIn(Path folder) {
        return Arrays.stream(values()).anyMatch(format -> Files.isRegularFile(format.in(folder)));
    }

    /** Where a folder has the file, or the index of several. */
    Path in(Path folder) {
        return folder.resolve(fileName);
    }

    /** Opens a folder's weights and checks all but the values. */
    TensorFile open(Path folder) throws IOException {
        return opener.open(in(folder));
    }

    /** The name of the file. */
    @Override
    public String toString() {
        return fileName;
    }
}
