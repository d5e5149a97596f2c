package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import org.junit.jupiter.api.Test;

class OtherSettingsTest {

    private static JsonObject settings(double epochs, double dropout) {
        JsonObject settings = new JsonObject();
        RunIdentity.add(settings, FineTuneSettings.defaults(256, epochs, 128, 7));
        settings.addProperty("hiddenSize", 256);
        settings.addProperty("hiddenDropout", dropout);
        settings.addProperty("attentionDropout", 0.1);
        return settings;
    }

    @Test
    void theOriginalsAreNotNamed() {
        OtherSettings others = new OtherSettings();
        others.add("CoLA", settings(3, 0.1));
        JsonObject inParts = settings(10, 0.1);
        inParts.addProperty("microBatches", 4);
        others.add("RTE", inParts);
        assertThat(others.text()).isEmpty();
    }

    @Test
    void thoseOfSomeTasksNameThem() {
        OtherSettings others = new OtherSettings();
        JsonObject frozen = settings(3, 0);
        frozen.addProperty("frozenLayers", 2);
        others.add("CoLA", frozen);
        others.add("RTE", settings(3, 0));
        assertThat(others.text())
                .isEqualTo(" What was measured here has other settings than the original code: hiddenDropout 0.0,"
                        + " frozenLayers 2 (CoLA), epochs 3.0 (RTE).");
    }
}
