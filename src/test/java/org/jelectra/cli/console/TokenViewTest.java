package org.jelectra.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.jelectra.electra.TokenProbability;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class TokenViewTest {

    private static final List<TokenProbability> SENTENCE = List.of(
            new TokenProbability("the", null, false, 0.02),
            new TokenProbability("chef", null, false, 0.51),
            new TokenProbability("ate", "cooked", true, 0.934),
            new TokenProbability("the", "the", false, 0.0),
            new TokenProbability("mean", "meal", true, 0.31),
            new TokenProbability("##s", null, false, 0.999));

    @Test
    void plainTextShowsOriginalReplacementAndProbability() {
        TokenView view = new TokenView(new Terminal(100, false, false));

        assertThat(view.render(SENTENCE)).isEqualTo("""
                          the chef cooked->ate the meal->mean ##s
                          .02 .51* .93*        .00 .31        1.00*
                        """);
        assertThat(view.legend())
                .endsWith("\n")
                .contains("original->replacement")
                .doesNotContain("\u001b");
    }

    @Test
    void wrapsAtTheTerminalWidth() {
        TokenView view = new TokenView(new Terminal(40, false, false));

        String text = view.render(Collections.nCopies(30, new TokenProbability("word", null, false, 0.1)));

        assertThat(text.lines()).hasSize(10).allMatch(line -> line.length() <= 40);
        assertThat(text.lines()
                        .filter(line -> line.contains("word"))
                        .mapToInt(line -> line.split("word", -1).length - 1))
                .containsExactly(7, 7, 7, 7, 2);
    }

    @Test
    void coloursGoFromGreenToRedAndLeaveTheTextAsItIs() {
        Terminal terminal = new Terminal(100, true, true);
        String text = new TokenView(terminal).render(SENTENCE);

        assertThat(text).contains("\u001b[38;5;16;48;5;151mthe\u001b[0m");
        assertThat(text).contains("\u001b[2;9mcooked\u001b[0m \u001b[38;5;16;48;5;203;1;4mate\u001b[0m");
        assertThat(text.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo("""
                          the chef cooked ate the meal mean ##s
                          .02 .51  .93        .00 .31       1.00
                        """);
        assertThat(new TokenView(terminal).legend()).contains("48;5;151m", "48;5;203m");
    }

    @Test
    void extremeProbabilitiesHaveAShade() {
        TokenView view = new TokenView(new Terminal(100, true, true));

        assertThat(view.render(List.of(new TokenProbability("a", null, false, 1))))
                .contains("48;5;203");
        assertThat(view.render(List.of(new TokenProbability("a", null, false, Double.NaN))))
                .contains("48;5;151");
    }

    @Test
    void wideCharactersTakeTwoColumns() {
        TokenView view = new TokenView(new Terminal(100, false, false));

        assertThat(view.render(List.of(
                        new TokenProbability("日本語", null, false, 0.1), new TokenProbability("a", null, false, 0.2))))
                .isEqualTo("  日本語 a\n  .10    .20\n");
        assertThat(DisplayWidth.of("e\u0301")).isEqualTo(1);
    }

    @Test
    void noTokensAreNoLines() {
        assertThat(new TokenView(Terminal.NONE).render(List.of())).isEmpty();
    }

    @Test
    void summaryCountsWhatWasFound() {
        assertThat(TokenView.summary(SENTENCE))
                .isEqualToIgnoringNewLines("1 of 2 replaced tokens found, 2 false alarms among 4 original tokens");
    }
}
