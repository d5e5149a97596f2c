package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A run so small that a test can wait for it. */
public final class TinyRun {

    private static final String[] WORDS = {"the", "cat", "dog", "sees", "a", "house", "and", "walk", "##s", "."};

    private TinyRun() {}

    public static Path writeVocabulary(Path directory) throws IOException {
        return Files.writeString(
                directory.resolve("vocabulary.txt"),
                "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + String.join("\n", WORDS) + "\n");
    }

    public static Path writeText(Path directory) throws IOException {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder();
        for (int document = 0; document < 40; document++) {
            for (int sentence = 0; sentence < 4; sentence++) {
                for (int word = 0; word < 9; word++) {
                    text.append(WORDS[random.nextInt(8)]).append(' ');
                }
                text.append(".\n");
            }
            text.append('\n');
        }
        return Files.writeString(directory.resolve("text.txt"), text);
    }

    /** The run with these options, each with a value, in the place of its own. */
    public static CommandRunner.Result pretrain(Path text, Path vocabulary, Path output, String... more) {
        List<String> arguments = new ArrayList<>(arguments(text, vocabulary, output));
        for (int i = 0; i < more.length; i += 2) {
            int known = arguments.indexOf(more[i]);
            if (known >= 0) {
                arguments.subList(known, known + 2).clear();
            }
        }
        arguments.addAll(List.of(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    public static List<String> arguments(Path text, Path vocabulary, Path output) {
        return List.of(("pretrain --data " + text + " --vocab " + vocabulary + " --output " + output
                        + " --max-steps 6 --batch 4 --sequence-length 32 --hidden-size 32 --layers 1 --heads 2"
                        + " --embedding-size 16 --held-out 0.2 --log-every 1 --eval-every 3")
                .split(" "));
    }
}
