package org.jelectra.finetune.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Entity-level precision, recall and F1 as the CoNLL shared tasks count them: an entity counts where its borders and its type
 * are right. Tags are IOB1, IOB2, BIOES, BILOU or BMES: {@code O}, or a letter, alone or with a type after a hyphen. {@code B}
 * begins an entity, {@code I} or {@code M} is within, {@code E} or {@code L} ends one, {@code S} or {@code U} is one alone.
 *
 * <p>Borders follow the rules of the shared tasks' own scorer: an {@code I} after {@code O}, after the end of an entity or after
 * another type begins an entity.
 */
public final class ChunkScore {

    private static final Pattern TAG = Pattern.compile("O|[BIMELSU](-.*)?");

    /** An entity within a sentence, from its first to its last token. */
    public record Chunk(String type, int first, int last) {}

    private long right;
    private long predicted;
    private long gold;

    /** Adds a sentence. */
    public void add(List<String> goldTags, List<String> predictedTags) {
        if (goldTags.size() != predictedTags.size()) {
            throw new IllegalArgumentException(
                    "expected a predicted tag for each of " + goldTags.size() + " tags, got " + predictedTags.size());
        }
        Set<Chunk> goldChunks = chunks(goldTags);
        Set<Chunk> predictedChunks = chunks(predictedTags);
        gold += goldChunks.size();
        predicted += predictedChunks.size();
        predictedChunks.retainAll(goldChunks);
        right += predictedChunks.size();
    }

    /** Whether a tag is one of those that mark entities, or {@code O}. */
    public static boolean isTag(String tag) {
        return TAG.matcher(tag).matches();
    }

    /**
     * The entities of a sentence.
     *
     * @throws IllegalArgumentException for a tag that does not mark entities
     */
    public static Set<Chunk> chunks(List<String> tags) {
        Set<Chunk> chunks = new HashSet<>();
        int begin = -1;
        String previous = "O";
        for (int i = 0; i <= tags.size(); i++) {
            String tag = i < tags.size() ? tags.get(i) : "O";
            if (begin >= 0 && ends(previous, tag)) {
                chunks.add(new Chunk(type(previous), begin, i - 1));
                begin = -1;
            }
            if (begin < 0 && role(tag) != 'O') {
                begin = i;
            }
            previous = tag;
        }
        return chunks;
    }

    /** Whether an entity that reaches {@code previous} ends there; what follows within one is I or E of the same type. */
    private static boolean ends(String previous, String tag) {
        char before = role(previous);
        char after = role(tag);
        return before == 'E'
                || before == 'S'
                || after == 'O'
                || after == 'B'
                || after == 'S'
                || !type(previous).equals(type(tag));
    }

    /** One of B, I, E, S and O. */
    private static char role(String tag) {
        if (!isTag(tag)) {
            throw new IllegalArgumentException(
                    "expected the tag O, or B, I, M, E, L, S or U, alone or before -TYPE, got " + tag);
        }
        return switch (tag.charAt(0)) {
            case 'M' -> 'I';
            case 'L' -> 'E';
            case 'U' -> 'S';
            default -> tag.charAt(0);
        };
    }

    private static String type(String tag) {
        int hyphen = tag.indexOf('-');
        return hyphen < 0 ? "" : tag.substring(hyphen + 1);
    }

    /** Share of the predicted entities that are right; 0 where there is none. */
    public double precision() {
        return predicted == 0 ? 0 : (double) right / predicted;
    }

    /** Share of the entities that were found; 0 where there is none. */
    public double recall() {
        return gold == 0 ? 0 : (double) right / gold;
    }

    /** Harmonic mean of both; 0 where undefined. */
    public double f1() {
        return predicted + gold == 0 ? 0 : 2.0 * right / (predicted + gold);
    }
}
