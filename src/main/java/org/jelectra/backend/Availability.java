package org.jelectra.backend;

/**
 * Whether a backend can run here.
 *
 * @param name its name, as {@link Backends#open} takes it
 * @param available whether it can
 * @param description what it would compute on; why it cannot, and what helps
 */
public record Availability(String name, boolean available, String description) {

    static Availability of(Backend backend) {
        return new Availability(backend.name(), true, backend.description());
    }

    static Availability not(String name, String reason) {
        return new Availability(name, false, reason);
    }

    @Override
    public String toString() {
        return name + ": " + (available ? "" : "not available, ") + description;
    }
}
