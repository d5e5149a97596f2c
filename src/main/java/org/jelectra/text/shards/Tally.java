package org.jelectra.text.shards;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import org.jelectra.io.JsonFields;
import org.jelectra.text.HeldOutSplit;
import org.jelectra.text.corpus.Replacements;

/** What was counted so far, and where within a document reading stands: the state of {@link DocumentRouter}. */
final class Tally {

    /** What becomes of the open document. */
    enum Fate {
        /** No token of it has come yet. */
        UNDECIDED,
        TRAINING,
        HELD_OUT,
        DROPPED
    }

    long documents;
    long emptyDocuments;
    long duplicateDocuments;
    long shortDocuments;
    long droppedDuplicates;
    long textBytes;
    long tokens;
    long unknownTokens;
    long droppedTokens;
    Replacements replaced = Replacements.NONE;
    final long[] partDocuments = new long[Part.values().length];
    /** The kept documents with the least and the greatest draw, -1 before the first. */
    int leastDocument = -1;

    int mostDocument = -1;
    /** The open document, -1 before the first. */
    int document = -1;

    Fate fate = Fate.UNDECIDED;
    /** Its tokens so far. */
    long documentTokens;

    /** A document is kept. */
    void keep(int index, Part part) {
        partDocuments[part.ordinal()]++;
        double draw = HeldOutSplit.draw(index);
        if (leastDocument < 0 || draw < HeldOutSplit.draw(leastDocument)) {
            leastDocument = index;
        }
        if (mostDocument < 0 || draw > HeldOutSplit.draw(mostDocument)) {
            mostDocument = index;
        }
    }

    PreparedCounts counts() {
        return new PreparedCounts(
                documents,
                emptyDocuments,
                duplicateDocuments,
                shortDocuments,
                droppedDuplicates,
                textBytes,
                tokens,
                unknownTokens,
                droppedTokens,
                replaced);
    }

    JsonObject write() {
        JsonObject json = new JsonObject();
        json.add("counts", ManifestJson.counts(counts()));
        JsonArray parts = new JsonArray();
        for (long count : partDocuments) {
            parts.add(count);
        }
        json.add("part_documents", parts);
        json.addProperty("least_document", leastDocument);
        json.addProperty("most_document", mostDocument);
        json.addProperty("document", document);
        json.addProperty("fate", fate.name());
        json.addProperty("document_tokens", documentTokens);
        return json;
    }

    static Tally read(JsonFields json) throws IOException {
        Tally tally = new Tally();
        PreparedCounts counts = ManifestJson.readCounts(json.object("counts"));
        tally.documents = counts.documents();
        tally.emptyDocuments = counts.emptyDocuments();
        tally.duplicateDocuments = counts.duplicateDocuments();
        tally.shortDocuments = counts.shortDocuments();
        tally.droppedDuplicates = counts.droppedDuplicates();
        tally.textBytes = counts.textBytes();
        tally.tokens = counts.tokens();
        tally.unknownTokens = counts.unknownTokens();
        tally.droppedTokens = counts.droppedTokens();
        tally.replaced = counts.replaced();
        int[] parts = json.integers("part_documents", 0, Integer.MAX_VALUE);
        if (parts.length != tally.partDocuments.length) {
            throw json.wrong("part_documents", "two numbers", parts.length);
        }
        for (int i = 0; i < parts.length; i++) {
            tally.partDocuments[i] = parts[i];
        }
        tally.leastDocument = json.integer("least_document", -1, Integer.MAX_VALUE);
        tally.mostDocument = json.integer("most_document", -1, Integer.MAX_VALUE);
        tally.document = json.integer("document", -1, Integer.MAX_VALUE);
        String fate = json.text("fate");
        try {
            tally.fate = Fate.valueOf(fate);
        } catch (IllegalArgumentException e) {
            throw (IOException) json.wrong("fate", "UNDECIDED, TRAINING, HELD_OUT or DROPPED", fate)
                    .initCause(e);
        }
        tally.documentTokens = json.whole("document_tokens", 0, Long.MAX_VALUE);
        return tally;
    }
}
