package garrison.agent;

import static org.awaitility.Awaitility.await;

import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Pki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How the agents of tests begin and end. */
public final class TestAgents {
  private TestAgents() {}

  /** As whom the agent of that node comes, and whom it lets in. */
  public static AgentIdentity identity(Pki pki, String node) {
    Credential credential = pki.nodeCredential(node);
    return new AgentIdentity(
        credential.key(), credential.chain(), List.of(pki.certificateAuthority().certificate()));
  }

  /**
   * Waits until an agent of that root has cleaned up after pods that are gone. One that is closed
   * before leaves the rest, with what is mounted in it, to the next one.
   */
  public static void awaitNothingLeft(Path root) {
    await().until(() -> empty(root.resolve("runtime/sandboxes")));
    await().until(() -> empty(root.resolve("pods")));
  }

  /** Whether nothing is in a directory, or it is not there. */
  public static boolean empty(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return true;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }
}
