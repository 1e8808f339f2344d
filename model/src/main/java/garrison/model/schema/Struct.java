package garrison.model.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One struct of the API: its members in the order in which they are written. Immutable. */
public final class Struct {
  private final String name;
  private final List<Field> fields;
  private final Map<String, Field> byName = new LinkedHashMap<>();

  Struct(String name, List<Field> fields) {
    this.name = name;
    this.fields = List.copyOf(fields);
    fields.forEach(field -> byName.put(field.name(), field));
  }

  /** The name in the table, such as {@code apps.v1.DaemonSetSpec}. */
  public String name() {
    return name;
  }

  /** The name in error messages, such as {@code DaemonSetSpec}. */
  public String goName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** All members. */
  public List<Field> fields() {
    return fields;
  }

  /** One member, null where there is none of that name. */
  public @Nullable Field field(String member) {
    return byName.get(member);
  }

  @Override
  public String toString() {
    return name;
  }
}
