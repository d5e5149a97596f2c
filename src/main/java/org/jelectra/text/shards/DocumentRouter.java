package org.jelectra.text.shards;

import java.io.IOException;
import org.jelectra.text.IntList;
import org.jelectra.text.TokenBlock;
import org.jelectra.text.corpus.Document;

/** Decides for each document whether it is kept and in which part, counts, and hands its lines to the part's packer. */
final class DocumentRouter {

    private final PrepareOptions options;
    private final HeldOutRule rule;
    private final Tally tally;
    private final PartPacker training;
    private final PartPacker heldOut;
    private final DuplicateIndex index;
    private final SignatureLog log;
    private final int unknownId;

    DocumentRouter(
            PrepareOptions options,
            HeldOutRule rule,
            Tally tally,
            PartPacker training,
            PartPacker heldOut,
            DuplicateIndex index,
            SignatureLog log) {
        this.options = options;
        this.rule = rule;
        this.tally = tally;
        this.training = training;
        this.heldOut = heldOut;
        this.index = index;
        this.log = log;
        this.unknownId = options.vocabulary().unknownId();
    }

    void accept(PreparedBlock prepared) throws IOException {
        TokenBlock block = prepared.block();
        int line = 0;
        int token = 0;
        for (int d = 0; d < block.documents().size(); d++) {
            Document document = block.documents().get(d);
            int count = prepared.tokenCounts()[d];
            if (document.index() != tally.document) {
                endDocument();
                tally.document = document.index();
                tally.fate = Tally.Fate.UNDECIDED;
                tally.documentTokens = 0;
                tally.documents++;
            }
            if (count > 0 && tally.fate == Tally.Fate.UNDECIDED) {
                decide(document, count, prepared.signatures().get(d));
            }
            tally.tokens += count;
            tally.droppedTokens += tally.fate == Tally.Fate.DROPPED ? count : 0;
            for (int i = 0; i < document.lines().size(); i++) {
                int length = block.lineLengths().get(line++);
                if (length > 0 && tally.fate != Tally.Fate.DROPPED) {
                    addLine(block.ids(), token, token + length);
                }
                token += length;
            }
        }
        for (int i = 0; i < block.ids().size(); i++) {
            tally.unknownTokens += block.ids().get(i) == unknownId ? 1 : 0;
        }
    }

    /** Ends the last document. */
    void finish() {
        endDocument();
        tally.document = -1;
        tally.fate = Tally.Fate.UNDECIDED;
    }

    // Judged by the first stretch with a token, as later ones are not here yet.
    // A document of several stretches is never too short, however few tokens this one has.
    private void decide(Document document, int count, short[] signature) throws IOException {
        boolean whole = !document.continued() && !document.goesOn();
        if (whole && count < options.minTokens()) {
            tally.shortDocuments++;
            tally.fate = Tally.Fate.DROPPED;
            return;
        }
        if (signature != null) {
            if (index.resembles(signature)) {
                tally.duplicateDocuments++;
                if (options.dropDuplicates()) {
                    tally.droppedDuplicates++;
                    tally.fate = Tally.Fate.DROPPED;
                    return;
                }
            } else {
                index.add(signature);
                log.add(signature);
            }
        }
        Part part = rule.side(tally.document, options.packing().heldOutFraction());
        tally.keep(tally.document, part);
        tally.fate = part == Part.TRAINING ? Tally.Fate.TRAINING : Tally.Fate.HELD_OUT;
        packer().beginDocument();
    }

    private void addLine(IntList ids, int from, int to) throws IOException {
        int at = from;
        if (rule.splits(tally.document) && tally.fate == Tally.Fate.TRAINING) {
            long latest = rule.tailLatest() - tally.documentTokens;
            if (tally.documentTokens >= rule.tailFrom()) {
                beginHeldOutEnd();
            } else if (latest < to - from) {
                at = from + (int) latest;
                addToPacker(ids, from, at);
                beginHeldOutEnd();
            }
        }
        addToPacker(ids, at, to);
    }

    private void addToPacker(IntList ids, int from, int to) throws IOException {
        packer().add(ids, from, to);
        packer().endLine();
        tally.documentTokens += to - from;
    }

    private void beginHeldOutEnd() throws IOException {
        training.endDocument();
        tally.fate = Tally.Fate.HELD_OUT;
        heldOut.beginDocument();
    }

    private void endDocument() {
        if (tally.document < 0) {
            return;
        }
        if (tally.fate == Tally.Fate.UNDECIDED) {
            tally.emptyDocuments++;
        } else if (tally.fate != Tally.Fate.DROPPED) {
            packer().endDocument();
        }
    }

    private PartPacker packer() {
        return tally.fate == Tally.Fate.HELD_OUT ? heldOut : training;
    }
}
