package org.jelectra.backend.check;

import java.util.List;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.LinearGeluOperands;

/** The part of the {@link Catalog} that looks rows up, of embeddings and of hidden states, at given sizes. */
final class EmbeddingTrials {

    private final Sizes sizes;

    EmbeddingTrials(Sizes sizes) {
        this.sizes = sizes;
    }

    List<Trial> all() {
        int length = sizes.attention().length();
        int rows = sizes.tokens();
        int width = sizes.hidden();
        int embedding = sizes.embedding();
        return List.of(
                lookingUp("embedding")
                        .values("y", rows, embedding)
                        .written()
                        .prepares((b, t) ->
                                b.embedding(NamedOperands.of(EmbeddingOperands.class, t, length), t.get("y"))),
                embeddingLayerNorm("embeddingLayerNorm")
                        .prepares((b, t) -> b.embeddingLayerNorm(
                                NamedOperands.of(EmbeddingOperands.class, t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), Trial.dropout(t)))),
                embeddingLayerNorm("embeddingLayerNormLinear")
                        .weight("weight", sizes.hidden(), embedding)
                        .numbers("bias", sizes.hidden())
                        .optional()
                        .values("projected", rows, sizes.hidden())
                        .written()
                        .flops(LinearTrials.productFlops(rows, embedding, sizes.hidden()))
                        .prepares((b, t) -> b.embeddingLayerNormLinear(
                                NamedOperands.of(EmbeddingOperands.class, t, length),
                                NamedOperands.layerNorm(t, t.get("sum"), Trial.dropout(t)),
                                t.get("weight"),
                                t.get("bias"),
                                t.get("projected"))),
                Trial.of("embeddingBackward")
                        .values("dy", rows, embedding)
                        .integers("ids", sizes.vocabulary(), rows)
                        .integers("tokenTypes", 2, rows)
                        .numbers("dWords", sizes.vocabulary(), embedding)
                        .touched((long) rows * embedding)
                        .free(0)
                        .updated()
                        .numbers("dPositions", length + 2, embedding)
                        .touched((long) length * embedding)
                        .free(0)
                        .updated()
                        .numbers("dTypes", 2, embedding)
                        .free(0)
                        .updated()
                        .prepares((b, t) -> b.embeddingBackward(
                                t.get("dy"),
                                t.get("ids"),
                                t.get("tokenTypes"),
                                length,
                                t.get("dWords"),
                                t.get("dPositions"),
                                t.get("dTypes"))),
                Trial.of("gatherRows")
                        .values("x", rows, width)
                        .touched((long) sizes.slots() * width)
                        .free(0)
                        .integers("rows", rows, sizes.slots())
                        .values("y", sizes.slots(), width)
                        .written()
                        .prepares((b, t) -> b.gatherRows(t.get("x"), t.get("rows"), t.get("y"))),
                Trial.of("gatherRowsBackward")
                        .values("dy", sizes.slots(), width)
                        .integers("rows", rows, sizes.slots())
                        .values("dx", rows, width)
                        .free(0)
                        .written()
                        .prepares((b, t) -> b.gatherRowsBackward(t.get("dy"), t.get("rows"), t.get("dx"))),
                linearGeluLayerNorm(Trial.of("linearGeluLayerNorm")
                        .values("x", rows, width)
                        .touched((long) sizes.slots() * width)
                        .free(0)
                        .integers("rows", rows, sizes.slots())
                        .values("gathered", sizes.slots(), width)
                        .written()));
    }

    /** Those that read all rows, where they else look some up. */
    List<Trial> variants() {
        return List.of(linearGeluLayerNorm(
                Trial.of("linearGeluLayerNorm of all rows").values("x", sizes.slots(), sizes.hidden())));
    }

    private Trial linearGeluLayerNorm(Trial input) {
        int rows = sizes.slots();
        int width = sizes.embedding();
        Trial activation = input.weight("weight", width, sizes.hidden())
                .numbers("bias", width)
                .optional()
                .values("preActivation", rows, width)
                .written()
                .values("activation", rows, width)
                .written();
        return EncoderTrials.normalized(activation, rows, width)
                .flops(LinearTrials.productFlops(rows, sizes.hidden(), width))
                .prepares((b, t) -> b.linearGeluLayerNorm(
                        NamedOperands.of(LinearGeluOperands.class, t),
                        NamedOperands.layerNorm(t, t.get("activation"), Trial.dropout(t))));
    }

    private Trial lookingUp(String name) {
        int length = sizes.attention().length();
        int rows = sizes.tokens();
        int embedding = sizes.embedding();
        return Trial.of(name)
                .integers("ids", sizes.vocabulary(), rows)
                .integers("tokenTypes", 2, rows)
                .numbers("words", sizes.vocabulary(), embedding)
                .touched((long) rows * embedding)
                .free(0)
                .numbers("positions", length + 2, embedding)
                .touched((long) length * embedding)
                .free(0)
                .numbers("types", 2, embedding)
                .free(0);
    }

    private Trial embeddingLayerNorm(String name) {
        int rows = sizes.tokens();
        int embedding = sizes.embedding();
        Trial sum = lookingUp(name).values("sum", rows, embedding).written();
        return EncoderTrials.normalized(sum, rows, embedding);
    }
}
