package org.jelectra.finetune.squad;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jelectra.inference.squad.SquadQuestion;
import org.jelectra.text.corpus.UnpackedText;

/**
 * Reads SQuAD's JSON, version 1.1 or 2.0, a paragraph at a time. Objects may have their members in any order; unknown ones are
 * passed over.
 */
public final class SquadReader {

    private final Path file;
    private final JsonReader json;
    private final List<SquadQuestion> questions = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private int misplaced;

    /** A question before its context is known. */
    private record Draft(String path, String id, String question, boolean impossible, List<RawAnswer> answers) {}

    /** An answer as the file has it; {@code start} counts code points. */
    private record RawAnswer(String text, int start) {}

    private SquadReader(Path file, JsonReader json) {
        this.file = file;
        this.json = json;
    }

    /**
     * Reads a file.
     *
     * @param file JSON, unpacked where its name ends in .gz or .xz
     * @throws IOException if it cannot be read, is not JSON in UTF-8, lacks a member, or has no question; the message names the
     *     file and the place in the document
     */
    public static SquadFile read(Path file) throws IOException {
        try (Reader reader = UnpackedText.open(file);
                JsonReader json = new JsonReader(reader)) {
            json.setStrictness(Strictness.STRICT);
            return new SquadReader(file, json).read();
        }
    }

    private SquadFile read() throws IOException {
        try {
            document();
            requireEnd();
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": expected JSON in UTF-8, found bytes that are not UTF-8", e);
        } catch (EOFException e) {
            throw new IOException(file + ": the JSON ends too early, within " + json.getPath(), e);
        } catch (MalformedJsonException | JsonParseException | IllegalStateException | NumberFormatException e) {
            throw new IOException(file + ": not SQuAD's JSON: " + firstLine(e), e);
        }
        if (questions.isEmpty()) {
            throw new IOException(file + ": expected questions below $.data, found none");
        }
        return new SquadFile(file, List.copyOf(questions), misplaced);
    }

    private void requireEnd() throws IOException {
        JsonToken next;
        try {
            next = json.peek();
        } catch (MalformedJsonException e) {
            throw new IOException(file + ": expected one JSON object, found more text after it", e);
        }
        if (next != JsonToken.END_DOCUMENT) {
            throw new IOException(file + ": expected one JSON object, found more text after it");
        }
    }

    // Gson speaks of its own settings, and adds a link to its guide on a second line.
    private static String firstLine(Exception e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.replaceFirst("^Use JsonReader\\.setStrictness\\(.*\\) to accept malformed JSON", "malformed");
    }

    private void document() throws IOException {
        boolean data = false;
        json.beginObject();
        while (json.hasNext()) {
            if (json.nextName().equals("data")) {
                data = true;
                json.beginArray();
                while (json.hasNext()) {
                    article();
                }
                json.endArray();
            } else {
                json.skipValue();
            }
        }
        require(data, "$", "data");
        json.endObject();
    }

    private void article() throws IOException {
        String path = json.getPath();
        boolean paragraphs = false;
        json.beginObject();
        while (json.hasNext()) {
            if (json.nextName().equals("paragraphs")) {
                paragraphs = true;
                json.beginArray();
                while (json.hasNext()) {
                    paragraph();
                }
                json.endArray();
            } else {
                json.skipValue();
            }
        }
        require(paragraphs, path, "paragraphs");
        json.endObject();
    }

    private void paragraph() throws IOException {
        String path = json.getPath();
        String context = null;
        List<Draft> drafts = null;
        json.beginObject();
        while (json.hasNext()) {
            switch (json.nextName()) {
                case "context" -> context = json.nextString();
                case "qas" -> {
                    drafts = new ArrayList<>();
                    json.beginArray();
                    while (json.hasNext()) {
                        drafts.add(question());
                    }
                    json.endArray();
                }
                default -> json.skipValue();
            }
        }
        require(context != null, path, "context");
        require(drafts != null, path, "qas");
        json.endObject();
        for (Draft draft : drafts) {
            add(draft, context);
        }
    }

    private Draft question() throws IOException {
        String path = json.getPath();
        String id = null;
        String question = null;
        boolean impossible = false;
        List<RawAnswer> answers = null;
        json.beginObject();
        while (json.hasNext()) {
            switch (json.nextName()) {
                case "id" -> id = json.nextString();
                case "question" -> question = json.nextString();
                case "is_impossible" -> impossible = json.nextBoolean();
                case "answers" -> {
                    answers = new ArrayList<>();
                    json.beginArray();
                    while (json.hasNext()) {
                        answers.add(answer());
                    }
                    json.endArray();
                }
                default -> json.skipValue();
            }
        }
        require(id != null, path, "id");
        require(question != null, path, "question");
        require(answers != null || impossible, path, "answers");
        json.endObject();
        return new Draft(path, id, question, impossible, answers);
    }

    private RawAnswer answer() throws IOException {
        String path = json.getPath();
        String text = null;
        Integer start = null;
        json.beginObject();
        while (json.hasNext()) {
            switch (json.nextName()) {
                case "text" -> text = json.nextString();
                case "answer_start" -> start = json.nextInt();
                default -> json.skipValue();
            }
        }
        require(text != null, path, "text");
        require(start != null, path, "answer_start");
        json.endObject();
        return new RawAnswer(text, start);
    }

    private void add(Draft draft, String context) throws IOException {
        if (!ids.add(draft.id)) {
            throw new IOException(file + ": " + draft.path + ": expected an id of its own for each question, found "
                    + draft.id + " again");
        }
        List<SquadQuestion.Answer> answers = new ArrayList<>();
        for (RawAnswer raw : draft.impossible ? List.<RawAnswer>of() : draft.answers) {
            int start = index(context, raw);
            misplaced += start < 0 ? 1 : 0;
            answers.add(new SquadQuestion.Answer(raw.text, start));
        }
        questions.add(new SquadQuestion(draft.id, draft.question, context, List.copyOf(answers)));
    }

    private static int index(String context, RawAnswer raw) {
        if (raw.start < 0 || raw.text.isBlank() || raw.start > context.codePointCount(0, context.length())) {
            return -1;
        }
        int start = context.offsetByCodePoints(0, raw.start);
        return context.regionMatches(true, start, raw.text, 0, raw.text.length()) ? start : -1;
    }

    private void require(boolean there, String path, String member) throws IOException {
        if (!there) {
            throw new IOException(file + ": " + path + ": expected a member \"" + member + "\", found none");
        }
    }
}
