package org.jelectra.io.pytorch;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The part of Python's pickle machine that state dicts need (protocols 2 to 4). It only moves values about on its stack; whatever
 * names a global goes through {@link AllowedGlobal}, and every call through {@link StateDictObjects}.
 *
 * <p>Source: the documentation of the opcodes in Python's module {@code pickletools}. Values are Long, BigInteger, Double, Boolean,
 * String, List (tuples too), Map, {@link #NONE}, {@link AllowedGlobal} and the records of this package.
 */
final class Unpickler {

    /** Python's None. */
    static final Object NONE = new Object();

    private final PickleInput in;
    private final String source;
    private final StateDictObjects objects;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();

    Unpickler(PickleInput in, String source, StateDictObjects objects) {
        this.in = in;
        this.source = source;
        this.objects = objects;
    }

    /**
     * Runs one pickle to its end.
     *
     * @throws IOException if it is malformed, or asks for anything that a state dict does not need
     */
    Object read() throws IOException {
        for (int code = in.unsignedByte(); code != '.'; code = in.unsignedByte()) {
            execute(code);
        }
        return pop();
    }

    private void execute(int code) throws IOException {
        switch (code) {
            case 0x80 -> protocol(in.unsignedByte());
            case 0x95 -> in.int64(); // the length of a frame, which a stream does not need
            case '(' -> marks.add(stack.size());
            case '0' -> pop();
            case '1' -> popToMark();
            case 'N' -> push(NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push((long) in.unsignedByte());
            case 'M' -> push((long) in.unsignedShort());
            case 'J' -> push((long) in.int32());
            case 0x8a -> push(integer(in.bytes(in.unsignedByte())));
            case 0x8b -> push(integer(in.bytes(in.int32())));
            case 'G' -> push(in.bigEndianDouble());
            case 'X' -> push(in.utf8(Integer.toUnsignedLong(in.int32())));
            case 0x8c -> push(in.utf8(in.unsignedByte()));
            case 0x8d -> push(in.utf8(in.int64()));
            case 'U' -> push(in.utf8(in.unsignedByte())); // strings of Python 2, ASCII in a state dict
            case 'T' -> push(in.utf8(in.int32()));
            case ')' -> push(List.of());
            case 't' -> push(Collections.unmodifiableList(popToMark()));
            case 0x85 -> pushTuple(1);
            case 0x86 -> pushTuple(2);
            case 0x87 -> pushTuple(3);
            case ']' -> push(new ArrayList<>());
            case 'a' -> append(List.of(pop()));
            case 'e' -> append(popToMark());
            case '}' -> push(new LinkedHashMap<>());
            case 's' -> {
                Object value = pop();
                setItems(List.of(pop(), value));
            }
            case 'u' -> setItems(popToMark());
            case 'c' -> push(global(in.line(), in.line()));
            case 0x93 -> {
                String name = nameOfGlobal(pop());
                push(global(nameOfGlobal(pop()), name));
            }
            case 'Q' -> push(objects.storage(pop()));
            case 'R' -> {
                Object arguments = pop();
                push(objects.call(pop(), arguments));
            }
            case 'b' -> build();
            case 'q' -> memo.put((long) in.unsignedByte(), top());
            case 'r' -> memo.put(Integer.toUnsignedLong(in.int32()), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> pushRemembered(in.unsignedByte());
            case 'j' -> pushRemembered(Integer.toUnsignedLong(in.int32()));
            default ->
                throw new IOException(source + ": not the pickle of a state dict: opcode 0x" + Integer.toHexString(code)
                        + " at byte " + (in.position() - 1));
        }
    }

    private void protocol(int version) throws IOException {
        if (version < 2 || version > 5) {
            throw new IOException(source + ": a pickle of protocol " + version + ", expected 2 to 5");
        }
    }

    // of a list that contains itself the text has no end
    private String nameOfGlobal(Object value) throws IOException {
        if (!(value instanceof String name)) {
            throw new IOException(source + ": its pickle names a global by " + kind(value) + ", expected two strings");
        }
        return name;
    }

    private AllowedGlobal global(String module, String name) throws IOException {
        AllowedGlobal global = AllowedGlobal.find(module, name);
        if (global == null) {
            throw new IOException(source + ": refused, because its pickle asks for " + shown(module + "." + name)
                    + ", which a state dict does not need; expected tensors by name alone (nothing was executed)");
        }
        return global;
    }

    // the name comes from the file: one line of it, without control characters, is enough
    private static String shown(String name) {
        String text = name.replaceAll("\\p{Cntrl}", "?");
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }

    // two's complement, little-endian
    private static Object integer(byte[] bytes) {
        byte[] reversed = new byte[bytes.length + 1];
        for (int i = 0; i < bytes.length; i++) {
            reversed[bytes.length - i] = bytes[i];
        }
        reversed[0] = (byte) (bytes.length > 0 && bytes[bytes.length - 1] < 0 ? -1 : 0);
        BigInteger value = new BigInteger(reversed);
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private void pushTuple(int size) throws IOException {
        Object[] values = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            values[i] = pop();
        }
        push(List.of(values));
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> items) throws IOException {
        if (!(top() instanceof ArrayList<?> list)) {
            throw new IOException(source + ": its pickle appends to " + kind(top()) + ", expected a list");
        }
        ((List<Object>) list).addAll(items);
    }

    @SuppressWarnings("unchecked")
    private void setItems(List<Object> items) throws IOException {
        if (!(top() instanceof Map<?, ?> map)) {
            throw new IOException(source + ": its pickle sets items of " + kind(top()) + ", expected a dictionary");
        }
        if (items.size() % 2 != 0) {
            throw new IOException(source + ": its pickle sets a key without a value");
        }
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            // nothing else has a hash that is safe to take: a list may contain itself
            if (!(key instanceof String) && !(key instanceof Long)) {
                throw new IOException(source + ": " + kind(key) + " as the key of a dictionary, expected a name");
            }
            ((Map<Object, Object>) map).put(key, items.get(i + 1));
        }
    }

    // attributes of a dictionary, such as the versions of a module's parts, which nothing needs
    private void build() throws IOException {
        pop();
        if (!(top() instanceof Map)) {
            throw new IOException(source + ": its pickle sets attributes of " + kind(top()));
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private void pushRemembered(long index) throws IOException {
        Object value = memo.get(index);
        if (value == null) {
            throw new IOException(source + ": its pickle recalls value " + index + ", which it has not stored");
        }
        push(value);
    }

    private Object top() throws IOException {
        int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (stack.size() <= floor) {
            throw new IOException(source + ": its pickle takes a value that is not there, at byte " + in.position());
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() throws IOException {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<Object> popToMark() throws IOException {
        if (marks.isEmpty()) {
            throw new IOException(
                    source + ": its pickle goes back to a mark that is not there, at byte " + in.position());
        }
        List<Object> tail = stack.subList(marks.remove(marks.size() - 1), stack.size());
        List<Object> items = new ArrayList<>(tail);
        tail.clear();
        return items;
    }

    /** What a value is, for a message; never its content, which may contain itself. */
    static String kind(Object value) {
        if (value == NONE) {
            return "None";
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof Map) {
            return "a dictionary";
        }
        if (value instanceof TensorRecord) {
            return "a tensor";
        }
        if (value instanceof AllowedGlobal || value instanceof Boolean) {
            return String.valueOf(value);
        }
        return value instanceof Number
                ? "a number"
                : "a "
                        + value.getClass()
                                .getSimpleName()
                                .toLowerCase(Locale.ROOT)
                                .replace("record", "");
    }
}
