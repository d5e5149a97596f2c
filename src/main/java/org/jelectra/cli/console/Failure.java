package org.jelectra.cli.console;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jelectra.finetune.SeedsDivergedException;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuKernelException;
import org.jelectra.gpu.GpuOutOfMemoryException;
import org.jelectra.io.FullDisk;
import org.jelectra.pretrain.TrainingDivergedException;

/** What went wrong, as one line for people: what it was about, what was expected or what helps. */
public final class Failure {

    private Failure() {}

    public static String line(Throwable thrown) {
        Throwable cause = unwrap(thrown);
        String line;
        if (cause instanceof FileSystemException e) {
            line = fileSystem(e);
        } else if (cause instanceof FileNotFoundException) {
            line = cause.getMessage();
        } else if (cause instanceof CharacterCodingException) {
            line = "expected text in UTF-8, found bytes that are not UTF-8";
        } else if (cause instanceof OutOfMemoryError) {
            line = outOfMemory(cause.getMessage());
        } else if (cause instanceof GpuOutOfMemoryException e) {
            line = e.getMessage() + lessDeviceMemory(e);
        } else if (cause instanceof GpuKernelException && cause.getMessage().contains(Gpu.SYNCHRONOUS)) {
            line = cause.getMessage() + " (in JELECTRA_JAVA_OPTS)";
        } else if (cause instanceof StackOverflowError || !hasOwnWords(cause)) {
            line = "internal error: " + cause + "; --verbose shows where, please report it";
        } else {
            line = cause.getMessage();
        }
        return line.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    /** Whether the message of this kind of exception was written for the user. */
    private static boolean hasOwnWords(Throwable cause) {
        boolean kind = cause.getClass() == IllegalArgumentException.class
                || cause.getClass() == IllegalStateException.class
                || cause.getClass() == UnsupportedOperationException.class
                || cause instanceof IOException
                || cause instanceof GpuException
                || cause instanceof TrainingDivergedException
                || cause instanceof SeedsDivergedException
                || cause instanceof LinkageError;
        return kind && cause.getMessage() != null && !cause.getMessage().isBlank();
    }

    private static String fileSystem(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return e.getFile() + ": no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return e.getFile() + ": permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return e.getFile() + ": exists already";
        }
        if (e instanceof NotDirectoryException) {
            return e.getFile() + ": expected a directory, found a file";
        }
        String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
        String remedy = FullDisk.isReasonOf(e) ? " (free some, or choose another --output)" : "";
        return (e.getFile() == null ? "" : e.getFile() + ": ") + reason + remedy;
    }

    private static String lessDeviceMemory(GpuOutOfMemoryException e) {
        // the message of one with a cause says already what the memory is for, and what needs less
        return e.getCause() instanceof GpuOutOfMemoryException
                ? " (--accumulate, --batch, --sequence-length, --precision)"
                : ": a smaller --batch, --sequence-length or --max-length needs less, and so do --precision bf16 and"
                        + " --accumulate N of pretrain, finetune and glue, which computes each batch in N parts";
    }

    private static String outOfMemory(String message) {
        long megabytes = Runtime.getRuntime().maxMemory() >> 20;
        return "out of memory (" + message + ", at most " + megabytes
                + " MB): JELECTRA_JAVA_OPTS=-XmxNg gives more; where the command has them, a smaller --batch,"
                + " --sequence-length or --max-length takes less, and so does --accumulate N, which computes a batch in N parts"
                + " (jelectra plan says how much pretrain needs)";
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null
                && (cause instanceof ExecutionException
                        || cause instanceof CompletionException
                        || cause instanceof UncheckedIOException)) {
            cause = cause.getCause();
        }
        return cause;
    }
}
