package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields are what they should be, or the message says what they are. */
@Tag("every-jdk")
class JsonFieldsTest {

    private static JsonFields fields(String json) throws IOException {
        return new JsonFields(Json.parse(json, "x.json"), "x.json");
    }

    private static void assertMessage(ThrowingCallable action, String message) {
        assertThatThrownBy(action).isInstanceOf(IOException.class).hasMessage(message);
    }

    @Test
    void everyKindIsRead() throws IOException {
        JsonFields fields =
                fields("{\"o\": {\"a\": [1, {\"t\": \"word\"}]}, \"f\": true, \"g\": false, \"n\": -0.5, \"z\": null}");
        assertThat(fields.object("o").array("a")).hasSize(2);
        assertThat(fields.object("o").element("a", 1).text("t")).isEqualTo("word");
        assertThat(fields.flag("f")).isTrue();
        assertThat(fields.flag("g")).isFalse();
        assertThat(fields.number("n")).isEqualTo(-0.5);
        assertThat(fields.numberOrNaN("n")).isEqualTo(-0.5);
        assertThat(fields.numberOrNaN("z")).isNaN();
        assertThat(fields.has("n")).isTrue();
        assertThat(fields.has("z")).isFalse();
        assertThat(fields.has("missing")).isFalse();
    }

    @Test
    void whatIsSomethingElseIsNamed() throws IOException {
        JsonFields fields =
                fields("{\"o\": {\"a\": [1]}, \"f\": 1, \"t\": 2, \"n\": \"3\", \"e\": 1e999, \"z\": null}");
        assertMessage(() -> fields.number("missing"), "x.json: the field \"missing\" is missing");
        assertMessage(() -> fields.number("z"), "x.json: \"z\": expected a number, found null");
        assertMessage(() -> fields.number("n"), "x.json: \"n\": expected a number, found \"3\"");
        assertMessage(() -> fields.number("e"), "x.json: \"e\": expected a number, found 1e999");
        assertMessage(() -> fields.flag("f"), "x.json: \"f\": expected true or false, found 1");
        assertMessage(() -> fields.text("t"), "x.json: \"t\": expected a string, found 2");
        assertMessage(() -> fields.object("t"), "x.json: \"t\": expected an object, found 2");
        assertMessage(() -> fields.array("o"), "x.json: \"o\": expected an array, found {\"a\":[1]}");
        assertMessage(() -> fields.object("o").element("a", 0), "x.json, o: \"a[0]\": expected an object, found 1");
        assertThat(fields.wrong("t", "less", "x".repeat(60))).hasMessageEndingWith("found " + "x".repeat(60));
        assertThat(fields.wrong("t", "less", "x".repeat(61))).hasMessageEndingWith("found " + "x".repeat(60) + "...");
    }

    @Test
    void bothEndsOfARangeBelongToIt() throws IOException {
        JsonFields fields = fields("{\"a\": -3, \"b\": 5, \"c\": -4, \"d\": 6, \"l\": " + Long.MIN_VALUE + "}");
        assertThat(fields.integer("a", -3, 5)).isEqualTo(-3);
        assertThat(fields.integer("b", -3, 5)).isEqualTo(5);
        assertMessage(() -> fields.integer("c", -3, 5), "x.json: \"c\": expected an integer from -3 to 5, found -4");
        assertMessage(() -> fields.integer("d", -3, 5), "x.json: \"d\": expected an integer from -3 to 5, found 6");
        assertThat(fields.whole("l", Long.MIN_VALUE, 0)).isEqualTo(Long.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1.0", "1e2", "\"1\"", "[1]", "9223372036854775808", "1e999999999", "true"})
    void whatIsNoIntegerIsNotRounded(String value) throws IOException {
        JsonFields fields = fields("{\"a\": " + value + "}");
        assertThatThrownBy(() -> fields.whole("a", 0, Long.MAX_VALUE))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("x.json: \"a\": expected an integer");
    }
}
