package org.jelectra.electra.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.Golden;
import org.jelectra.electra.ModelFiles;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.TestTensor;

/** The models of golden files as directories. */
final class GoldenModel {

    private GoldenModel() {}

    /** Writes a fine-tuned model, or the discriminator of a pre-trained one. */
    static Path write(String name, String architecture, Path folder) throws IOException {
        boolean pretrained = name.startsWith("pretrain");
        String prefix = pretrained ? "param.discriminator." : "param.";
        Files.createDirectories(folder);
        try (SafetensorsReader golden = Golden.safetensors(name)) {
            List<TestTensor> entries = new ArrayList<>();
            for (String tensor : golden.names()) {
                if (tensor.startsWith(prefix) && !golden.dtype(tensor).equals("I64")) {
                    entries.add(TestTensor.read(golden, tensor).named(tensor.substring(prefix.length())));
                }
            }
            TestTensor.write(folder.resolve(ModelFiles.WEIGHTS), entries);
        }
        JsonObject config = Golden.json(name).getAsJsonObject(pretrained ? "discriminator_config" : "config");
        JsonArray architectures = new JsonArray();
        architectures.add(architecture);
        config.add("architectures", architectures);
        Json.write(folder.resolve(ModelFiles.CONFIG), config);
        return folder;
    }
}
