package garrison.agent.pod;

import garrison.agent.runtime.Container;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The containers of a pod by name, newest first. Immutable. */
final class ContainerSet {
  private final Map<String, List<Container>> byName = new HashMap<>();

  ContainerSet(List<Container> containers) {
    for (Container container : containers) {
      byName.computeIfAbsent(container.name(), name -> new ArrayList<>()).add(container);
    }
    Comparator<Container> newestFirst =
        Comparator.comparingInt(Container::attempt).thenComparing(Container::createdAt).reversed();
    byName.values().forEach(list -> list.sort(newestFirst));
  }

  @Nullable Container newest(String name) {
    return at(name, 0);
  }

  @Nullable Container before(String name) {
    return at(name, 1);
  }

  /** The same without one, as if it had never been. */
  ContainerSet without(Container hidden) {
    return new ContainerSet(
        byName.values().stream()
            .flatMap(List::stream)
            .filter(container -> !container.id().equals(hidden.id()))
            .toList());
  }

  private @Nullable Container at(String name, int index) {
    List<Container> list = byName.getOrDefault(name, List.of());
    return index < list.size() ? list.get(index) : null;
  }

  /** Of all. */
  Set<String> ids() {
    return byName.values().stream()
        .flatMap(List::stream)
        .map(Container::id)
        .collect(Collectors.toSet());
  }

  /** All that run. */
  List<Container> running() {
    return byName.values().stream().flatMap(List::stream).filter(Container::running).toList();
  }

  /** All there are. */
  List<Container> all() {
    return byName.values().stream().flatMap(List::stream).toList();
  }

  /** Dead ones of which no status speaks any more. */
  List<Container> surplus() {
    return byName.values().stream()
        .flatMap(list -> list.stream().skip(2))
        .filter(Container::exited)
        .toList();
  }
}
