package garrison.cli.status;

import java.io.PrintWriter;
import java.util.List;

/** Prints rows in columns as wide as their widest cell, three blanks apart, as kubectl does. */
public final class TextTable {
  private TextTable() {}

  /** Prints all rows; each has as many cells as the first. */
  public static void print(List<String[]> rows, PrintWriter out) {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row[i]);
        if (i < columns - 1) {
          line.append(" ".repeat(widths[i] - row[i].length() + 3));
        }
      }
      out.println(line);
    }
  }
}
