/**
 * Tokens of a corpus on disk, ready to be trained on: {@link org.jelectra.text.shards.Preparation} turns text of any size into a
 * directory of shards with a manifest, {@link org.jelectra.text.shards.ShardedCorpus} maps such a directory into memory.
 *
 * <p>A directory holds:
 *
 * <ul>
 *   <li>{@code manifest.json}: vocabulary hash, casing, counts, checksums ({@link org.jelectra.text.shards.ShardManifest}); written
 *       last, so that a directory without it is not complete;
 *   <li>{@code vocab.txt}: the vocabulary;
 *   <li>{@code training-00000.shard} ... and {@code held-out-00000.shard} ...: a header of 128 bytes ({@link
 *       org.jelectra.text.shards.ShardHeader}), then one row of L ids per sequence, [PAD] at its end, as little-endian unsigned
 *       integers of 16 bits, or 32 for vocabularies above 65,536 tokens. Other programs can map the rows as they are.
 * </ul>
 */
package org.jelectra.text.shards;
