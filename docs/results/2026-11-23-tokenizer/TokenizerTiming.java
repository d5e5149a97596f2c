import org.jelectra.text.*; import java.util.*; import java.nio.file.*;
/** Times WordPiece on the lines of a text: arguments: the file. */
public class TokenizerTiming { public static void main(String[] a) throws Exception {
  String text = Files.readString(Path.of(a[0])); long bytes = Files.size(Path.of(a[0])); List<String> lines = text.lines().toList();
  var wp = new WordPiece(Vocabulary.bertUncased(), WordPieceOptions.uncased()); IntList ids = new IntList();
  for (int r=1;r<=15;r++) { long t=System.nanoTime(); long n=0; for (String l: lines) { ids.clear(); wp.encode(l, ids); n+=ids.size(); } double s=(System.nanoTime()-t)*1e-9; System.out.printf("round %d: %,d bytes, %,d tokens, %.3f s, %.1f MB/s%n", r, bytes, n, s, bytes/s*1e-6); }
}}
