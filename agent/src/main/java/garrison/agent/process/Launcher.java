package garrison.agent.process;

import garrison.agent.AgentStartException;
import garrison.agent.runtime.ExecResult;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.SessionSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The launcher program (see {@code src/main/c}), unpacked from the jar under its own hash: another
 * version never replaces a file that runs. Thread-safe.
 */
final class Launcher {
  private static final int MOST_OUTPUT = 10 * 1024;
  private static final int TIMED_OUT = 124;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long LONGEST_WAIT = 100;

  private final Path program;

  private Launcher(Path program) {
    this.program = program;
  }

  /** Unpacks it below {@code root} where it is not there yet. */
  static Launcher unpack(Path root) {
    String arch = System.getProperty("os.arch", "");
    String resource = "/launcher/" + arch + "/garrison-launcher";
    try (InputStream in = Launcher.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new AgentStartException(
            "this build carries no process launcher for "
                + arch
                + "; build Garrison on such a"
                + " machine (its build needs a C compiler)");
      }
      byte[] bytes = in.readAllBytes();
      String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      Path directory = Directories.secret(root.resolve("launcher").resolve(hash));
      Path program = directory.resolve("garrison-launcher");
      if (!Files.isExecutable(program) || Files.size(program) != bytes.length) {
        Path fresh = Files.createTempFile(directory, "launcher", ".tmp");
        Files.write(fresh, bytes);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwx------"));
        Files.move(fresh, program, StandardCopyOption.ATOMIC_MOVE);
      }
      return new Launcher(program);
    } catch (IOException e) {
      throw new AgentStartException(
          "the process launcher cannot be unpacked into "
              + root
              + ": "
              + e.getMessage()
              + "; choose another data directory",
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Starts a container. Returns once its program runs.
   *
   * @throws IOException with the launcher's own words where it does not
   */
  void launch(byte[] text) throws IOException {
    Process process = start(text);
    String answer;
    try (InputStream out = process.getInputStream()) {
      answer = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
    if (answer.startsWith("failed ")) {
      throw new IOException(answer.substring("failed ".length()));
    }
    if (!answer.startsWith("started ")) {
      throw new IOException("the launcher " + program + " ended without an answer");
    }
  }

  /**
   * Runs a command beside a container and waits for it; an interrupt ends the command. No platform
   * thread is held meanwhile: hooks may take as long as they like.
   */
  ExecResult exec(byte[] text, Duration timeout) throws IOException, InterruptedException {
    Process process = start(text, "exec");
    byte[] output;
    long until = System.nanoTime() + timeout.plus(PATIENCE).toNanos();
    // Closing it tells the launcher that nobody waits any more.
    try (InputStream out = process.getInputStream()) {
      long wait = 1;
      while (!process.waitFor(wait, TimeUnit.MILLISECONDS)) {
        wait = Math.min(2 * wait, LONGEST_WAIT);
        // The launcher keeps the time; this is only for a launcher that was stopped itself.
        if (!timeout.isZero() && System.nanoTime() - until > 0) {
          process.destroyForcibly();
          return new ExecResult(TIMED_OUT, "", true);
        }
      }
      output = out.readNBytes(MOST_OUTPUT); // all of it is there: the launcher is gone
    }
    int code = process.exitValue();
    return new ExecResult(
        code, new String(output, StandardCharsets.UTF_8), code == TIMED_OUT && !timeout.isZero());
  }

  /** A command beside a container that somebody talks to. */
  Session session(byte[] text, SessionSpec spec) throws IOException {
    return talk("session", text, spec);
  }

  /** The streams of a container. */
  Session attach(byte[] text, SessionSpec spec) throws IOException {
    return talk("attach", text, spec);
  }

  private Session talk(String mode, byte[] text, SessionSpec spec) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(program.toString(), mode);
    builder.environment().clear();
    builder.redirectErrorStream(true);
    ProcessSession session = new ProcessSession(builder.start(), spec);
    try {
      session.begin(text);
      return session;
    } catch (IOException e) {
      session.close();
      throw e;
    }
  }

  private Process start(byte[] text, String... mode) throws IOException {
    ProcessBuilder builder = new ProcessBuilder();
    builder.command().add(program.toString());
    builder.command().addAll(List.of(mode));
    builder.environment().clear();
    builder.redirectErrorStream(true);
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(text);
    }
    return process;
  }
}
