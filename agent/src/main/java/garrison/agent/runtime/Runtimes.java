package garrison.agent.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The runtimes of one node: host processes always, and containers where there is a runtime for
 * them. Which runs a pod is said by its {@code runtimeClassName}, which never changes. Immutable.
 */
public final class Runtimes implements AutoCloseable {
  private final String node;
  private final Runtime processes;
  private final @Nullable Runtime containers;

  /**
   * With these.
   *
   * @param processes for {@code runtimeClassName: process}
   * @param containers for everything else; null where the node has none
   */
  public Runtimes(String node, Runtime processes, @Nullable Runtime containers) {
    this.node = node;
    this.processes = processes;
    this.containers = containers;
  }

  /** The one for pods of that class, always the same; {@link NoRuntime} where the node has none. */
  public Runtime of(String runtimeClassName) {
    if (runtimeClassName.equals(processes.name())) {
      return processes;
    }
    return containers == null ? new NoRuntime(missing(runtimeClassName)) : containers;
  }

  private String missing(String runtimeClass) {
    return runtimeClass.isEmpty()
        ? "node "
            + node
            + " has no container runtime, so it cannot run images; give"
            + " the pod \"runtimeClassName: process\" and a command of the node, or label the"
            + " DaemonSet's nodes so that it runs only where a container runtime is"
        : "node "
            + node
            + " has no runtime for runtimeClassName \""
            + runtimeClass
            + "\"; it knows only \""
            + processes.name()
            + "\"";
  }

  /** All there are, the main one first. */
  public List<Runtime> all() {
    return containers == null ? List.of(processes) : List.of(containers, processes);
  }

  /** The one that names the node: the container runtime where there is one. */
  public Runtime main() {
    return all().getFirst();
  }

  /** What is wrong with any of them, see {@link Runtime#problems}. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    all().forEach(runtime -> problems.addAll(runtime.problems()));
    return problems;
  }

  /** See {@link Runtime#onChange}. */
  public void onChange(Consumer<String> listener) {
    all().forEach(runtime -> runtime.onChange(listener));
  }

  @Override
  public void close() {
    all().forEach(Runtime::close);
  }
}
