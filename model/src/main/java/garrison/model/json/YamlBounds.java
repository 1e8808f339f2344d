package garrison.model.json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/**
 * Refuses text that would not fit into memory as a tree: a few aliases of aliases write out to
 * gigabytes, an alias within its own anchor never ends, and deep nesting eats the stack. Goes over
 * the events, so it needs neither stack nor tree itself.
 */
final class YamlBounds {
  /** What aliases may add to a short text; for a long one it is {@link #GROWTH} that counts. */
  private static final long ALLOWANCE = 100_000;

  /** By how much the aliases may lengthen a text. */
  private static final long GROWTH = 10;

  private final long most;
  private final Map<Anchor, Long> sizes = new HashMap<>();
  private final Deque<Frame> open = new ArrayDeque<>();

  /** An array or object that has not ended yet. */
  private static final class Frame {
    private final @Nullable Anchor anchor;
    private long size = 1;

    Frame(@Nullable Anchor anchor) {
      this.anchor = anchor;
    }
  }

  private YamlBounds(long most) {
    this.most = most;
  }

  static void check(LoadSettings settings, String text) {
    YamlBounds bounds = new YamlBounds(ALLOWANCE + GROWTH * text.length());
    new Parse(settings).parseString(text).forEach(bounds::see);
  }

  private void see(Event event) {
    switch (event) {
      case DocumentStartEvent start -> sizes.clear();
      case ScalarEvent scalar ->
          ended(scalar.getAnchor().orElse(null), 1L + scalar.getValue().length(), event);
      case AliasEvent alias -> ended(null, sizeOf(alias), event);
      case CollectionStartEvent start -> {
        open.push(new Frame(start.getAnchor().orElse(null)));
        if (open.size() > Depth.MOST) {
          throw refusal(event, "exceeded max depth of " + Depth.MOST);
        }
      }
      case CollectionEndEvent end -> {
        Frame frame = open.pop();
        ended(frame.anchor, frame.size, event);
      }
      default -> {}
    }
  }

  private long sizeOf(AliasEvent alias) {
    Anchor anchor = alias.getAlias();
    if (open.stream().anyMatch(frame -> Objects.equals(frame.anchor, anchor))) {
      throw refusal(alias, "anchor '" + anchor + "' value contains itself");
    }
    // An unknown one is refused by the composer, in its words.
    return sizes.getOrDefault(anchor, 1L);
  }

  private void ended(@Nullable Anchor anchor, long size, Event event) {
    if (anchor != null) {
      sizes.put(anchor, size);
    }
    Frame parent = open.peek();
    if (parent != null) {
      parent.size += size;
      if (parent.size > most) {
        throw refusal(event, "document contains excessive aliasing");
      }
    }
  }

  private static Yaml.MalformedException refusal(Event event, String why) {
    String where =
        event.getStartMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
    return new Yaml.MalformedException(where + why);
  }
}
