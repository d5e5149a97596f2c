package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordDivisionTest {

    private static List<String> words(String text) {
        List<Word> words = WordDivision.divide(text);
        for (Word word : words) {
            assertThat(text.substring(word.start(), word.end())).isEqualTo(word.text());
        }
        return words.stream().map(Word::text).toList();
    }

    @Test
    void dividesAtSpaceAndOuterPunctuation() {
        assertThat(words("Don't pay (3.5 $), \"Mr. X\"!"))
                .containsExactly("Don't", "pay", "(", "3.5", "$", ")", ",", "\"", "Mr", ".", "X", "\"", "!");
        assertThat(words("  a\u00a0b\u3000c\n")).containsExactly("a", "b", "c");
        assertThat(words("...")).containsExactly(".", ".", ".");
        assertThat(words("\ud83d\ude00 \u201cja\u201d")).containsExactly("\ud83d\ude00", "\u201c", "ja", "\u201d");
        assertThat(words(" ")).isEmpty();
    }

    @Test
    void ideographsAreWords() {
        assertThat(words("我住在北京，BERT!  他𠮷。"))
                .containsExactly("我", "住", "在", "北", "京", "，", "BERT", "!", "他", "𠮷", "。");
        assertThat(words("ソニー、トヨタ。「iPhone」")).containsExactly("ソニー", "、", "トヨタ", "。", "「", "iPhone", "」");
    }
}
