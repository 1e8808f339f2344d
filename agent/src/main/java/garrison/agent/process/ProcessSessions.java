package garrison.agent.process;

import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.SessionSpec;
import garrison.agent.runtime.Sessions;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sessions in host processes, each by a launcher of its own. Thread-safe. */
final class ProcessSessions implements Sessions {
  private static final String REASON = "ExecError";

  private final Launcher launcher;
  private final LaunchPlan plan;
  private final Function<String, @Nullable Entry> entries;

  ProcessSessions(Launcher launcher, LaunchPlan plan, Function<String, @Nullable Entry> entries) {
    this.launcher = launcher;
    this.plan = plan;
    this.entries = entries;
  }

  @Override
  public Session exec(String containerId, List<String> command, SessionSpec spec) {
    Entry entry = running(containerId);
    try {
      return launcher.session(
          plan.session(entry.record(), entry.pid(), Proc.environment(entry.pid()), command, spec),
          spec);
    } catch (IOException e) {
      throw new RuntimeFailure(REASON, e.toString());
    } catch (IllegalArgumentException e) {
      throw new RuntimeFailure(REASON, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RuntimeFailure(REASON, "the agent ends");
    }
  }

  @Override
  public Session attach(String containerId, SessionSpec spec) {
    Entry entry = running(containerId);
    try {
      return launcher.attach(plan.attach(entry.record()), spec);
    } catch (IOException e) {
      throw new RuntimeFailure(REASON, e.toString());
    }
  }

  private Entry running(String containerId) {
    Entry entry = entries.apply(containerId);
    if (entry == null || entry.state() == null || entry.exit() != null) {
      throw new RuntimeFailure(REASON, "the container does not run");
    }
    return entry;
  }
}
