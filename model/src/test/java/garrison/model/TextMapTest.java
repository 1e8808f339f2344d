package garrison.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.model.json.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Labels and annotations behave as any immutable map does. */
class TextMapTest {
  private static Map<String, String> read(Map<String, String> map) {
    ObjectNode metadata = Json.object();
    ObjectNode labels = metadata.putObject("metadata").putObject("labels");
    map.forEach(labels::put);
    return Meta.of(metadata).labels();
  }

  @Property
  void itIsEqualToTheMapItWasReadFrom(@ForAll Map<String, String> map, @ForAll String some) {
    Map<String, String> labels = read(map);
    assertThat(labels).isEqualTo(map).hasSameHashCodeAs(map).hasSize(map.size());
    assertThat(new HashMap<>(labels)).isEqualTo(map);
    assertThat(labels.get(some)).isEqualTo(map.get(some));
    assertThat(labels.containsKey(some)).isEqualTo(map.containsKey(some));
    map.forEach((key, value) -> assertThat(labels.get(key)).isEqualTo(value));
  }

  @Test
  void itKeepsTheOrderOfTheDocument() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("z", "1");
    map.put("a", "2");
    assertThat(read(map).keySet()).containsExactly("z", "a");
  }

  @Test
  void nobodyCanChangeIt() {
    Map<String, String> labels = read(Map.of("a", "b"));
    assertThatThrownBy(() -> labels.put("c", "d"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> labels.remove("a")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> labels.entrySet().iterator().next().setValue("x"))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
