package org.jelectra.io.pytorch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The container of PyTorch 1.6 and later: a zip archive without compression, {@code NAME/data.pkl} with the pickle and
 * {@code NAME/data/KEY} with the bytes of each storage.
 */
final class ZipContainer implements StorageBytes {

    private static final String PICKLE = "/data.pkl";
    /** What {@code torch.save} writes after {@code torch.serialization.set_crc32_options(False)}. */
    private static final long NOT_COMPUTED = 0;

    private final ZipFile zip;
    private final String source;
    private final String prefix;
    private final long fileBytes;
    private final Set<String> checked = new HashSet<>();

    private ZipContainer(ZipFile zip, String source, long fileBytes) throws IOException {
        this.zip = zip;
        this.source = source;
        this.fileBytes = fileBytes;
        List<String> pickles = zip.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.endsWith(PICKLE))
                .toList();
        if (pickles.size() != 1) {
            throw new IOException(
                    source + ": not a file of PyTorch: expected one entry data.pkl in the zip archive, found "
                            + pickles.size());
        }
        prefix = pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length()) + "/";
    }

    static ZipContainer open(Path file) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException | IllegalArgumentException e) {
            throw new IOException(file + ": not a whole zip archive (truncated?): " + e.getMessage(), e);
        }
        try {
            return new ZipContainer(zip, file.toString(), Files.size(file));
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /** Runs the pickle; the storages that it mentions must be there, whole. */
    Object read(StateDictObjects objects) throws IOException {
        ZipEntry order = zip.getEntry(prefix + "byteorder");
        if (order != null) {
            try (InputStream in = stored(order)) {
                String text = new String(in.readNBytes(16), StandardCharsets.US_ASCII);
                if (!text.equals("little")) {
                    throw new IOException(source + ": expected byte order little, found " + text);
                }
            }
        }
        Object root;
        try (InputStream in = new BufferedInputStream(stored(entry(prefix + "data.pkl")))) {
            root = new Unpickler(new PickleInput(in, source), source, objects).read();
        }
        for (Map.Entry<String, StorageRecord> storage : objects.storages().entrySet()) {
            ZipEntry entry = entry(prefix + "data/" + storage.getKey());
            if (entry.getSize() != storage.getValue().bytes()) {
                throw new IOException(source + ": entry " + entry.getName() + " must have "
                        + storage.getValue().bytes() + " bytes, found " + entry.getSize());
            }
            if (entry.getSize() > fileBytes) {
                throw new IOException(source + ": entry " + entry.getName() + " claims " + entry.getSize()
                        + " bytes, more than the whole file has");
            }
        }
        return root;
    }

    @Override
    public InputStream open(StorageRecord storage, long firstByte) throws IOException {
        InputStream in = stored(entry(prefix + "data/" + storage.key()));
        in.skipNBytes(firstByte);
        return in;
    }

    private ZipEntry entry(String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException(source + ": expected an entry " + name + " in the zip archive, found none");
        }
        return entry;
    }

    // torch.save never compresses; of a compressed entry the size would be only a claim
    private InputStream stored(ZipEntry entry) throws IOException {
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
            throw new IOException(source + ": entry " + entry.getName() + " is compressed, expected a stored one");
        }
        if (entry.getCrc() != NOT_COMPUTED && checked.add(entry.getName())) {
            requireChecksum(entry);
        }
        return zip.getInputStream(entry);
    }

    // ZipFile leaves that to the reader of a stored entry, and a view of a storage is only a part of it
    private void requireChecksum(ZipEntry entry) throws IOException {
        CRC32 found = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), found)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        if (found.getValue() != entry.getCrc()) {
            throw new IOException(source + ": damaged: expected checksum " + Long.toHexString(entry.getCrc())
                    + " of entry " + entry.getName() + ", found " + Long.toHexString(found.getValue()));
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
