package garrison.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A terminal (script of bsdutils) in which a user runs kubectl. */
final class UserTerminal implements AutoCloseable {
  private final Process process;
  private final Path out;

  private UserTerminal(Process process, Path out) {
    this.process = process;
    this.out = out;
  }

  /**
   * Runs kubectl in one.
   *
   * @param before a shell script that runs first, in the same terminal
   */
  static UserTerminal start(Path folder, Kubectl kubectl, String before, String... words)
      throws IOException {
    Path file = Files.createTempFile(folder, "terminal", ".sh");
    Path out = Files.createTempFile(folder, "terminal", ".out");
    StringBuilder text = new StringBuilder("#!/bin/sh\n").append(before).append("\nexec");
    kubectl.line().forEach(word -> append(text, word));
    List.of(words).forEach(word -> append(text, word));
    Files.writeString(file, text.append('\n'));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    Process process =
        new ProcessBuilder(RealPart.of("script").toString(), "-qec", file.toString(), "/dev/null")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    return new UserTerminal(process, out);
  }

  private static void append(StringBuilder text, String word) {
    text.append(" '").append(word.replace("'", "'\\''")).append('\'');
  }

  /** The same to its end; what the user sees, then {@code exit} and the exit code. */
  static String run(Path folder, Kubectl kubectl, String before, String... words)
      throws IOException, InterruptedException {
    try (UserTerminal terminal = start(folder, kubectl, before, words)) {
      return terminal.awaitEnd();
    }
  }

  /** What the user sees. */
  String seen() throws IOException {
    return Files.readString(out);
  }

  /** Types. */
  void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** All that was seen, then {@code exit} and the exit code. */
  String awaitEnd() throws IOException, InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end: " + seen());
    }
    return seen() + "exit " + process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
