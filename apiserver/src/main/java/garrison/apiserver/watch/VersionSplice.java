package garrison.apiserver.watch;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Puts {@code metadata.resourceVersion} into the bytes of an object without decoding them: stored
 * bytes do not have it, because it is known only once they are stored. It goes where Kubernetes
 * writes it, behind the uid. The input must be valid, compact JSON, as the server itself wrote it.
 */
final class VersionSplice {
  /** What stands before it in metadata. */
  static final Set<String> BEFORE = Set.of("name", "generateName", "namespace", "selfLink", "uid");

  private final byte[] json;
  private int at;

  private VersionSplice(byte[] json) {
    this.json = json;
  }

  /** The bytes with that resourceVersion. */
  static byte[] splice(byte[] json, long revision) {
    VersionSplice scan = new VersionSplice(json);
    int offset = scan.offset();
    if (offset < 0) {
      return json;
    }
    boolean first = json[offset - 1] == '{';
    boolean last = json[offset] == '}';
    String member =
        (first ? "" : last ? "," : "")
            + "\"resourceVersion\":\""
            + revision
            + "\""
            + (last ? "" : ",");
    byte[] insert = member.getBytes(StandardCharsets.UTF_8);
    byte[] whole = new byte[json.length + insert.length];
    System.arraycopy(json, 0, whole, 0, offset);
    System.arraycopy(insert, 0, whole, offset, insert.length);
    System.arraycopy(json, offset, whole, offset + insert.length, json.length - offset);
    return whole;
  }

  /** Where it goes: the start of a member, or the closing brace; -1 where there is no metadata. */
  private int offset() {
    at = 1;
    while (json[at] == '"') {
      String name = name();
      if (name.equals("metadata") && json[at] == '{') {
        return withinMetadata();
      }
      skipValue();
      if (json[at] == ',') {
        at++;
      }
    }
    return -1;
  }

  private int withinMetadata() {
    at++;
    while (json[at] == '"') {
      int start = at;
      if (!BEFORE.contains(name())) {
        return start;
      }
      skipValue();
      if (json[at] == ',') {
        at++;
      }
    }
    return at;
  }

  /** Reads a member's name and the colon behind it. */
  private String name() {
    int start = at + 1;
    skipString();
    String name = new String(json, start, at - 1 - start, StandardCharsets.UTF_8);
    at++;
    return name;
  }

  private void skipString() {
    at++;
    while (json[at] != '"') {
      at += json[at] == '\\' ? 2 : 1;
    }
    at++;
  }

  private void skipValue() {
    int depth = 0;
    while (true) {
      switch (json[at]) {
        case '"' -> {
          skipString();
          if (depth == 0) {
            return;
          }
        }
        case '{', '[' -> {
          depth++;
          at++;
        }
        case '}', ']' -> {
          if (depth == 0) {
            return;
          }
          at++;
          depth--;
          if (depth == 0) {
            return;
          }
        }
        case ',' -> {
          if (depth == 0) {
            return;
          }
          at++;
        }
        default -> at++;
      }
    }
  }
}
