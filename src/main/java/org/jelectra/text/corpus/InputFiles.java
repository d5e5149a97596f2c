package org.jelectra.text.corpus;

/**
 * Which files a text is made of, told in a few bytes: a corpus may have millions of them.
 *
 * @param files number of files
 * @param bytes size of all as they are stored
 * @param first name of the first one
 * @param sha256 hash of names and sizes in reading order, in hexadecimal
 */
public record InputFiles(int files, long bytes, String first, String sha256) {}
