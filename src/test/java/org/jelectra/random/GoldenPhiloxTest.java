package org.jelectra.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.Golden;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Known answers of Philox-4x32, with seven and ten rounds. */
@Tag("every-jdk")
class GoldenPhiloxTest {

    static List<JsonObject> blocks() throws IOException {
        List<JsonObject> blocks = new ArrayList<>();
        Golden.json("philox").entrySet().forEach(entry -> {
            if (entry.getValue() instanceof JsonArray array) {
                for (JsonElement element : array) {
                    blocks.add(element.getAsJsonObject());
                }
            }
        });
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void blockEqualsKnownAnswer(JsonObject block) {
        int[] counter = words(block, "counter");
        int[] key = words(block, "key");
        int rounds = block.get("rounds").getAsInt();
        int[] out = new int[4];
        Philox.block(counter[0], counter[1], counter[2], counter[3], key[0], key[1], rounds, out);
        assertThat(out).isEqualTo(words(block, "output"));
    }

    private static int[] words(JsonObject block, String name) {
        JsonArray array = block.getAsJsonArray(name);
        int[] words = new int[array.size()];
        for (int i = 0; i < words.length; i++) {
            words[i] = Integer.parseUnsignedInt(array.get(i).getAsString(), 16);
        }
        return words;
    }
}
