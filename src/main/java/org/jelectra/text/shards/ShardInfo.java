package org.jelectra.text.shards;

/**
 * What the manifest says of a shard.
 *
 * @param file name of the file within the directory
 * @param sequences number of sequences
 * @param tokens tokens of the text, without special ones
 * @param segments number of segments
 * @param bytes size of the file
 * @param checksum CRC-32C of the rows
 */
public record ShardInfo(String file, int sequences, long tokens, long segments, long bytes, int checksum) {}
