package org.jelectra.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Tensors in several files with an index, as HuggingFace's libraries write models that exceed the size they allow a file
 * ({@code model.safetensors.index.json}, {@code pytorch_model.bin.index.json}). All files are opened and checked against the index at
 * once; values are read on demand. Not safe for use by several threads.
 */
public final class ShardedTensorFile implements TensorFile {

    /** Opens one of the files. */
    @FunctionalInterface
    public interface Opener {
        /** Opens a file and checks all but the values. */
        TensorFile open(Path file) throws IOException;
    }

    private final ShardIndex index;
    private final Map<String, TensorFile> files = new LinkedHashMap<>();

    private ShardedTensorFile(ShardIndex index) {
        this.index = index;
    }

    /**
     * Opens an index and its files.
     *
     * @throws IOException if the index is malformed or names a file in another folder, a file is missing or malformed, or the files
     *     do not hold the tensors that the index says, each once
     */
    public static ShardedTensorFile open(Path index, Opener opener) throws IOException {
        ShardedTensorFile sharded = new ShardedTensorFile(ShardIndex.read(index));
        try {
            sharded.openFiles(opener);
            sharded.checkTensors();
            sharded.checkSize();
            return sharded;
        } catch (IOException | RuntimeException e) {
            sharded.close();
            throw e;
        }
    }

    private void openFiles(Opener opener) throws IOException {
        LinkedHashSet<String> names = new LinkedHashSet<>(index.files().values());
        for (String name : names) {
            Path file = index.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new IOException(index.path() + ": expected " + names.size() + " files beside it, "
                        + (Files.exists(file) ? "but this is none: " : "this one is missing: ") + name);
            }
        }
        for (String name : names) {
            files.put(name, opener.open(index.resolve(name)));
        }
    }

    private void checkTensors() throws IOException {
        for (Map.Entry<String, String> entry : index.files().entrySet()) {
            if (!files.get(entry.getValue()).contains(entry.getKey())) {
                throw new IOException(index.path() + ": expected tensor \"" + entry.getKey() + "\" in "
                        + entry.getValue() + ", which lacks it");
            }
        }
        for (Map.Entry<String, TensorFile> file : files.entrySet()) {
            for (String tensor : file.getValue().names()) {
                String expected = index.files().get(tensor);
                if (expected == null) {
                    throw new IOException(index.path() + ": expected every tensor of its files, found no \"" + tensor
                            + "\", which is in " + file.getKey());
                }
                if (!expected.equals(file.getKey())) {
                    throw new IOException(index.path() + ": expected tensor \"" + tensor + "\" in " + expected
                            + " alone, found it in " + file.getKey() + " too");
                }
            }
        }
    }

    /** HuggingFace counts memory that several tensors share once; its first versions counted it for each. */
    private void checkSize() throws IOException {
        if (index.totalSize().isEmpty()) {
            return;
        }
        long size = 0;
        for (String name : names()) {
            long bytes = TensorType.valueOf(dtype(name)).bytes();
            for (long length : shape(name)) {
                bytes *= length;
            }
            size += bytes;
        }
        long found = index.totalSize().getAsLong();
        if (found != size && found != size - sharedBytes()) {
            throw new IOException(index.path() + ": total_size must be the bytes of all tensors, " + size + ", got "
                    + found + " (files of another model, or an index that was not written with them?)");
        }
    }

    @Override
    public List<String> names() {
        return List.copyOf(index.files().keySet());
    }

    @Override
    public boolean contains(String name) {
        return index.files().containsKey(name);
    }

    @Override
    public long[] shape(String name) {
        return file(name).shape(name);
    }

    @Override
    public String dtype(String name) {
        return file(name).dtype(name);
    }

    @Override
    public float[] floats(String name) throws IOException {
        return file(name).floats(name);
    }

    @Override
    public long sharedBytes() {
        return files.values().stream().mapToLong(TensorFile::sharedBytes).sum();
    }

    private TensorFile file(String tensor) {
        String name = index.files().get(tensor);
        if (name == null) {
            throw new NoSuchElementException(index.path() + ": no tensor \"" + tensor + "\" among the "
                    + index.files().size() + " of this index");
        }
        return files.get(name);
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (TensorFile file : files.values()) {
            try {
                file.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
