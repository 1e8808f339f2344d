package garrison.model;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Labels or annotations in one array, in the order of the document: a quarter of the memory of a
 * hash map, which a fleet of 100,000 nodes has 200,000 of. Looks up by walking; there are few.
 * Immutable.
 */
final class TextMap extends AbstractMap<String, String> {
  /** Keys at even places, their values behind them. */
  private final String[] texts;

  private TextMap(String[] texts) {
    this.texts = texts;
  }

  /** Over keys and values by turns; the keys differ. */
  static Map<String, String> of(List<String> keysAndValues) {
    return keysAndValues.isEmpty() ? Map.of() : new TextMap(keysAndValues.toArray(String[]::new));
  }

  private int indexOf(@Nullable Object key) {
    for (int i = 0; i < texts.length; i += 2) {
      if (texts[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public @Nullable String get(@Nullable Object key) {
    int index = indexOf(key);
    return index < 0 ? null : texts[index + 1];
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return indexOf(key) >= 0;
  }

  @Override
  public int size() {
    return texts.length / 2;
  }

  @Override
  public Set<Map.Entry<String, String>> entrySet() {
    return new Entries();
  }

  private final class Entries extends AbstractSet<Map.Entry<String, String>> {
    @Override
    public int size() {
      return TextMap.this.size();
    }

    @Override
    public Iterator<Map.Entry<String, String>> iterator() {
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return next < texts.length;
        }

        @Override
        public Map.Entry<String, String> next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          next += 2;
          return Map.entry(texts[next - 2], texts[next - 1]);
        }
      };
    }
  }
}
