package org.jelectra.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kernels' sources and the PTX that was built from them. */
final class KernelSources {

    static final Path SOURCES = Path.of("kernels");
    static final Path PTX = Path.of("src/main/resources/org/jelectra/kernels");

    private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*#\\s*include\\s*\"([^\"]*)\"");

    private KernelSources() {}

    /** Names of the files with that ending, without it, in order. */
    static List<String> names(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted()
                    .toList();
        }
    }

    /** What the first line of the family's PTX has to name: SHA-256 of the source and of all it includes, as tools/build-kernels has it. */
    static String hash(Path directory, String family) throws IOException {
        Path source = directory.resolve(family + ".cu");
        MessageDigest digest = sha256();
        digest.update(Files.readAllBytes(source));
        for (Path included : included(directory, source)) {
            digest.update(Files.readAllBytes(included));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of that content. */
    static String hash(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    private static TreeSet<Path> included(Path directory, Path source) throws IOException {
        TreeSet<Path> found = new TreeSet<>();
        Deque<Path> left = new ArrayDeque<>(List.of(source));
        while (!left.isEmpty()) {
            Path file = left.pop();
            for (String name : INCLUDE.matcher(Files.readString(file))
                    .results()
                    .map(match -> match.group(1))
                    .toList()) {
                Path beside = file.resolveSibling(name);
                Path included = Files.exists(beside) ? beside : directory.resolve(name);
                if (Files.exists(included) && found.add(included)) {
                    left.push(included);
                }
            }
        }
        return found;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
