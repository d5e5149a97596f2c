package org.jelectra.finetune.data;

import java.util.List;

/**
 * A column by name where the file names its columns, else by index.
 *
 * @param name in the header; null: by index alone
 * @param index from 0, negative from the end; null: by name alone
 */
public record Column(String name, Integer index) {

    public Column {
        if (name == null && index == null) {
            throw new IllegalArgumentException("a column needs a name or an index");
        }
    }

    /** A column by its name. */
    public static Column named(String name) {
        return new Column(name, null);
    }

    /** A column by its index. */
    public static Column at(int index) {
        return new Column(null, index);
    }

    /** Index in a file with that header (null: it has none); null where the file lacks the column. */
    Integer find(List<String> header) {
        if (name != null && header != null) {
            int found = header.indexOf(name);
            return found >= 0 ? Integer.valueOf(found) : null;
        }
        return index;
    }

    @Override
    public String toString() {
        return name == null ? "number " + index : name;
    }
}
