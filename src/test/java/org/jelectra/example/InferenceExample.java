package org.jelectra.example;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.inference.Classification;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.TextClassifier;
import org.jelectra.inference.TextInput;

/** The example of docs/inference.md. */
final class InferenceExample {

    private InferenceExample() {}

    // documented: begin
    /** Prints the most probable label of every review; one loaded model may serve any number of threads. */
    static void label(Path model, List<String> reviews, PrintStream out) throws IOException {
        try (TextClassifier classifier = TextClassifier.load(model, InferenceOptions.defaults())) {
            List<Classification> results =
                    classifier.classify(reviews.stream().map(TextInput::of).toList());
            for (int i = 0; i < reviews.size(); i++) {
                Classification.Candidate best = results.get(i).best();
                out.printf("%s %.3f %s%n", best.label(), best.probability(), reviews.get(i));
            }
        }
    }
    // documented: end
}
