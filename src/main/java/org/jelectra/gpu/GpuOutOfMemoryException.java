package org.jelectra.gpu;

/** Device memory does not suffice. */
public final class GpuOutOfMemoryException extends GpuException {

    private static final long serialVersionUID = 1;

    private final long requested;
    private final long free;

    private GpuOutOfMemoryException(int code, String codeName, String message, long requested, long free) {
        super(code, codeName, message);
        this.requested = requested;
        this.free = free;
    }

    /**
     * For memory that was asked for.
     *
     * @param requested bytes asked for
     * @param free bytes that are free
     */
    public GpuOutOfMemoryException(int code, String codeName, long requested, long free) {
        this(
                code,
                codeName,
                "the device has no room for " + requested + " bytes, " + free + " are free",
                requested,
                free);
    }

    /**
     * For memory that the driver wanted itself.
     *
     * @param action what it was about to do
     * @param free bytes that are free
     */
    public GpuOutOfMemoryException(int code, String codeName, String action, long free) {
        this(code, codeName, action + " failed: the device has no room for it, " + free + " bytes are free", 0, free);
    }

    /**
     * The same failure, seen by somebody who knows what the memory is for.
     *
     * @param need what all of it is for, and what would need less
     */
    public GpuOutOfMemoryException(GpuOutOfMemoryException failure, String need) {
        this(
                failure.code(),
                failure.codeName(),
                failure.getMessage() + "; " + need,
                failure.requested(),
                failure.free());
        initCause(failure);
    }

    /** Bytes asked for; 0 where the driver wanted them itself and does not tell. */
    public long requested() {
        return requested;
    }

    /** Bytes that are free. */
    public long free() {
        return free;
    }
}
