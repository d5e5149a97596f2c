package org.jelectra.finetune.squad;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jelectra.inference.squad.SquadQuestion;

/** How the official metrics compare two answers: without case, ASCII punctuation, articles and superfluous white space. */
final class AnswerText {

    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
    private static final Pattern ARTICLES = Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private AnswerText() {}

    /** The answer as it is compared. */
    static String normalize(String answer) {
        String plain = PUNCTUATION.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll("");
        return SPACE.matcher(ARTICLES.matcher(plain).replaceAll(" "))
                .replaceAll(" ")
                .strip();
    }

    /** 1 where both are the same after normalisation, else 0. */
    static double exact(String gold, String predicted) {
        return normalize(gold).equals(normalize(predicted)) ? 1 : 0;
    }

    /** F1 of the words of both; where one has none, 1 if the other has none either. */
    static double f1(String gold, String predicted) {
        List<String> expected = words(gold);
        List<String> found = words(predicted);
        if (expected.isEmpty() || found.isEmpty()) {
            return expected.equals(found) ? 1 : 0;
        }
        Map<String, Integer> counts = new HashMap<>();
        expected.forEach(word -> counts.merge(word, 1, Integer::sum));
        int common = 0;
        for (String word : found) {
            if (counts.merge(word, -1, Integer::sum) >= 0) {
                common++;
            }
        }
        if (common == 0) {
            return 0;
        }
        double precision = (double) common / found.size();
        double recall = (double) common / expected.size();
        return 2 * precision * recall / (precision + recall);
    }

    /** The answers that count as gold: those of which normalisation leaves something, or the empty one where there is none. */
    static List<String> gold(SquadQuestion question) {
        List<String> gold = new ArrayList<>();
        for (SquadQuestion.Answer answer : question.answers()) {
            if (!normalize(answer.text()).isEmpty()) {
                gold.add(answer.text());
            }
        }
        return gold.isEmpty() ? List.of("") : gold;
    }

    private static List<String> words(String answer) {
        String normal = normalize(answer);
        return normal.isEmpty() ? List.of() : List.of(normal.split(" "));
    }
}
