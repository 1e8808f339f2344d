package garrison.agent.runtime;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands where a node has no runtime for a pod: it has nothing, and says in one sentence why it
 * makes nothing.
 *
 * @param message what the pod's owner can do
 */
public record NoRuntime(String message) implements Runtime {
  /** Ours: Kubernetes knows no node that is Ready without a container runtime. */
  public static final String REASON = "NoContainerRuntime";

  private RuntimeFailure refusal() {
    return new RuntimeFailure(REASON, message);
  }

  @Override
  public String name() {
    return "none";
  }

  @Override
  public String version() {
    return "";
  }

  @Override
  public boolean hostProcesses() {
    return false;
  }

  @Override
  public boolean answers() {
    return true;
  }

  @Override
  public List<String> problems() {
    return List.of();
  }

  @Override
  public @Nullable String networkProblem() {
    return null;
  }

  @Override
  public String runSandbox(SandboxSpec spec) {
    throw refusal();
  }

  @Override
  public void stopSandbox(String id) {
    // There is none.
  }

  @Override
  public void removeSandbox(String id) {
    // There is none.
  }

  @Override
  public void removePod(String podUid) {
    // Nothing was made.
  }

  @Override
  public List<Sandbox> sandboxes() {
    return List.of();
  }

  @Override
  public @Nullable Image image(String name) {
    throw refusal();
  }

  @Override
  public List<Image> images() {
    return List.of();
  }

  @Override
  public String pull(String name, @Nullable Credential credential, SandboxSpec sandbox) {
    throw refusal();
  }

  @Override
  public String createContainer(String sandboxId, SandboxSpec sandbox, ContainerSpec spec) {
    throw refusal();
  }

  @Override
  public void startContainer(String id) {
    throw refusal();
  }

  @Override
  public void stopContainer(String id, Duration grace) {
    // There is none.
  }

  @Override
  public void removeContainer(String id) {
    // There is none.
  }

  @Override
  public List<Container> containers(String sandboxId) {
    return List.of();
  }

  @Override
  public ExecResult exec(String id, List<String> command, Duration timeout) {
    throw refusal();
  }

  @Override
  public void reopenLog(String id) {
    // There is none.
  }

  @Override
  public @Nullable Streams streams() {
    return null;
  }

  @Override
  public void onChange(Consumer<String> listener) {
    // Nothing ever changes.
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
