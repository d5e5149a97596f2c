package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.jelectra.electra.flops.CountedTraining;
import org.jelectra.electra.flops.PublishedModels;
import org.junit.jupiter.api.Test;

class PublishedScoresTest {

    @Test
    void averagesAreThoseOfTheirTasks() {
        assertThat(PublishedScores.ALL)
                .filteredOn(row -> !row.scores().isEmpty())
                .hasSizeGreaterThan(10)
                .allSatisfy(row -> {
                    assertThat(row.scores().keySet()).containsExactlyElementsOf(PublishedScores.tasks());
                    double mean = row.scores().values().stream()
                            .mapToDouble(Double::doubleValue)
                            .average()
                            .orElseThrow();
                    assertThat(row.average()).as(row.model() + row.set()).isEqualTo(mean, within(0.0501));
                });
    }

    @Test
    void everyRowIsOnceAndOfAModelWhoseComputeIsKnown() {
        Set<String> seen = new HashSet<>();
        for (PublishedScores row : PublishedScores.ALL) {
            assertThat(seen.add(row.model() + " " + row.set()))
                    .as(row.toString())
                    .isTrue();
            assertThat(PublishedScores.of(row.model(), row.set())).contains(row);
            assertThat(PublishedModels.ALL).extracting(CountedTraining::name).contains(row.model());
        }
        assertThat(PublishedScores.of("ALBERT", PublishedScores.TEST)).isEmpty();
    }
}
