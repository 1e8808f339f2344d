package garrison.agent.process;

import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.ContainerSpec.Mount;
import garrison.agent.runtime.ContainerSpec.Security;
import garrison.agent.runtime.SessionSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says in the launcher's words what is to run. Pure. */
final class LaunchPlan {
  /** As a container runtime's images have it. */
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final long LOG_BYTES = 10L << 20;
  private static final int LOG_FILES = 5;

  private final Layout layout;
  private final List<Path> launchers;

  /** With the cgroups in which launchers live. */
  LaunchPlan(Layout layout, List<Path> launchers) {
    this.layout = layout;
    this.launchers = launchers;
  }

  /** A container from its start to its end. */
  byte[] launch(ContainerRecord record, ContainerSpec spec) {
    Path directory = layout.container(record.sandboxId(), record.id());
    LaunchText text =
        new LaunchText()
            .add("state", directory)
            .add("exit", layout.exit(directory))
            .add("log", spec.logPath())
            .add("log-bytes", LOG_BYTES)
            .add("log-files", LOG_FILES);
    launchers.forEach(cgroup -> text.add("own-cgroup", cgroup));
    for (Mount mount : spec.mounts()) {
      text.add(
          "mount",
          mount.source(),
          mount.target(),
          (mount.readOnly() ? "r" : "") + (mount.fromHost() ? "h" : ""));
    }
    if (spec.security().readOnlyRoot()) {
      text.add("read-only-root");
    }
    Integer oom = spec.resources().oomScoreAdjust();
    if (oom != null) {
      text.add("oom", oom);
    }
    streams(text, spec.input().stdin(), spec.input().tty(), spec.environment());
    if (spec.input().stdinOnce()) {
      text.add("input-once");
    }
    process(text, record);
    command(spec).forEach(word -> text.add("arg", word));
    if (!spec.environment().containsKey("PATH")) {
      text.add("env", "PATH=" + PATH);
    }
    spec.environment().forEach((name, value) -> text.add("env", name + "=" + value));
    return text.end();
  }

  /** A command beside a running container. */
  byte[] exec(
      ContainerRecord record,
      long pid,
      Map<String, String> environment,
      List<String> command,
      Duration timeout) {
    LaunchText text = new LaunchText().add("timeout", timeout.toMillis());
    beside(text, record, pid, environment, command);
    return text.end();
  }

  /** The same, with somebody to talk to it. */
  byte[] session(
      ContainerRecord record,
      long pid,
      Map<String, String> environment,
      List<String> command,
      SessionSpec spec) {
    LaunchText text = new LaunchText();
    streams(text, spec.stdin(), spec.tty(), environment);
    beside(text, record, pid, environment, command);
    return text.end();
  }

  /** The streams of a running container. */
  byte[] attach(ContainerRecord record) {
    return new LaunchText().add("state", layout.container(record.sandboxId(), record.id())).end();
  }

  private static void streams(
      LaunchText text, boolean input, boolean terminal, Map<String, String> environment) {
    if (input) {
      text.add("input");
    }
    if (terminal) {
      text.add("terminal");
      if (!environment.containsKey("TERM")) {
        text.add("env", "TERM=xterm"); // As a container runtime does.
      }
    }
  }

  private static void beside(
      LaunchText text,
      ContainerRecord record,
      long pid,
      Map<String, String> environment,
      List<String> command) {
    if (record.ownMounts()) {
      text.add("enter", pid);
    }
    process(text, record);
    command.forEach(word -> text.add("arg", word));
    environment.forEach((name, value) -> text.add("env", name + "=" + value));
  }

  private static void process(LaunchText text, ContainerRecord record) {
    record.cgroups().forEach(cgroup -> text.add("cgroup", cgroup));
    if (!record.directory().isEmpty()) {
      text.add("directory", record.directory());
    }
    Security security = record.security();
    if (security.user() != null) {
      text.add("user", security.user());
    }
    Long group = security.group();
    if (group != null || security.user() != null) {
      text.add("group", group == null ? Long.valueOf(0) : group);
    }
    security.supplementalGroups().forEach(more -> text.add("group+", more));
    if (!security.allowEscalation()) {
      text.add("no-new-privileges");
    }
    List<Integer> kept = Capabilities.numbers(security.addCapabilities());
    Capabilities.numbers(security.dropCapabilities()).stream()
        .filter(number -> !kept.contains(number))
        .forEach(number -> text.add("drop", number));
  }

  /** An image {@code host/x:tag} without a command is the program {@code x}. */
  static List<String> command(ContainerSpec spec) {
    List<String> words = new ArrayList<>(spec.command());
    if (words.isEmpty()) {
      String program = spec.image().substring(spec.image().indexOf('/') + 1);
      int tag = program.indexOf(':');
      words.add(tag < 0 ? program : program.substring(0, tag));
    }
    words.addAll(spec.args());
    return words;
  }
}
