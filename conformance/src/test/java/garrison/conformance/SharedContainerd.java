package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.life.Flavour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * One containerd for all suites whose agent is in this JVM; it starts with the first of them and
 * ends with the last test of the run.
 */
final class SharedContainerd implements BeforeAllCallback {
  private Flavour flavour;

  /** Containers of it. */
  Flavour flavour() {
    return flavour;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    flavour =
        context
            .getRoot()
            .getStore(Namespace.create(SharedContainerd.class))
            .getOrComputeIfAbsent(Running.class, key -> Running.start(), Running.class)
            .flavour();
  }

  /**
   * What runs.
   *
   * @param folder a mount of its own, whose later mounts the machine gets too: an agent's volumes
   */
  private record Running(Path folder, Machine machine, Containerd containerd)
      implements AutoCloseable {
    static Running start() {
      try {
        Machine.needRoot();
        RealPart.of("containerd");
        RealPart.archive("busybox");
        Path folder = Files.createTempDirectory("garrison").toRealPath();
        run("mount", "--bind", folder.toString(), folder.toString());
        run("mount", "--make-shared", folder.toString());
        Machine machine = Machine.start(folder);
        try {
          return new Running(folder, machine, Containerd.start(machine, folder.resolve("c")));
        } catch (Throwable e) {
          end(machine, folder);
          throw e;
        }
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    Flavour flavour() {
      return new Flavour(
          "",
          "localhost/busybox:1",
          folder,
          config ->
              config
                  .withRuntimeEndpoint(containerd.endpoint())
                  .withLogDirectory(config.root().resolve("logs")));
    }

    @Override
    public void close() throws Exception {
      try {
        assertThat(containerd.containers()).as("left behind").isEmpty();
      } finally {
        containerd.close();
        end(machine, folder);
      }
    }

    private static void end(Machine machine, Path folder) throws IOException, InterruptedException {
      machine.close();
      run("umount", "--recursive", "--lazy", folder.toString());
      run("rm", "-rf", "--one-file-system", folder.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
      Process process = new ProcessBuilder(command).inheritIO().start();
      assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }
  }
}
