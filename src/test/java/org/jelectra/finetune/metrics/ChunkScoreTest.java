package org.jelectra.finetune.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.jelectra.finetune.metrics.ChunkScore.Chunk;
import org.junit.jupiter.api.Test;

class ChunkScoreTest {

    private static List<String> tags(String text) {
        return List.of(text.split(" "));
    }

    @Test
    void bordersInEveryScheme() {
        assertThat(ChunkScore.chunks(tags("B-NP I-NP O B-NP B-NP I-VP")))
                .containsExactlyInAnyOrder(
                        new Chunk("NP", 0, 1), new Chunk("NP", 3, 3), new Chunk("NP", 4, 4), new Chunk("VP", 5, 5));
        assertThat(ChunkScore.chunks(tags("I-PER I-PER I-LOC O I-LOC")))
                .containsExactlyInAnyOrder(new Chunk("PER", 0, 1), new Chunk("LOC", 2, 2), new Chunk("LOC", 4, 4));
        assertThat(ChunkScore.chunks(tags("S-PER B-LOC E-LOC I-LOC E-LOC")))
                .containsExactlyInAnyOrder(new Chunk("PER", 0, 0), new Chunk("LOC", 1, 2), new Chunk("LOC", 3, 4));
        assertThat(ChunkScore.chunks(tags("B-LOC E-LOC E-LOC S-LOC I-LOC S-LOC")))
                .containsExactlyInAnyOrder(
                        new Chunk("LOC", 0, 1),
                        new Chunk("LOC", 2, 2),
                        new Chunk("LOC", 3, 3),
                        new Chunk("LOC", 4, 4),
                        new Chunk("LOC", 5, 5));
        assertThat(ChunkScore.chunks(tags("B I O B")))
                .containsExactlyInAnyOrder(new Chunk("", 0, 1), new Chunk("", 3, 3));
        assertThat(ChunkScore.chunks(tags("O O"))).isEmpty();
    }

    @Test
    void otherLettersForTheSame() {
        String bioes = "S-PER B-LOC E-LOC I-LOC E-LOC O B-X-Y I-X-Y I-X-Y E-X-Y E-LOC S-LOC S I B E";
        assertThat(ChunkScore.chunks(
                        tags(bioes.replace('E', 'L').replace('S', 'U').replace("PLR", "PER"))))
                .as("BILOU")
                .isEqualTo(ChunkScore.chunks(tags(bioes)))
                .hasSize(9);
        assertThat(ChunkScore.chunks(tags("S-PER B-LOC M-LOC E-LOC B-LOC E-LOC")))
                .as("BMES")
                .containsExactlyInAnyOrder(new Chunk("PER", 0, 0), new Chunk("LOC", 1, 3), new Chunk("LOC", 4, 5));
    }

    @Test
    void otherTagsAreNone() {
        for (String tag : List.of("NN", "BNP", "b-NP", "o", "OO", "O-NP", "W-PER", "", "NP-B", "B_NP")) {
            assertThat(ChunkScore.isTag(tag)).as(tag).isFalse();
            assertThatThrownBy(() -> ChunkScore.chunks(List.of("O", tag)))
                    .hasMessage("expected the tag O, or B, I, M, E, L, S or U, alone or before -TYPE, got " + tag);
        }
        for (String tag : List.of("O", "B", "U", "B-", "I-NP", "L-A-B")) {
            assertThat(ChunkScore.isTag(tag)).as(tag).isTrue();
        }
    }

    @Test
    void anEntityCountsOnlyWhole() {
        ChunkScore score = new ChunkScore();
        score.add(tags("B-NP I-NP O B-VP"), tags("B-NP O O B-VP"));
        score.add(tags("O B-NP"), tags("B-NP B-NP"));
        assertThat(score.precision()).isCloseTo(2.0 / 4, within(1e-12));
        assertThat(score.recall()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(score.f1()).isCloseTo(4.0 / 7, within(1e-12));
        score.add(tags("B-NP"), tags("O"));
        assertThat(score.f1()).as("as many predicted as there are").isEqualTo(0.5);
    }

    @Test
    void noEntityScoresNothing() {
        ChunkScore score = new ChunkScore();
        score.add(tags("O"), tags("O"));
        assertThat(List.of(score.precision(), score.recall(), score.f1())).containsOnly(0.0);
        assertThatThrownBy(() -> score.add(tags("O O"), tags("O")))
                .hasMessage("expected a predicted tag for each of 2 tags, got 1");
    }

    @Test
    void summaries() {
        Summary summary = Summary.of(0.5, 0.9, 0.6, 0.8);
        assertThat(summary.mean()).isCloseTo(0.7, within(1e-12));
        assertThat(summary.median()).isCloseTo(0.7, within(1e-12));
        assertThat(summary.standardDeviation()).isCloseTo(Math.sqrt(0.1 / 3), within(1e-12));
        assertThat(summary.best()).isEqualTo(0.9);
        assertThat(Summary.of(0.5).standardDeviation()).isNaN();
        assertThat(summary.undefined()).isZero();
        Summary partial = Summary.of(0.5, Double.NaN, 0.7);
        assertThat(partial.runs()).isEqualTo(3);
        assertThat(partial.undefined()).isEqualTo(1);
        assertThat(partial.mean()).isNaN();
        assertThat(partial.median()).isNaN();
        assertThat(partial.best()).isNaN();
    }
}
