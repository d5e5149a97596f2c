package org.jelectra.gpu;

import java.nio.ByteBuffer;

/** A piece of device memory. */
public final class DeviceMemory extends GpuResource {

    private final long address;
    private final long bytes;

    DeviceMemory(Gpu gpu, long address, long bytes) {
        super(gpu);
        this.address = address;
        this.bytes = bytes;
    }

    /** Address on the device. */
    public long address() {
        return address;
    }

    /** Size. */
    public long bytes() {
        return bytes;
    }

    /**
     * Copies {@code source.remaining()} bytes to {@code offset}, in the order of the stream. Asynchronous for
     * {@link PinnedMemory}, which must not change before the stream has got there.
     *
     * @param source a direct buffer in native order
     */
    public void upload(long offset, ByteBuffer source, Stream stream) {
        check(offset, source.remaining(), source);
        driver().copyToDevice(address + offset, source, stream.handle());
    }

    /** Copies {@code target.remaining()} bytes from {@code offset}, in the order of the stream, and like it asynchronous. */
    public void download(long offset, ByteBuffer target, Stream stream) {
        check(offset, target.remaining(), target);
        driver().copyToHost(target, address + offset, stream.handle());
    }

    /** Sets 32-bit words from byte {@code offset} on. */
    public void fill(long offset, int value, long words, Stream stream) {
        check(offset, 4 * words, null);
        driver().fill(address + offset, value, words, stream.handle());
    }

    private void check(long offset, long count, ByteBuffer host) {
        if (offset < 0 || offset + count > bytes) {
            throw new IndexOutOfBoundsException(
                    count + " bytes at " + offset + " leave a memory of " + bytes + " bytes");
        }
        if (host != null && !host.isDirect()) {
            throw new IllegalArgumentException("copies need a direct buffer, got one on the Java heap");
        }
    }

    @Override
    void release(GpuDriver driver) {
        driver.release(address);
    }

    @Override
    public String toString() {
        return "device memory of " + bytes + " bytes";
    }
}
