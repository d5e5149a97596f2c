package org.jelectra.gpu.jcuda;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import org.jelectra.gpu.GpuUnavailableException;

/** A class of JCuda and its native library, initialised at most once: a failed class initialiser cannot be run again. */
final class NativeLibrary {

    /** Version of JCuda that this was written for. */
    static final String VERSION = "12.6.0";

    private static final String PLATFORM = "linux-x86_64";

    /** The calls of libcuda.so.1, which is part of the driver. */
    static final NativeLibrary DRIVER = new NativeLibrary("jcuda.driver.JCudaDriver", "JCudaDriver");

    private final String binding;
    private final String library;
    private Optional<String> outcome;

    NativeLibrary(String binding, String library) {
        this.binding = binding;
        this.library = library;
    }

    /**
     * Makes the class usable. One at a time of all: meanwhile the system's temporary directory is another.
     *
     * @throws GpuUnavailableException where it is not, with the reason; again each time
     */
    void load() {
        synchronized (NativeLibrary.class) {
            if (outcome == null) {
                outcome = attempt(System.getProperty("os.name"), System.getProperty("os.arch"));
            }
        }
        if (outcome.isPresent()) {
            throw new GpuUnavailableException(outcome.get());
        }
    }

    private Optional<String> attempt(String system, String architecture) {
        if (!system.equals("Linux") || !architecture.equals("amd64")) {
            return Optional.of("the GPU is reached on Linux on x86-64 only, this is " + system + " on " + architecture);
        }
        ClassLoader loader = NativeLibrary.class.getClassLoader();
        try {
            Class.forName(binding, false, loader);
            String name = "lib" + library + "-" + VERSION + "-" + PLATFORM + ".so";
            // by the loader: on the module path the natives are a module of their own, into which a class of JCuda's
            // cannot look
            URL resource = loader.getResource("lib/" + name);
            if (resource == null) {
                // It may still be in java.library.path, where JCuda looks first.
                Class.forName(binding, true, loader);
                return Optional.empty();
            }
            Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
            String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
            Path file = NativeFiles.extract(resource, temporary, "jelectra-" + user + "-jcuda-" + VERSION, name);
            NativeFiles.withTemporaryDirectory(file.getParent(), () -> initialize(loader));
            return Optional.empty();
        } catch (ClassNotFoundException absent) {
            return Optional.of("JCuda is not on the class path: add org.jcuda:jcuda:" + VERSION
                    + " and org.jcuda:jcuda-natives:" + VERSION + " with the classifier " + PLATFORM);
        } catch (IOException e) {
            return Optional.of("the natives of JCuda cannot be written to " + System.getProperty("java.io.tmpdir")
                    + ": " + e + "; -Djava.io.tmpdir=DIR names another directory");
        } catch (LinkageError e) {
            return Optional.of(reason(String.valueOf(e.getMessage())));
        }
    }

    private void initialize(ClassLoader loader) {
        try {
            Class.forName(binding, true, loader);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("a class that was there is gone: " + binding, e);
        }
    }

    /** JCuda's message holds two stack traces; what it means is in one of their lines. */
    static String reason(String message) {
        // the system's words after it may be in any language; one that was found has its path
        if (message.contains(" libcuda.so.1: ")) {
            return "there is no NVIDIA driver: libcuda.so.1 was not found (in a container, start it with access to the GPU,"
                    + " for example docker run --gpus all)";
        }
        if (message.contains("undefined symbol: cu")) {
            return "the NVIDIA driver is too old for JCuda " + VERSION + ": "
                    + DriverRelease.needed(DriverRelease.OLDEST);
        }
        if (message.contains("failed to map segment from shared object")) {
            return "the natives of JCuda cannot be loaded from " + System.getProperty("java.io.tmpdir")
                    + ", which forbids execution; -Djava.io.tmpdir=DIR names another directory";
        }
        if (message.contains("in java.library.path") && message.contains("No resource found")) {
            return "the natives of JCuda are not on the class path: add org.jcuda:jcuda-natives:" + VERSION
                    + " with the classifier " + PLATFORM;
        }
        String line = message.lines()
                .filter(text -> text.contains("UnsatisfiedLinkError") && !text.contains("java.library.path"))
                .findFirst()
                .orElse(message.lines().findFirst().orElse("no message"));
        return "the natives of JCuda do not load: " + line.strip();
    }
}
