/**
 * Files: the safetensors container, JSON, tables in Markdown, and writing a file so that a reader sees the old or the new content and
 * never half of one. Every malformed input is an {@link java.io.IOException} whose message names the file and what was expected.
 */
package org.jelectra.io;
