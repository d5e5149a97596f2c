package org.jelectra.text.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file's name says of its rows. */
@Tag("every-jdk")
class RowFormatTest {

    @ParameterizedTest
    @CsvSource({
        "a.csv, CSV, .csv",
        "a.csv.gz, CSV, .csv",
        "A.CSV.XZ, CSV, .CSV",
        "a.jsonl.xz, JSONL, .jsonl",
        "a.Jsonl, JSONL, .Jsonl",
        "a.ndjson.gz, JSONL, .ndjson",
        "a.json, JSONL, .json",
        "a.tsv.gz, TSV, .tsv",
        "csv, TSV, .tsv",
        "a.json.txt, TSV, .tsv"
    })
    void theEndingTellsTheFormat(String name, RowFormat format, String ending) {
        assertThat(RowFormat.of(Path.of("folder.csv", name))).isEqualTo(format);
        assertThat(RowFormat.ending(Path.of(name))).isEqualTo(ending);
    }
}
