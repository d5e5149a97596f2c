package org.jelectra.inference.squad;

import java.util.List;

/**
 * A question about a text.
 *
 * @param id its name, which predictions go by
 * @param question the question
 * @param context the text that may answer it
 * @param answers accepted answers; none where there is no answer
 */
public record SquadQuestion(String id, String question, String context, List<Answer> answers) {

    /**
     * An accepted answer.
     *
     * @param text the answer
     * @param start index of its first character in the context (UTF-16), or -1 where the context does not have it there
     */
    public record Answer(String text, int start) {

        /** Index after the last character. */
        public int end() {
            return start + text.length();
        }
    }

    /** Whether there is an answer. */
    public boolean isAnswerable() {
        return !answers.isEmpty();
    }

    /** Whether a model can learn from it: there is no answer, or the first one is where the file says. */
    public boolean isTrainable() {
        return !isAnswerable() || answers.get(0).start() >= 0;
    }
}
